// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/train/dropout.h"

#include <algorithm>
#include <cstdint>

namespace espalier {

void dropOut(double rate, Random random, std::span<float> values)
{
    const auto dropped = std::uint64_t(rate * 65536);
    const float factor = 65536.0f / float(65536 - dropped);
    for (std::size_t first = 0; first < values.size(); first += 4) {
        std::uint64_t draw = random.next();
        const std::size_t end = std::min(values.size(), first + 4);
        for (std::size_t i = first; i < end; ++i, draw >>= 16)
            values[i] = (draw & 0xffff) < dropped ? 0 : values[i] * factor;
    }
}

} // namespace espalier
