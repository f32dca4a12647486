// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/kernels/operatorcheck.h"
#include "core/kernels/quantizedparameters.h"
#include "core/kernels/vectorize.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <type_traits>

namespace espalier {

namespace {

struct Geometry
{
    std::int64_t images = 0, inH = 0, inW = 0, outH = 0, outW = 0, channels = 0;
    std::int64_t strideH = 1, strideW = 1, filterH = 1, filterW = 1, padH = 0, padW = 0;
};

/// The cells of the input that one output cell sees, as its first pixel and strides in elements; cells of the padding
/// do not count.
struct Window
{
    std::int64_t first = 0, rows = 0, columns = 0, rowStride = 0, pixelStride = 0;
};

Window windowOf(const Geometry &g, std::int64_t y, std::int64_t x)
{
    const std::int64_t top = y * g.strideH - g.padH, left = x * g.strideW - g.padW;
    const std::int64_t firstRow = std::max<std::int64_t>(top, 0), firstColumn = std::max<std::int64_t>(left, 0);
    return {(firstRow * g.inW + firstColumn) * g.channels, std::min(top + g.filterH, g.inH) - firstRow,
            std::min(left + g.filterW, g.inW) - firstColumn, g.inW * g.channels, g.channels};
}

template <class T>
struct Range
{
    T low, high;
};

template <class T>
inline T clamped(T x, Range<T> range)
{
    const T bounded = x < range.low ? range.low : x;
    return bounded > range.high ? range.high : bounded;
}

/// `lanes` neighbouring channels of one output cell: their maximum.
struct Maximum
{
    template <int lanes, class T>
    [[gnu::always_inline]] static void pool(const Window &w, const T *in, T *out, Range<T> range)
    {
        typedef T Lanes __attribute__((vector_size(lanes * sizeof(T))));
        Lanes most = Lanes{} + std::numeric_limits<T>::lowest();
        for (std::int64_t y = 0; y < w.rows; ++y)
            for (std::int64_t x = 0; x < w.columns; ++x) {
                Lanes value;
                std::memcpy(&value, in + y * w.rowStride + x * w.pixelStride, sizeof value);
                most = value > most ? value : most;
            }
        const Lanes low = Lanes{} + range.low, high = Lanes{} + range.high;
        most = most < low ? low : most;
        most = most > high ? high : most;
        std::memcpy(out, &most, sizeof most);
    }
};

/// Their mean: sums in memory order, then the quotient.
struct Mean
{
    template <int lanes>
    [[gnu::always_inline]] static void pool(const Window &w, const float *in, float *out, Range<float> range)
    {
        typedef float Lanes __attribute__((vector_size(lanes * sizeof(float))));
        Lanes sum = {};
        for (std::int64_t y = 0; y < w.rows; ++y)
            for (std::int64_t x = 0; x < w.columns; ++x) {
                Lanes value;
                std::memcpy(&value, in + y * w.rowStride + x * w.pixelStride, sizeof value);
                sum += value;
            }
        float sums[lanes];
        std::memcpy(sums, &sum, sizeof sums);
        const auto count = float(w.rows * w.columns);
        for (int i = 0; i < lanes; ++i)
            out[i] = clamped(sums[i] / count, range);
    }
};

/// The mean of integers, to the nearest one. Compilers widen bytes well in plain loops only.
template <class T>
[[gnu::always_inline]] inline void integerMean(std::int64_t channels, const Window &w, const T *in, T *out,
                                               Range<std::int32_t> range)
{
    constexpr std::int64_t most = 64;
    const auto count = std::int32_t(w.rows * w.columns);
    const float inverse = 1.0f / float(count);
    for (std::int64_t c = 0; c < channels; c += most) {
        const std::int64_t n = std::min(most, channels - c);
        std::int32_t sums[most] = {};
        for (std::int64_t y = 0; y < w.rows; ++y)
            for (std::int64_t x = 0; x < w.columns; ++x) {
                const T *values = in + y * w.rowStride + x * w.pixelStride + c;
                for (std::int64_t i = 0; i < n; ++i)
                    sums[i] += values[i];
            }
        // The quotient by way of float, put right by its remainder: at most one off, since it is below 2^17.
        for (std::int64_t i = 0; i < n; ++i) {
            const std::int32_t dividend = (sums[i] < 0 ? -sums[i] : sums[i]) + count / 2;
            std::int32_t quotient = std::int32_t(float(dividend) * inverse);
            const std::int32_t rest = dividend - quotient * count;
            quotient += (rest >= count ? 1 : 0) - (rest < 0 ? 1 : 0);
            out[c + i] = T(clamped(sums[i] < 0 ? -quotient : quotient, range));
        }
    }
}

/// All channels of one output cell, `lanes` at a time; the last ones overlap rather than being fewer.
template <class Operation, int lanes, class T, class Bound>
[[gnu::always_inline]] inline void poolCell(std::int64_t channels, const Window &w, const T *in, T *out,
                                            Range<Bound> range)
{
    std::int64_t c = 0;
    for (; c + lanes <= channels; c += lanes)
        Operation::template pool<lanes>(w, in + c, out + c, range);
    if (c < channels) {
        c = channels - lanes;
        Operation::template pool<lanes>(w, in + c, out + c, range);
    }
}

template <class Operation, class T, class Bound>
ESPALIER_VECTORIZE void poolRow(const Geometry &g, std::int64_t y, const T *in, T *out, Range<Bound> range)
{
    for (std::int64_t x = 0; x < g.outW; ++x, out += g.channels) {
        const Window w = windowOf(g, y, x);
        if constexpr (!std::is_same_v<T, Bound>)
            integerMean(g.channels, w, in + w.first, out, range);
        else if (g.channels >= 16)
            poolCell<Operation, 16>(g.channels, w, in + w.first, out, range);
        else if (g.channels >= 4)
            poolCell<Operation, 4>(g.channels, w, in + w.first, out, range);
        else
            poolCell<Operation, 1>(g.channels, w, in + w.first, out, range);
    }
}

template <class Operation, class T, class Bound>
class PoolKernel final : public Kernel
{
public:
    PoolKernel(const Geometry &geometry, Range<Bound> range) : m_geometry(geometry), m_range(range) {}

    void run(const KernelCall &call) const override
    {
        const Geometry &g = m_geometry;
        const auto *in = reinterpret_cast<const T *>(call.inputs[0]);
        auto *out = reinterpret_cast<T *>(call.outputs[0]);
        for (std::int64_t image = 0; image < g.images * call.batch; ++image, in += g.inH * g.inW * g.channels)
            for (std::int64_t y = 0; y < g.outH; ++y, out += g.outW * g.channels)
                poolRow<Operation>(g, y, in, out, m_range);
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
    using Operation = std::conditional_t<isMaximum, Maximum, Mean>;
    using Bound = std::conditional_t<isMaximum, T, std::int32_t>;
    return makeKernel<PoolKernel<Operation, T, Bound>>(geometry, Range<Bound>{Bound(range.low), Bound(range.high)});
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
        using Operation = std::conditional_t<isMaximum, Maximum, Mean>;
        return makeKernel<PoolKernel<Operation, float, float>>(geometry, Range<float>{range.low, range.high});
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
