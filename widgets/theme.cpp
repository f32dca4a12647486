// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/theme.h"

#include <array>

namespace espalier::ui {

QColor variantColor(int index)
{
    static constexpr std::array<QRgb, 8> colors = {0xff5f6b7a, 0xff0072b2, 0xffd55e00, 0xff009e73,
                                                   0xffcc79a7, 0xffe69f00, 0xff56b4e9, 0xff8a6d3b};
    if (index <= 0)
        return QColor::fromRgb(colors[0]);
    return QColor::fromRgb(colors[1 + std::size_t(index - 1) % (colors.size() - 1)]);
}

} // namespace espalier::ui
