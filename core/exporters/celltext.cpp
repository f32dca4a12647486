// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/exporters/celltext.h"

#include "core/base/text.h"

#include <cmath>

namespace espalier {

std::string cellText(const Row::Cell &cell)
{
    if (const auto *count = std::get_if<std::int64_t>(&cell))
        return std::to_string(*count);
    if (const auto *real = std::get_if<double>(&cell))
        return std::isfinite(*real) ? numberText(*real) : std::string();
    if (const auto *text = std::get_if<std::string>(&cell))
        return *text;
    return {};
}

} // namespace espalier
