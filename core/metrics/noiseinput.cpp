// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/metrics/noiseinput.h"

#include <cstdint>
#include <cstring>

namespace espalier {

void fillWithNoise(DType type, std::span<std::byte> values)
{
    std::uint32_t state = 2654435769u;
    const bool isFloat = type == DType::float32;
    for (std::size_t at = 0; at < values.size(); at += isFloat ? 4 : 1) {
        state = state * 1664525u + 1013904223u;
        const float value = float(state >> 24) / 127.5f - 1.0f;
        if (isFloat)
            std::memcpy(values.data() + at, &value, sizeof value);
        else
            values[at] = std::byte(state >> 24);
    }
}

} // namespace espalier
