// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/kernels/interpolationtables.h"

#include <algorithm>
#include <cmath>

namespace espalier {

namespace {

/// Of a function of floats over `scale` times the values of int16 less `zeroPoint`. Computed in float32 in this order,
/// on which some entries depend.
template <class Function>
std::array<std::int16_t, 513> interpolationTable(float scale, std::int32_t zeroPoint, Function function)
{
    constexpr int steps = 512;
    constexpr float lowest = -32768, highest = 32767;
    const float first = scale * float(-32768 - zeroPoint), last = scale * float(32767 - zeroPoint);
    const float step = (last - first) / float(steps), half = step / 2;
    const float outputScale = 2.0f / 65535.0f;
    const float inverse = 65536.0f / (outputScale * highest - outputScale * lowest);
    std::array<std::int16_t, steps + 1> table;
    for (int i = 0; i < steps; ++i) {
        const float at = first + float(i) * step;
        const float here = std::round(function(at) * inverse);
        const float next = function(first + float(i + 1) * step) * inverse;
        const float middle = std::round(function(at + half) * inverse);
        const float bias = std::round((std::round((next + here) / 2) - middle) / 2);
        table[std::size_t(i)] = std::int16_t(std::clamp(here - bias, lowest, highest));
    }
    table[steps] = std::int16_t(std::clamp(std::round(function(last) * inverse), lowest, highest));
    return table;
}

} // namespace

const std::array<std::int16_t, 256> &sigmoidTable()
{
    static const std::array<std::int16_t, 256> table = [] {
        const auto function = [](double i) { return 65536.0 / (1.0 + std::exp(-i / 24)) - 32768.0; };
        std::array<std::int16_t, 256> made;
        for (int i = 0; i < 255; ++i) {
            const double here = function(i), middle = function(i + 0.5), next = function(i + 1);
            made[std::size_t(i)] = std::int16_t(std::round(here - ((here + next) / 2 - middle) / 2));
        }
        made[255] = 32767;
        return made;
    }();
    return table;
}

const std::array<std::int16_t, 513> &exponentialTable()
{
    static const auto table =
        interpolationTable(10.0f / 65535.0f, 32767, [](float x) { return float(std::exp(double(x))); });
    return table;
}

const std::array<std::int16_t, 513> &reciprocalTable()
{
    static const auto table = interpolationTable(1.0f / 65535.0f, -32768, [](float x) { return 1.0f / (1.0f + x); });
    return table;
}

} // namespace espalier
