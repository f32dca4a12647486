// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: MIT
#pragma once

#include <stdint.h>

/// Where a resized image takes its pixels from, as TensorFlow Lite Micro's reference kernels compute it. One axis at a
/// time: `i` is the place in the output, `in` and `out` the extents.
namespace espalier {
namespace rt {

/// Extents up to here keep every intermediate inside 32 bits.
constexpr int32_t resizeLimit = 32768;

/// RESIZE_NEAREST_NEIGHBOR.
constexpr int32_t nearestSource(int32_t i, int32_t in, int32_t out, bool alignCorners, bool halfPixelCenters)
{
    const float scale = alignCorners && out > 1 ? float(in - 1) / float(out - 1) : float(in) / float(out);
    const float place = (float(i) + (halfPixelCenters ? 0.5f : 0.0f)) * scale; // never negative
    const auto floor = int32_t(place);
    const int32_t source = alignCorners && place - float(floor) >= 0.5f ? floor + 1 : floor;
    return source < in - 1 ? source : in - 1;
}

/// RESIZE_BILINEAR on float: the two neighbours and how far to go from the low one.
struct FloatSource
{
    int32_t low = 0, high = 0;
    float rest = 0;

    static constexpr FloatSource of(int32_t i, int32_t in, int32_t out, bool alignCorners, bool halfPixelCenters)
    {
        const float scale = alignCorners && out > 1 ? float(in - 1) / float(out - 1) : float(in) / float(out);
        const float place = halfPixelCenters ? (float(i) + 0.5f) * scale - 0.5f : float(i) * scale;
        const int32_t low = place > 0 ? int32_t(place) : 0;
        const int32_t above = place > 0 ? low + (place > float(low) ? 1 : 0) : 0;
        return {low < in - 1 ? low : in - 1, above < in - 1 ? above : in - 1,
                place - float(low < in - 1 ? low : in - 1)};
    }
};

constexpr float bilinear(float lowLow, float highLow, float lowHigh, float highHigh, const FloatSource &y,
                         const FloatSource &x)
{
    return lowLow * (1 - y.rest) * (1 - x.rest) + highLow * y.rest * (1 - x.rest) + lowHigh * (1 - y.rest) * x.rest +
           highHigh * y.rest * x.rest;
}

/// RESIZE_BILINEAR on integers, with 10 fractional bits.
struct IntegerSource
{
    int32_t low = 0, high = 0;
    int32_t rest = 0;

    static constexpr IntegerSource of(int32_t i, int32_t in, int32_t out, bool alignCorners, bool halfPixelCenters)
    {
        const bool aligned = alignCorners && out > 1;
        const int32_t from = aligned ? in - 1 : in, to = aligned ? out - 1 : out;
        const int32_t scale = (1024 * from + to / 2) / to;
        const int64_t place = int64_t(i) * scale + (halfPixelCenters ? scale / 2 - 512 : 0);
        const auto low = int32_t(place / 1024), high = int32_t((place + 1023) / 1024);
        const int32_t first = low > 0 ? low : 0;
        const int32_t bounded = first < in - 1 ? first : in - 1;
        return {bounded, high < in - 1 ? high : in - 1, int32_t(place - int64_t(1024) * bounded)};
    }
};

/// Ties away from zero.
constexpr int32_t bilinear(int32_t lowLow, int32_t highLow, int32_t lowHigh, int32_t highHigh, const IntegerSource &y,
                           const IntegerSource &x)
{
    const int64_t sum = int64_t(lowLow) * (1024 - y.rest) * (1024 - x.rest) +
                        int64_t(highLow) * y.rest * (1024 - x.rest) + int64_t(lowHigh) * (1024 - y.rest) * x.rest +
                        int64_t(highHigh) * y.rest * x.rest;
    return int32_t((sum + (sum > 0 ? 1 << 19 : -(1 << 19))) / (1 << 20));
}

} // namespace rt
} // namespace espalier
