// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/plots/flashbar.h"

#include "widgets/format.h"
#include "widgets/theme.h"

#include <QPainter>

#include <numeric>

namespace espalier::ui {

FlashBar::FlashBar(QWidget *parent) : QWidget(parent)
{
    setObjectName(QStringLiteral("flashBar"));
    setAccessibleName(tr("Parts of the flash"));
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
}

void FlashBar::setParts(const FlashParts &parts)
{
    m_parts = parts;
    setToolTip(sentence());
    setAccessibleDescription(sentence());
    update();
}

QString FlashBar::sentence() const
{
    const auto bytes = [](std::int64_t count) { return bytesText(double(count)); };
    return tr("From left to right: weights %1, constants %2, kernels %3, libraries %4; the harness, %5, is not "
              "counted.")
        .arg(bytes(m_parts.weights), bytes(m_parts.constants), bytes(m_parts.kernels), bytes(m_parts.libraries),
             bytes(m_parts.harness));
}

void FlashBar::paintEvent(QPaintEvent *)
{
    const std::int64_t parts[] = {m_parts.weights, m_parts.constants, m_parts.kernels, m_parts.libraries,
                                  m_parts.harness};
    constexpr float strengths[] = {0.9f, 0.65f, 0.45f, 0.25f, 0.5f};
    const double sum = double(std::accumulate(std::begin(parts), std::end(parts), std::int64_t(0)));
    if (sum <= 0)
        return;
    QPainter painter(this);
    painter.setPen(Qt::NoPen);
    const Tones t = tones(palette());
    double left = 0;
    for (std::size_t i = 0; i < std::size(parts); ++i) {
        const double width = this->width() * double(parts[i]) / sum;
        const bool isHarness = i + 1 == std::size(parts);
        QColor fill = isHarness ? t.muted : t.accent;
        fill.setAlphaF(strengths[i]);
        painter.setBrush(isHarness ? QBrush(fill, Qt::BDiagPattern) : QBrush(fill));
        // A hairline of the ground between the parts.
        painter.drawRect(QRectF(left, 0, std::max(width - 1, 0.0), height()));
        left += width;
    }
}

} // namespace espalier::ui
