// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/kernels/operatorcheck.h"
#include "core/kernels/quantizedparameters.h"
#include "core/kernels/vectorize.h"

#include <algorithm>
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

template <class T>
class MeanKernel final : public Kernel
{
public:
    /// Integers add up modulo 2^32.
    using Sum = std::conditional_t<std::is_same_v<T, float>, float, std::uint32_t>;

    MeanKernel(std::vector<Axis> axes, std::size_t inElements, std::size_t outElements, std::size_t count,
               rt::RequantizeParameters parameters)
        : m_axes(std::move(axes)), m_inElements(inElements), m_outElements(outElements), m_count(count),
          m_parameters(parameters)
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
                    out[i] = T(rt::requantize(std::int32_t(sums[i]), m_parameters));
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
    rt::RequantizeParameters m_parameters;
};

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
        rt::RequantizeParameters parameters;
        if (!std::is_same_v<T, float>)
            parameters = check.take(meanParameters(in, out, std::int64_t(count)));
        if (!check)
            return check.error();
        return makeKernel<MeanKernel<T>>(axes, in.elements(), out.elements(), count, parameters);
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

extern const KernelKind meanKernel = {OpKind::mean, make};

} // namespace espalier
