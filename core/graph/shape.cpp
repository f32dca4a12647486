// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/graph/shape.h"

namespace espalier {

std::size_t elementCount(const Shape &shape)
{
    std::size_t count = 1;
    for (const std::int32_t extent : shape)
        count *= std::size_t(extent);
    return count;
}

std::string shapeText(const Shape &shape)
{
    std::string text;
    for (const std::int32_t extent : shape)
        text += (text.empty() ? "" : "×") + std::to_string(extent);
    return text.empty() ? "scalar" : text;
}

} // namespace espalier
