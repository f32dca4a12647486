// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/kernels/quantizedparameters.h"
#include "core/kernels/stridedcopy.h"

#include <cstring>

namespace espalier {

namespace {

class PadKernel final : public Kernel
{
public:
    PadKernel(std::size_t inputStride, std::size_t outputBytes, Bytes value, StridedCopy box)
        : m_inputStride(inputStride), m_outputBytes(outputBytes), m_value(std::move(value)), m_box(std::move(box))
    {
    }

    void run(const KernelCall &call) const override
    {
        const std::size_t all = m_outputBytes * std::size_t(call.batch);
        std::byte *out = call.outputs[0];
        if (m_value.size() == 1) {
            std::memset(out, m_value[0], all);
        } else {
            for (std::size_t i = 0; i < all; i += m_value.size())
                std::memcpy(out + i, m_value.data(), m_value.size());
        }
        for (std::size_t image = 0; image < std::size_t(call.batch); ++image)
            m_box.copy(call.inputs[0] + image * m_inputStride, out + image * m_outputBytes);
    }

private:
    std::size_t m_inputStride, m_outputBytes;
    Bytes m_value; ///< one element, or one byte where all its bytes are equal
    StridedCopy m_box;
};

/// What PAD fills with: real zero.
Bytes zeroElement(OperatorCheck &check, const Tensor &out, std::size_t bytes)
{
    Bytes value(bytes, 0);
    const bool quantized = out.type == DType::int8 || out.type == DType::uint8 || out.type == DType::int16;
    if (!quantized || out.quantization.empty())
        return value;
    if (const auto checked = checkQuantized(out); !checked) {
        check.require(false, checked.error().message);
        return value;
    }
    const auto zero = std::int16_t(out.quantization.zeroPoint[0]);
    std::memcpy(value.data(), &zero, bytes); // little-endian: the low byte comes first
    return value;
}

Result<KernelPtr> make(const Graph &graph, const Operator &op)
{
    OperatorCheck check(graph, op, 2, 3);
    const Tensor &in = check.input(0), &out = check.output();
    const auto padding = check.integers(1, "the padding");
    const std::size_t bytes = check.elementBytes(in);
    const std::size_t rank = in.shape.size();
    check.sameType(in, out);
    check.sameQuantization(in, out);
    if (!check.require(padding.size() == 2 * rank && out.shape.size() == rank, "the padding does not fit the rank"))
        return check.error();

    const auto strides = rowMajorStrides(out.shape);
    std::ptrdiff_t offset = 0;
    for (std::size_t i = 0; i < rank; ++i) {
        const std::int64_t before = padding[2 * i], after = padding[2 * i + 1];
        if (!check.require(before >= 0 && after >= 0 && before <= INT32_MAX && after <= INT32_MAX,
                           "its padding is negative or out of range") ||
            !check.require(out.shape[i] == in.shape[i] + before + after,
                           "its output shape does not follow its padding"))
            return check.error();
        offset += std::ptrdiff_t(before) * strides[i];
    }

    Bytes value;
    if (check.has(2)) {
        const Tensor &given = check.input(2);
        check.sameType(given, in);
        check.sameQuantization(given, in);
        if (!check.require(given.isConstant() && given.elements() == 1, "the padding value is not one constant"))
            return check.error();
        value.assign(given.data->begin(), given.data->begin() + std::ptrdiff_t(bytes));
    } else {
        check.require(op.kind == OpKind::pad, "the padding value is missing");
        value = zeroElement(check, out, bytes);
    }
    if (!check)
        return check.error();
    if (value == Bytes(value.size(), value[0]))
        value.resize(1);
    StridedCopy box(bytes, {in.shape.begin(), in.shape.end()}, rowMajorStrides(in.shape), 0, strides, offset);
    return makeKernel<PadKernel>(imageStride(in), out.bytes(), std::move(value), std::move(box));
}

} // namespace

extern const KernelKind padKernel = {OpKind::pad, make};
extern const KernelKind padV2Kernel = {OpKind::padV2, make};

} // namespace espalier
