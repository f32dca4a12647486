// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/graph/model.h"

#include <espalier/fixedpoint.h>

#include <cmath>
#include <cstring>
#include <limits>
#include <vector>

/// Convolutions and dense layers as plain loops over one output at a time, straight from their definitions: what the
/// engine's kernels must equal bit for bit.
namespace plain {

using namespace espalier;

/// One operator as a list of products: for each output the (input, filter) pairs in filter memory order.
struct Geometry
{
    int images, inH, inW, inC, outH, outW, outC, kH, kW;
    int strideH, strideW, dilationH, dilationW;
    int padTop, padLeft;
    bool depthwise = false, transposed = false;

    template <class F>
    void eachTap(int y, int x, int c, F f) const
    {
        for (int ky = 0; ky < kH; ++ky)
            for (int kx = 0; kx < kW; ++kx) {
                int iy = y * strideH + ky * dilationH - padTop, ix = x * strideW + kx * dilationW - padLeft;
                if (transposed) {
                    const int fromY = y + padTop - ky, fromX = x + padLeft - kx;
                    if (fromY < 0 || fromX < 0 || fromY % strideH != 0 || fromX % strideW != 0)
                        continue;
                    iy = fromY / strideH;
                    ix = fromX / strideW;
                }
                if (iy < 0 || iy >= inH || ix < 0 || ix >= inW)
                    continue;
                const int pixel = (iy * inW + ix) * inC;
                if (depthwise)
                    f(pixel + c / (outC / inC), (ky * kW + kx) * outC + c);
                else
                    for (int i = 0; i < inC; ++i)
                        f(pixel + i, ((c * kH + ky) * kW + kx) * inC + i);
            }
    }

    template <class F>
    void eachOutput(F f) const
    {
        int out = 0;
        for (int y = 0; y < outH; ++y)
            for (int x = 0; x < outW; ++x)
                for (int c = 0; c < outC; ++c)
                    f(out++, y, x, c);
    }
    std::size_t inSize() const { return std::size_t(inH * inW * inC); }
    std::size_t outSize() const { return std::size_t(outH * outW * outC); }
};

struct Range
{
    float low = -INFINITY, high = INFINITY;
};

inline Range rangeOf(Activation activation)
{
    switch (activation) {
    case Activation::relu:
        return {0, INFINITY};
    case Activation::relu6:
        return {0, 6};
    case Activation::reluN1To1:
        return {-1, 1};
    default:
        return {};
    }
}

inline float clamp(float value, Range range)
{
    return value < range.low ? range.low : value > range.high ? range.high : value;
}

inline void floats(const Geometry &g, const float *in, const float *filter, const float *bias, Activation activation,
                   float *out)
{
    g.eachOutput([&](int o, int y, int x, int c) {
        float sum = 0;
        g.eachTap(y, x, c, [&](int i, int f) { sum = std::fma(in[i], filter[f], sum); });
        out[o] = clamp(sum + (bias ? bias[c] : 0), rangeOf(activation));
    });
}

/// Mantissa in Q0.31 and shift, from the definition.
inline void multiplierOf(double real, std::int32_t &multiplier, int &shift)
{
    const double fraction = std::frexp(real, &shift);
    auto q = std::int64_t(std::round(fraction * 2147483648.0));
    if (q == 2147483648) {
        q /= 2;
        ++shift;
    }
    multiplier = std::int32_t(q);
}

template <class T>
void integers(const Geometry &g, const T *in, const T *filter, const std::int32_t *bias, Activation activation,
              const Quantization &inQ, const Quantization &filterQ, const Quantization &outQ, bool floatProduct, T *out)
{
    const auto zero = std::int32_t(outQ.zeroPoint[0]);
    const Range range = rangeOf(activation);
    std::int32_t low = std::numeric_limits<T>::min(), high = std::numeric_limits<T>::max();
    if (std::isfinite(range.low))
        low = std::max(low, zero + std::int32_t(std::round(range.low / outQ.scale[0])));
    if (std::isfinite(range.high))
        high = std::min(high, zero + std::int32_t(std::round(range.high / outQ.scale[0])));
    g.eachOutput([&](int o, int y, int x, int c) {
        std::int32_t sum = bias ? bias[c] : 0;
        g.eachTap(y, x, c, [&](int i, int f) {
            sum += (in[i] - std::int32_t(inQ.zeroPoint[0])) * (filter[f] - std::int32_t(filterQ.zeroPoint[0]));
        });
        const float filterScale = filterQ.scale[filterQ.scale.size() > 1 ? std::size_t(c) : 0];
        const double product =
            floatProduct ? double(inQ.scale[0] * filterScale) : double(inQ.scale[0]) * double(filterScale);
        std::int32_t multiplier;
        int shift;
        multiplierOf(product / double(outQ.scale[0]), multiplier, shift);
        const std::int32_t scaled = rt::multiplyByQuantizedMultiplier(sum, multiplier, shift) + zero;
        out[o] = T(std::min(std::max(scaled, low), high));
    });
}

/// int16 activations, int8 filter, int64 sums: round((sum + bias) * m / 2^(15 - shift)) with m of 16 bits.
inline void wide(const Geometry &g, const std::int16_t *in, const std::int8_t *filter, const std::int64_t *bias,
                 Activation activation, const Quantization &inQ, const Quantization &filterQ, const Quantization &outQ,
                 bool floatProduct, std::int16_t *out)
{
    const Range range = rangeOf(activation);
    std::int64_t low = -32768, high = 32767;
    if (std::isfinite(range.low))
        low = std::max(low, std::int64_t(std::round(range.low / outQ.scale[0])));
    if (std::isfinite(range.high))
        high = std::min(high, std::int64_t(std::round(range.high / outQ.scale[0])));
    g.eachOutput([&](int o, int y, int x, int c) {
        std::int64_t sum = bias[c];
        g.eachTap(y, x, c, [&](int i, int f) { sum += std::int64_t(in[i]) * filter[f]; });
        const float filterScale = filterQ.scale[filterQ.scale.size() > 1 ? std::size_t(c) : 0];
        const double product =
            floatProduct ? double(inQ.scale[0] * filterScale) : double(inQ.scale[0]) * double(filterScale);
        std::int32_t multiplier;
        int shift;
        multiplierOf(product / double(outQ.scale[0]), multiplier, shift);
        const std::int64_t reduced =
            std::min<std::int64_t>((std::int64_t(multiplier) + 32768) / 65536, 32767); // below 2^31 - 2^15 no overflow
        const double halves = double(sum * reduced) / double(std::int64_t(1) << (15 - shift));
        out[o] = std::int16_t(std::min(std::max(std::int64_t(std::floor(halves + 0.5)), low), high));
    });
}

/// TFLite's dynamic-range arithmetic on one image (a dense layer: on one row).
inline void hybrid(const Geometry &g, const float *in, const std::int8_t *filter, const float *bias,
                   Activation activation, const std::vector<float> &filterScales, bool asymmetric, float *out)
{
    double low = 0, high = 0;
    for (std::size_t i = 0; i < g.inSize(); ++i) {
        low = std::min(low, double(in[i]));
        high = std::max(high, double(in[i]));
    }
    float scale = 1, inverse = 1;
    int zero = 0;
    if (low != high && asymmetric) {
        const double s = (high - low) / 255.0;
        const double fromLow = -128 - low / s, fromHigh = 127 - high / s;
        const double nudged = 128 + std::abs(low / s) < 127 + std::abs(high / s) ? fromLow : fromHigh;
        zero = nudged <= -128 ? -128 : nudged >= 127 ? 127 : int(std::round(nudged));
        scale = float(s);
        inverse = 1.0f / scale;
    } else if (low != high) {
        const auto range = float(std::max(-low, high));
        scale = range / 127.0f;
        inverse = 127.0f / range;
    }
    std::vector<int> q(g.inSize());
    for (std::size_t i = 0; i < g.inSize(); ++i) {
        const int steps = low == high ? 0 : int(std::round(float(zero) + in[i] * inverse));
        q[i] = std::min(std::max(steps, asymmetric ? -128 : -127), 127);
    }
    g.eachOutput([&](int o, int y, int x, int c) {
        std::int32_t sum = 0;
        g.eachTap(y, x, c, [&](int i, int f) { sum += (q[std::size_t(i)] - zero) * filter[f]; });
        const float scaled = filterScales.size() > 1 ? float(sum) * filterScales[std::size_t(c)] * scale
                                                     : float(sum) * (scale * filterScales[0]);
        out[o] = clamp(scaled + (bias ? bias[c] : 0), rangeOf(activation));
    });
}

} // namespace plain
