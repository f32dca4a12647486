// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QDoubleSpinBox>

namespace espalier::ui {

/// A spin box for real numbers that shows as few decimals as the number has: 0.5, not 0.500000.
class RealSpinBox : public QDoubleSpinBox
{
    Q_OBJECT
public:
    explicit RealSpinBox(QWidget *parent = nullptr);

    /// Inclusive; infinite where there is no bound. A narrow range steps in twentieths.
    void setBounds(double minimum, double maximum);

    QString textFromValue(double value) const override;
};

} // namespace espalier::ui
