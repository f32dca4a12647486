// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/kernels/operatorcheck.h"
#include "core/kernels/quantizedparameters.h"
#include "core/kernels/rounding.h"
#include "core/kernels/vectorize.h"

#include <algorithm>
#include <cmath>
#include <type_traits>

namespace espalier {

namespace {

/// The input's axes, neighbours of one fate merged. Sums run over the input in memory order.
struct Axis
{
    std::size_t extent;
    bool reduced;
    std::size_t inStride, outStride; ///< elements; outStride is 0 where reduced
};

template <class T, class Sum>
ESPALIER_VECTORIZE void addRow(const T *in, Sum *sums, std::size_t n)
{
    ESPALIER_INDEPENDENT
    for (std::size_t i = 0; i < n; ++i)
        sums[i] += Sum(in[i]);
}

/// The mean in floats, as TensorFlow Lite computed it until it took to integers.
struct FloatMean
{
    float factor = 1, offset = 0; ///< from the mean of the integers to steps of the output
    float count = 1;
    float zeroOut = 0, low = 0, high = 0;

    std::int32_t operator()(std::int32_t sum) const
    {
        const float steps = std::round(float(sum) / count * factor + offset) + zeroOut;
        return std::int32_t(std::clamp(steps, low, high));
    }
};

/// As XNNPACK: one factor for sums, rounded to even.
struct AverageRoundedOnce
{
    float factor = 1;
    std::int32_t zeros = 0; ///< the input's zero point, as often as there are summands
    float zeroOut = 0, low = 0, high = 0;

    std::int32_t operator()(std::int32_t sum) const
    {
        const float steps = float(sum - zeros) * factor;
        return std::int32_t(std::nearbyint(std::clamp(steps, low - zeroOut, high - zeroOut)) + zeroOut);
    }
};

/// As TensorFlow Lite Micro.
struct FixedPointMean
{
    rt::RequantizeParameters p;
    std::int32_t operator()(std::int32_t sum) const { return rt::requantize(sum, p); }
};

/// `Finish` makes an integer output from a sum.
template <class T, class Finish>
class MeanKernel final : public Kernel
{
public:
    /// Integers add up modulo 2^32.
    using Sum = std::conditional_t<std::is_same_v<T, float>, float, std::uint32_t>;

    MeanKernel(std::vector<Axis> axes, std::size_t inElements, std::size_t outElements, std::size_t count,
               Finish finish)
        : m_axes(std::move(axes)), m_inElements(inElements), m_outElements(outElements), m_count(count),
          m_finish(finish)
    {
    }

    std::size_t scratchBytes(int) const override { return std::is_same_v<T, float> ? 0 : m_outElements * sizeof(Sum); }

    void run(const KernelCall &call) const override
    {
        const auto *in = reinterpret_cast<const T *>(call.inputs[0]);
        auto *out = reinterpret_cast<T *>(call.outputs[0]);
        for (int image = 0; image < call.batch; ++image, in += m_inElements, out += m_outElements) {
            if constexpr (std::is_same_v<T, float>) {
                std::fill_n(out, m_outElements, 0.0f);
                add(0, in, out);
                for (std::size_t i = 0; i < m_outElements; ++i)
                    out[i] /= float(m_count);
            } else {
                auto *sums = reinterpret_cast<Sum *>(call.scratch);
                std::fill_n(sums, m_outElements, Sum(0));
                add(0, in, sums);
                for (std::size_t i = 0; i < m_outElements; ++i)
                    out[i] = T(m_finish(std::int32_t(sums[i])));
            }
        }
    }

private:
    void add(std::size_t i, const T *in, Sum *sums) const
    {
        if (i == m_axes.size()) {
            *sums += Sum(*in);
            return;
        }
        const Axis &axis = m_axes[i];
        if (i + 1 < m_axes.size()) {
            for (std::size_t k = 0; k < axis.extent; ++k)
                add(i + 1, in + k * axis.inStride, sums + k * axis.outStride);
        } else if (!axis.reduced) {
            addRow(in, sums, axis.extent);
        } else {
            Sum sum = *sums;
            for (std::size_t k = 0; k < axis.extent; ++k)
                sum += Sum(in[k]);
            *sums = sum;
        }
    }

    std::vector<Axis> m_axes;
    std::size_t m_inElements, m_outElements, m_count;
    Finish m_finish;
};

template <Rounding rounding>
Result<KernelPtr> make(const Graph &graph, const Operator &op)
{
    OperatorCheck check(graph, op, 2, 2);
    const Tensor &in = check.input(0), &out = check.output();
    const auto given = check.integers(1, "the axis");
    const bool keepDims = check.options<ReduceOptions>().keepDims;
    check.sameType(in, out);
    check.require(!in.isConstant(), "its input is a constant");

    std::vector<bool> reduced(in.shape.size());
    for (const std::int64_t axis : given) {
        const std::size_t place = check.axis(axis, in.shape.size());
        if (!check)
            return check.error();
        reduced[place] = true;
    }
    Shape shape;
    std::size_t count = 1;
    for (std::size_t i = 0; i < in.shape.size(); ++i) {
        if (reduced[i])
            count *= std::size_t(in.shape[i]);
        if (!reduced[i] || keepDims)
            shape.push_back(reduced[i] ? 1 : in.shape[i]);
    }
    if (!check.require(shape == out.shape,
                       "its output shape " + shapeText(out.shape) + " does not follow from " + shapeText(in.shape)) ||
        !check.require(count > 0, "it averages no element"))
        return check.error();

    // From the innermost axis outwards, so that strides are at hand.
    std::vector<Axis> axes;
    std::size_t inStride = 1, outStride = 1;
    for (std::size_t i = in.shape.size(); i-- > 0;) {
        const auto extent = std::size_t(in.shape[i]);
        if (extent != 1) {
            if (!axes.empty() && axes.back().reduced == reduced[i])
                axes.back().extent *= extent;
            else
                axes.push_back({extent, reduced[i], inStride, reduced[i] ? 0 : outStride});
        }
        inStride *= extent;
        outStride *= reduced[i] ? 1 : extent;
    }
    std::ranges::reverse(axes);

    const auto made = [&]<class T>(std::type_identity<T>) -> Result<KernelPtr> {
        FixedPointMean finish;
        if (!std::is_same_v<T, float>)
            finish.p = check.take(meanParameters(in, out, std::int64_t(count)));
        if (!check)
            return check.error();
        const auto kernel = [&](auto chosen) -> KernelPtr {
            return makeKernel<MeanKernel<T, decltype(chosen)>>(axes, in.elements(), out.elements(), count, chosen);
        };
        if (rounding == Rounding::micro || sizeof(T) != 1)
            return kernel(finish);
        const float factor = in.quantization.scale[0] / out.quantization.scale[0];
        const auto zeroOut = float(finish.p.zeroOut), low = float(finish.p.low), high = float(finish.p.high);
        if (keepDims && reduced == std::vector<bool>{false, true, true, false})
            return kernel(AverageRoundedOnce{factor / float(count), finish.p.zeroIn, zeroOut, low, high});
        const auto zeroIn = float(in.quantization.zeroPoint[0]);
        return kernel(FloatMean{factor, -zeroIn * factor, float(count), zeroOut, low, high});
    };
    switch (in.type) {
    case DType::float32:
        return made(std::type_identity<float>());
    case DType::int8:
        return made(std::type_identity<std::int8_t>());
    case DType::uint8:
        return made(std::type_identity<std::uint8_t>());
    case DType::int16:
        return made(std::type_identity<std::int16_t>());
    default:
        return failed(std::string(name(in.type)) + " is not supported");
    }
}

} // namespace

extern const KernelKind meanKernel = {OpKind::mean, make<Rounding::micro>, make<Rounding::tflite>};

} // namespace espalier
