// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/kernels/elementwisekernel.h"

#include <bit>
#include <cmath>
#include <limits>

namespace espalier {

namespace {

/// IEEE half precision to float, exactly.
struct FromHalf
{
    float operator()(std::uint16_t half) const
    {
        const std::uint32_t sign = std::uint32_t(half & 0x8000) << 16, magnitude = half & 0x7fff;
        // As a float the bits are 2^112 too small, denormals included; infinity and NaN need their exponent back.
        const float scaled = std::bit_cast<float>(magnitude << 13) * 0x1p112f;
        const std::uint32_t bits = std::bit_cast<std::uint32_t>(scaled);
        return std::bit_cast<float>((magnitude >= 0x7c00 ? bits | 0x7f800000u : bits) | sign);
    }
};

template <class T>
struct Affine
{
    float scale;
    std::int32_t zero;
    float operator()(T x) const { return scale * float(std::int32_t(x) - zero); }
};

/// Weights quantized per slice along one axis.
template <class T>
class PerChannelDequantize final : public Kernel
{
public:
    PerChannelDequantize(const Tensor &in)
        : m_quantization(in.quantization), m_elements(in.elements()), m_constant(in.isConstant())
    {
        for (std::size_t i = std::size_t(in.quantization.axis) + 1; i < in.shape.size(); ++i)
            m_inner *= std::size_t(in.shape[i]);
    }

    void run(const KernelCall &call) const override
    {
        const std::size_t channels = m_quantization.scale.size();
        for (std::size_t image = 0; image < std::size_t(call.batch); ++image) {
            const auto *in = reinterpret_cast<const T *>(call.inputs[0]) + (m_constant ? 0 : image * m_elements);
            auto *out = reinterpret_cast<float *>(call.outputs[0]) + image * m_elements;
            for (std::size_t place = 0, channel = 0; place < m_elements; place += m_inner) {
                applyEach(in + place, out + place, m_inner,
                          Affine<T>{m_quantization.scale[channel], std::int32_t(m_quantization.zeroPoint[channel])});
                channel = channel + 1 == channels ? 0 : channel + 1;
            }
        }
    }

private:
    Quantization m_quantization;
    std::size_t m_elements, m_inner = 1;
    bool m_constant;
};

template <class T>
Result<KernelPtr> dequantizing(OperatorCheck &check, const Tensor &in)
{
    const Quantization &q = in.quantization;
    check.require(!q.scale.empty() && q.zeroPoint.size() == q.scale.size(), "its input has no scale and zero point");
    for (std::size_t i = 0; check && i < q.scale.size(); ++i) {
        check.require(std::isfinite(q.scale[i]), "a scale is not a number");
        check.require(q.zeroPoint[i] >= std::numeric_limits<T>::min() &&
                          q.zeroPoint[i] <= std::numeric_limits<T>::max(),
                      "a zero point is outside its type's range");
    }
    if (check && q.perChannel())
        check.require(q.axis >= 0 && std::size_t(q.axis) < in.shape.size() &&
                          std::size_t(in.shape[std::size_t(q.axis)]) == q.scale.size(),
                      "its scales do not fit its axis");
    if (!check)
        return check.error();
    if (q.perChannel())
        return makeKernel<PerChannelDequantize<T>>(in);
    return elementwise<T, float>(in, Affine<T>{q.scale[0], std::int32_t(q.zeroPoint[0])});
}

Result<KernelPtr> make(const Graph &graph, const Operator &op)
{
    OperatorCheck check(graph, op, 1, 1);
    const Tensor &in = check.input(0), &out = check.output();
    check.sameShape(in, out);
    check.require(out.type == DType::float32, "its output is " + std::string(name(out.type)));
    if (!check)
        return check.error();
    switch (in.type) {
    case DType::float16:
        return elementwise<std::uint16_t, float>(in, FromHalf());
    case DType::int8:
        return dequantizing<std::int8_t>(check, in);
    case DType::uint8:
        return dequantizing<std::uint8_t>(check, in);
    case DType::int16:
        return dequantizing<std::int16_t>(check, in);
    default:
        return failed(std::string(name(in.type)) + " is not supported");
    }
}

} // namespace

extern const KernelKind dequantizeKernel = {OpKind::dequantize, make};

} // namespace espalier
