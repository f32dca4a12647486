// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/kernels/operatorcheck.h"
#include "core/kernels/vectorize.h"

#include <array>
#include <cstdint>

namespace espalier {

template <class In, class Out, class Function>
ESPALIER_VECTORIZE void applyEach(const In *in, Out *out, std::size_t elements, Function function)
{
    ESPALIER_INDEPENDENT
    for (std::size_t i = 0; i < elements; ++i)
        out[i] = Out(function(in[i]));
}

/// A kernel out = function(in), element by element. Function is a small value with a const call operator.
template <class In, class Out, class Function>
class ElementwiseKernel final : public Kernel
{
public:
    ElementwiseKernel(const Tensor &input, Function function)
        : m_function(function), m_elements(input.elements()), m_constant(input.isConstant())
    {
    }

    bool canRunInPlace() const override { return sizeof(In) == sizeof(Out) && !m_constant; }

    void run(const KernelCall &call) const override
    {
        const auto *in = reinterpret_cast<const In *>(call.inputs[0]);
        auto *out = reinterpret_cast<Out *>(call.outputs[0]);
        const auto batch = std::size_t(call.batch);
        if (!m_constant)
            return applyEach(in, out, m_elements * batch, m_function);
        for (std::size_t image = 0; image < batch; ++image)
            applyEach(in, out + image * m_elements, m_elements, m_function);
    }

private:
    Function m_function;
    std::size_t m_elements;
    bool m_constant;
};

template <class In, class Out, class Function>
KernelPtr elementwise(const Tensor &input, Function function)
{
    return makeKernel<ElementwiseKernel<In, Out, Function>>(input, function);
}

/// A function of one byte as a table of its 256 values.
struct ByteTable
{
    std::array<std::uint8_t, 256> values;
    std::uint8_t operator()(std::uint8_t x) const { return values[x]; }
};

/// The table of `function(int32) -> int32` over int8 or uint8 values.
template <class Function>
ByteTable byteTable(DType input, Function function)
{
    ByteTable table;
    for (int x = 0; x < 256; ++x)
        table.values[std::size_t(x)] = std::uint8_t(function(input == DType::int8 ? int(std::int8_t(x)) : x));
    return table;
}

inline KernelPtr byteKernel(const Tensor &input, const ByteTable &table)
{
    return elementwise<std::uint8_t, std::uint8_t>(input, table);
}

} // namespace espalier
