// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/kernels/linear/runtimequantization.h"

#include <algorithm>
#include <cmath>
#include <cstring>

namespace espalier {

namespace {

QuantizedAtRunTime symmetricScale(float low, float high)
{
    const float range = std::max(std::abs(low), std::abs(high));
    return {range / 127, 0};
}

/// The zero point is rounded from whichever end of the range gives the smaller error.
QuantizedAtRunTime asymmetricScale(double low, double high)
{
    const double scale = (high - low) / 255;
    const double fromLow = -128 - low / scale, fromHigh = 127 - high / scale;
    const double errorOfLow = 128 + std::abs(low / scale), errorOfHigh = 127 + std::abs(high / scale);
    const double zero = errorOfLow < errorOfHigh ? fromLow : fromHigh;
    return {float(scale), std::int32_t(std::round(std::clamp(zero, -128.0, 127.0)))};
}

} // namespace

QuantizedAtRunTime quantizeAtRunTime(const float *from, std::size_t count, bool asymmetric, std::int8_t *to)
{
    float low = 0, high = 0;
    for (std::size_t i = 0; i < count; ++i) {
        low = from[i] < low ? from[i] : low;
        high = from[i] > high ? from[i] : high;
    }
    if (low == high || !std::isfinite(low) || !std::isfinite(high)) {
        std::memset(to, 0, count);
        return {};
    }
    const QuantizedAtRunTime q = asymmetric ? asymmetricScale(low, high) : symmetricScale(low, high);
    const float lowest = asymmetric ? -128 : -127;
    const float factor = asymmetric ? 1.0f / q.scale : 127.0f / std::max(std::abs(low), std::abs(high));
    for (std::size_t i = 0; i < count; ++i) {
        const float steps = float(q.zeroPoint) + from[i] * factor;
        const float clamped = std::min(std::max(lowest, steps), 127.0f); // a NaN becomes the lowest
        const auto whole = std::int32_t(clamped);
        const float rest = clamped - float(whole);
        to[i] = std::int8_t(whole + (rest >= 0.5f ? 1 : 0) - (rest <= -0.5f ? 1 : 0)); // half away from zero
    }
    return q;
}

} // namespace espalier
