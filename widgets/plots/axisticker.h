// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "widgets/plots/axisscale.h"

#include <qcustomplot.h>

#include <cmath>
#include <vector>

namespace espalier::ui {

/// Ticks at the places that axisscale chooses, the same in a window as in a file.
class AxisTicker : public QCPAxisTicker
{
public:
    /// `logarithmic` is looked at whenever ticks are made and has to outlive this.
    explicit AxisTicker(const bool &logarithmic) : m_logarithmic(logarithmic) {}

    void generate(const QCPRange &range, const QLocale &locale, QChar, int, QVector<double> &positions,
                  QVector<double> *subTicks, QVector<QString> *labels) override
    {
        std::vector<double> chosen = ticks({range.lower, range.upper, m_logarithmic}, count);
        if (wholeNumbers)
            std::erase_if(chosen, [](double tick) { return tick != std::round(tick); });
        positions = QVector<double>(chosen.begin(), chosen.end());
        if (subTicks)
            subTicks->clear();
        if (labels) {
            const std::vector<QString> texts = tickTexts(chosen, locale);
            *labels = QVector<QString>(texts.begin(), texts.end());
        }
    }

    int count = 6;
    bool wholeNumbers = false; ///< what the axis counts has no halves

private:
    const bool &m_logarithmic;
};

} // namespace espalier::ui
