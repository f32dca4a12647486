// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/kernels/interpolationtables.h"
#include "core/kernels/operatorcheck.h"
#include "core/kernels/quantizedparameters.h"
#include "core/kernels/vectorize.h"

#include <espalier/floatmath.h>

#include <algorithm>
#include <array>
#include <limits>

namespace espalier {

namespace {

ESPALIER_VECTORIZE void exponentials(const float *in, float *out, std::size_t n, float maximum, float beta)
{
    ESPALIER_INDEPENDENT
    for (std::size_t i = 0; i < n; ++i)
        out[i] = rt::exp((in[i] - maximum) * beta);
}

class FloatSoftmax final : public Kernel
{
public:
    FloatSoftmax(std::size_t rows, std::size_t depth, float beta) : m_rows(rows), m_depth(depth), m_beta(beta) {}

    bool canRunInPlace() const override { return true; }

    void run(const KernelCall &call) const override
    {
        const auto *in = reinterpret_cast<const float *>(call.inputs[0]);
        auto *out = reinterpret_cast<float *>(call.outputs[0]);
        const std::size_t rows = m_rows * std::size_t(call.batch);
        for (std::size_t row = 0; row < rows; ++row, in += m_depth, out += m_depth) {
            float maximum = std::numeric_limits<float>::lowest();
            for (std::size_t i = 0; i < m_depth; ++i)
                maximum = in[i] > maximum ? in[i] : maximum;
            exponentials(in, out, m_depth, maximum, m_beta);
            float sum = 0;
            for (std::size_t i = 0; i < m_depth; ++i)
                sum += out[i];
            for (std::size_t i = 0; i < m_depth; ++i)
                out[i] /= sum;
        }
    }

private:
    std::size_t m_rows, m_depth;
    float m_beta;
};

/// There are 256 differences of bytes, so the exponentials are a table.
template <class In, class Out>
class IntegerSoftmax final : public Kernel
{
public:
    IntegerSoftmax(std::size_t rows, std::size_t depth, const rt::SoftmaxParameters &p) : m_rows(rows), m_depth(depth)
    {
        for (std::size_t i = 0; i < m_exponentials.size(); ++i) {
            m_exponentials[i] = rt::softmaxExp(-std::int32_t(i), p);
            m_summands[i] = rt::softmaxSummand(m_exponentials[i]);
        }
    }

    bool canRunInPlace() const override { return sizeof(In) == sizeof(Out); }

    void run(const KernelCall &call) const override
    {
        const auto *in = reinterpret_cast<const In *>(call.inputs[0]);
        auto *out = reinterpret_cast<Out *>(call.outputs[0]);
        const std::size_t rows = m_rows * std::size_t(call.batch);
        for (std::size_t row = 0; row < rows; ++row, in += m_depth, out += m_depth) {
            const int maximum = *std::max_element(in, in + m_depth);
            std::uint32_t sum = 0;
            for (std::size_t i = 0; i < m_depth; ++i)
                sum += std::uint32_t(m_summands[std::size_t(maximum - in[i])]);
            int bitsOverUnit = 0;
            const std::int32_t inverse = rt::reciprocal(std::int32_t(sum), 12, bitsOverUnit);
            for (std::size_t i = 0; i < m_depth; ++i)
                out[i] = Out(rt::softmaxResult(m_exponentials[std::size_t(maximum - in[i])], inverse, bitsOverUnit,
                                               8 * int(sizeof(Out)), std::numeric_limits<Out>::min()));
        }
    }

private:
    std::size_t m_rows, m_depth;
    std::array<std::int32_t, 256> m_exponentials, m_summands;
};

class WideSoftmax final : public Kernel
{
public:
    explicit WideSoftmax(const rt::WideSoftmaxLayer &layer) : m_layer(layer) {}

    bool canRunInPlace() const override { return true; }

    void run(const KernelCall &call) const override
    {
        rt::WideSoftmaxLayer layer = m_layer;
        layer.rows *= call.batch;
        rt::softmaxWide(layer, reinterpret_cast<const std::int16_t *>(call.inputs[0]), exponentialTable().data(),
                        reciprocalTable().data(), reinterpret_cast<std::int16_t *>(call.outputs[0]));
    }

private:
    rt::WideSoftmaxLayer m_layer; // of one image
};

Result<KernelPtr> make(const Graph &graph, const Operator &op)
{
    OperatorCheck check(graph, op, 1, 1);
    const Tensor &in = check.input(0), &out = check.output();
    const float beta = check.options<SoftmaxOptions>().beta;
    check.sameShape(in, out);
    check.require(!in.isConstant(), "its input is a constant");
    check.require(!in.shape.empty() && in.shape.back() > 0, "its input has no values to normalise");
    if (!check)
        return check.error();
    const auto depth = std::size_t(in.shape.back());
    const std::size_t rows = in.elements() / depth;
    if (in.type == DType::float32) {
        check.sameType(in, out);
        if (!check)
            return check.error();
        return makeKernel<FloatSoftmax>(rows, depth, beta);
    }
    if (in.type == DType::int16) {
        const auto scale = check.take(wideSoftmaxScale(in, out, beta));
        // The sum of exponentials, at most one each, has 16 integer bits.
        if (!check.require(depth < 65536, "a row of " + std::to_string(depth) + " values is too long"))
            return check.error();
        return makeKernel<WideSoftmax>(
            rt::WideSoftmaxLayer{std::int32_t(rows), std::int32_t(depth), scale.multiplier, scale.shift});
    }
    const auto p = check.take(softmaxParameters(in, out, beta));
    // The sum of exponentials, at most one each, has 12 integer bits.
    if (!check.require(depth < 4096, "a row of " + std::to_string(depth) + " values is too long"))
        return check.error();
    if (out.type == DType::int16)
        return makeKernel<IntegerSoftmax<std::int8_t, std::int16_t>>(rows, depth, p);
    if (out.type == DType::int8)
        return makeKernel<IntegerSoftmax<std::int8_t, std::int8_t>>(rows, depth, p);
    return makeKernel<IntegerSoftmax<std::uint8_t, std::uint8_t>>(rows, depth, p);
}

} // namespace

extern const KernelKind softmaxKernel = {OpKind::softmax, make};

} // namespace espalier
