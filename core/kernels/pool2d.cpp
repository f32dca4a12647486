// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/kernels/operatorcheck.h"
#include "core/kernels/quantizedparameters.h"
#include "core/kernels/vectorize.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace espalier {

namespace {

struct Geometry
{
    std::int64_t images = 0, inH = 0, inW = 0, outH = 0, outW = 0, channels = 0;
    std::int64_t strideH = 1, strideW = 1, filterH = 1, filterW = 1, padH = 0, padW = 0;
};

/// The cells of the input that one output cell sees; cells of the padding do not count.
struct Window
{
    std::int64_t top, bottom, left, right;
    std::int64_t cells() const { return (bottom - top) * (right - left); }
};

Window windowOf(const Geometry &g, std::int64_t y, std::int64_t x)
{
    const std::int64_t top = y * g.strideH - g.padH, left = x * g.strideW - g.padW;
    return {std::max<std::int64_t>(top, 0), std::min(top + g.filterH, g.inH), std::max<std::int64_t>(left, 0),
            std::min(left + g.filterW, g.inW)};
}

template <class T>
struct Range
{
    T low, high;
};

template <class T>
T clamped(T x, Range<T> range)
{
    const T bounded = x < range.low ? range.low : x;
    return bounded > range.high ? range.high : bounded;
}

template <class T>
ESPALIER_VECTORIZE void maxOf(const Geometry &g, const Window &w, const T *in, T *out, Range<T> range)
{
    const std::int64_t channels = g.channels;
    std::fill_n(out, channels, std::numeric_limits<T>::lowest());
    for (std::int64_t y = w.top; y < w.bottom; ++y)
        for (std::int64_t x = w.left; x < w.right; ++x) {
            const T *from = in + (y * g.inW + x) * channels;
            ESPALIER_INDEPENDENT
            for (std::int64_t c = 0; c < channels; ++c)
                out[c] = from[c] > out[c] ? from[c] : out[c];
        }
    ESPALIER_INDEPENDENT
    for (std::int64_t c = 0; c < channels; ++c)
        out[c] = clamped(out[c], range);
}

ESPALIER_VECTORIZE void meanOf(const Geometry &g, const Window &w, const float *in, float *out, float *,
                               Range<float> range)
{
    const std::int64_t channels = g.channels;
    std::fill_n(out, channels, 0.0f);
    for (std::int64_t y = w.top; y < w.bottom; ++y)
        for (std::int64_t x = w.left; x < w.right; ++x) {
            const float *from = in + (y * g.inW + x) * channels;
            ESPALIER_INDEPENDENT
            for (std::int64_t c = 0; c < channels; ++c)
                out[c] += from[c];
        }
    const auto count = float(w.cells());
    ESPALIER_INDEPENDENT
    for (std::int64_t c = 0; c < channels; ++c)
        out[c] = clamped(out[c] / count, range);
}

template <class T>
ESPALIER_VECTORIZE void meanOf(const Geometry &g, const Window &w, const T *in, T *out, std::int32_t *sums,
                               Range<std::int32_t> range)
{
    const std::int64_t channels = g.channels;
    std::fill_n(sums, channels, 0);
    for (std::int64_t y = w.top; y < w.bottom; ++y)
        for (std::int64_t x = w.left; x < w.right; ++x) {
            const T *from = in + (y * g.inW + x) * channels;
            ESPALIER_INDEPENDENT
            for (std::int64_t c = 0; c < channels; ++c)
                sums[c] += from[c];
        }
    // The quotient by way of float, put right by its remainder: at most one off, since it is below 2^17.
    const auto count = std::int32_t(w.cells());
    const float inverse = 1.0f / float(count);
    ESPALIER_INDEPENDENT
    for (std::int64_t c = 0; c < channels; ++c) {
        const std::int32_t dividend = (sums[c] < 0 ? -sums[c] : sums[c]) + count / 2;
        std::int32_t quotient = std::int32_t(float(dividend) * inverse);
        const std::int32_t rest = dividend - quotient * count;
        quotient += (rest >= count ? 1 : 0) - (rest < 0 ? 1 : 0);
        out[c] = T(clamped(sums[c] < 0 ? -quotient : quotient, range));
    }
}

template <class T, class Bound, bool isMaximum>
class PoolKernel final : public Kernel
{
public:
    using Sum = std::conditional_t<std::is_same_v<T, float>, float, std::int32_t>;

    PoolKernel(const Geometry &geometry, Range<Bound> range) : m_geometry(geometry), m_range(range) {}

    std::size_t scratchBytes(int) const override
    {
        return isMaximum || std::is_same_v<T, float> ? 0 : std::size_t(m_geometry.channels) * sizeof(Sum);
    }

    void run(const KernelCall &call) const override
    {
        const Geometry &g = m_geometry;
        const auto *in = reinterpret_cast<const T *>(call.inputs[0]);
        auto *out = reinterpret_cast<T *>(call.outputs[0]);
        for (std::int64_t image = 0; image < g.images * call.batch; ++image, in += g.inH * g.inW * g.channels)
            for (std::int64_t y = 0; y < g.outH; ++y)
                for (std::int64_t x = 0; x < g.outW; ++x, out += g.channels) {
                    if constexpr (isMaximum)
                        maxOf(g, windowOf(g, y, x), in, out, m_range);
                    else
                        meanOf(g, windowOf(g, y, x), in, out, reinterpret_cast<Sum *>(call.scratch), m_range);
                }
    }

private:
    Geometry m_geometry;
    Range<Bound> m_range;
};

/// Output extent and leading padding along one axis.
std::pair<std::int64_t, std::int64_t> extentAndPadding(std::int64_t in, std::int64_t filter, std::int64_t stride,
                                                       Padding padding)
{
    if (padding == Padding::valid)
        return {in < filter ? 0 : (in - filter) / stride + 1, 0};
    const std::int64_t out = (in + stride - 1) / stride;
    return {out, std::max<std::int64_t>((out - 1) * stride + filter - in, 0) / 2};
}

template <class T, bool isMaximum>
KernelPtr integerPool(const Geometry &geometry, IntegerRange range)
{
    using Bound = std::conditional_t<isMaximum, T, std::int32_t>;
    return makeKernel<PoolKernel<T, Bound, isMaximum>>(geometry, Range<Bound>{Bound(range.low), Bound(range.high)});
}

template <bool isMaximum>
Result<KernelPtr> make(const Graph &graph, const Operator &op)
{
    OperatorCheck check(graph, op, 1, 1);
    const Tensor &in = check.input(0), &out = check.output();
    const auto options = check.options<Pool2DOptions>();
    check.sameType(in, out);
    check.require(in.shape.size() == 4 && out.shape.size() == 4, "its input is not of rank 4");
    check.require(!in.isConstant(), "its input is a constant");
    check.require(options.strideH > 0 && options.strideW > 0, "its stride is not positive");
    check.require(options.filterH > 0 && options.filterW > 0 && options.filterH <= 32768 && options.filterW <= 32768,
                  "its window is empty or too large");
    if (!check)
        return check.error();
    const auto [outH, padH] = extentAndPadding(in.shape[1], options.filterH, options.strideH, options.padding);
    const auto [outW, padW] = extentAndPadding(in.shape[2], options.filterW, options.strideW, options.padding);
    if (!check.require(out.shape[0] == in.shape[0] && out.shape[1] == outH && out.shape[2] == outW &&
                           out.shape[3] == in.shape[3],
                       "its output shape " + shapeText(out.shape) + " does not follow from " + shapeText(in.shape)))
        return check.error();
    const Geometry geometry{in.shape[0],     in.shape[1],     in.shape[2],     outH, outW, in.shape[3], options.strideH,
                            options.strideW, options.filterH, options.filterW, padH, padW};

    if (in.type == DType::float32) {
        const auto range = check.take(floatRange(options.activation));
        if (!check)
            return check.error();
        return makeKernel<PoolKernel<float, float, isMaximum>>(geometry, Range<float>{range.low, range.high});
    }
    // Without a rescaling step only inputs quantized as the output make sense; the reference allows this much.
    const Quantization &p = in.quantization, &q = out.quantization;
    const auto range = check.take(activationRange(options.activation, out));
    if (check)
        check.require(p.scale.size() == 1 && std::abs(p.scale[0] - q.scale[0]) <= 1e-6 && p.zeroPoint == q.zeroPoint,
                      "its input and output are quantized differently");
    check.require(isMaximum ||
                      std::int64_t(options.filterH) * options.filterW <= (in.type == DType::int16 ? 1 << 8 : 1 << 16),
                  "its window is too large");
    if (!check)
        return check.error();
    switch (in.type) {
    case DType::int8:
        return integerPool<std::int8_t, isMaximum>(geometry, range);
    case DType::uint8:
        return integerPool<std::uint8_t, isMaximum>(geometry, range);
    case DType::int16:
        return integerPool<std::int16_t, isMaximum>(geometry, range);
    default:
        return failed(std::string(name(in.type)) + " is not supported");
    }
}

} // namespace

extern const KernelKind averagePool2DKernel = {OpKind::averagePool2D, make<false>};
extern const KernelKind maxPool2DKernel = {OpKind::maxPool2D, make<true>};

} // namespace espalier
