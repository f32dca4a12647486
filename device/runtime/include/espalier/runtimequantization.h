// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: MIT
#pragma once

#include <stdint.h>
#include <string.h>

/// What dynamic-range layers (int8 weights, float activations) do to their input before they multiply, as TFLite does.
namespace espalier {
namespace rt {

/// real = scale * (q - zeroPoint)
struct RunTimeQuantization
{
    float scale;
    int32_t zeroPoint;
};

/// Quantizes `count` floats to int8. Symmetric: scale = max|x| / 127, zero point 0. Asymmetric: the range, widened to
/// hold 0, onto [-128, 127]; the zero point is rounded from whichever end of the range gives the smaller error. Zeros
/// alone, or a value that is not finite: all 0 with scale 1.
inline RunTimeQuantization quantizeAtRunTime(bool asymmetric, const float *from, int count, int8_t *to)
{
    float low = 0, high = 0;
    for (int i = 0; i < count; ++i) {
        low = from[i] < low ? from[i] : low;
        high = from[i] > high ? from[i] : high;
    }
    if (low == high || !(low - low == 0.0f && high - high == 0.0f)) {
        memset(to, 0, size_t(count));
        return {1.0f, 0};
    }
    RunTimeQuantization q = {0, 0};
    float factor, lowest;
    if (asymmetric) {
        const double scale = (double(high) - double(low)) / 255;
        const double fromLow = -128 - double(low) / scale, fromHigh = 127 - double(high) / scale;
        const double sizeOfLow = -double(low) / scale, sizeOfHigh = double(high) / scale; // low <= 0 <= high
        double zero = 128 + sizeOfLow < 127 + sizeOfHigh ? fromLow : fromHigh;
        zero = zero < -128 ? -128 : zero > 127 ? 127 : zero;
        const int32_t whole = int32_t(zero);
        const double rest = zero - whole;
        q = {float(scale), whole + (rest >= 0.5 ? 1 : 0) - (rest <= -0.5 ? 1 : 0)};
        factor = 1.0f / q.scale;
        lowest = -128;
    } else {
        const float range = -low > high ? -low : high;
        q.scale = range / 127;
        factor = 127.0f / range;
        lowest = -127;
    }
    for (int i = 0; i < count; ++i) {
        const float steps = float(q.zeroPoint) + from[i] * factor;
        float clamped = lowest < steps ? steps : lowest;
        clamped = 127.0f < clamped ? 127.0f : clamped;
        const int32_t whole = int32_t(clamped);
        const float rest = clamped - float(whole);
        to[i] = int8_t(whole + (rest >= 0.5f ? 1 : 0) - (rest <= -0.5f ? 1 : 0)); // half away from zero
    }
    return q;
}

} // namespace rt
} // namespace espalier
