// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/kernels/kernel.h"

#include <algorithm>
#include <stdexcept>
#include <vector>

namespace espalier {

template <class T>
constexpr DType dtypeOf()
{
    if constexpr (std::is_same_v<T, float>)
        return DType::float32;
    else if constexpr (std::is_same_v<T, std::int8_t>)
        return DType::int8;
    else if constexpr (std::is_same_v<T, std::uint8_t>)
        return DType::uint8;
    else if constexpr (std::is_same_v<T, std::int16_t>)
        return DType::int16;
    else if constexpr (std::is_same_v<T, std::uint16_t>)
        return DType::float16;
    else if constexpr (std::is_same_v<T, std::int32_t>)
        return DType::int32;
    else
        return DType::int64;
}

inline Quantization quantization(double scale, std::int64_t zero)
{
    return {{float(scale)}, {zero}, 0, {}, {}};
}

/// A graph of one operator, to make and run its kernel alone.
class OneOperator
{
public:
    OneOperator() = default;
    explicit OneOperator(OpKind kind, OpOptions options = {})
    {
        m_op.kind = kind;
        m_op.options = std::move(options);
    }

    template <class T>
    OneOperator &input(Shape shape, Quantization quantization = {})
    {
        m_op.inputs.push_back(add<T>(std::move(shape), std::move(quantization)));
        return *this;
    }
    template <class T>
    OneOperator &constant(Shape shape, const std::vector<T> &values, Quantization quantization = {})
    {
        const TensorId id = add<T>(std::move(shape), std::move(quantization));
        m_graph[id].data = sharedBytes(values);
        m_op.inputs.push_back(id);
        return *this;
    }
    template <class T>
    OneOperator &output(Shape shape, Quantization quantization = {})
    {
        m_op.outputs.push_back(add<T>(std::move(shape), std::move(quantization)));
        return *this;
    }

    Result<std::unique_ptr<const Kernel>> make() const { return kernelKind(m_op.kind)->make(m_graph, m_op); }
    std::string whyNot() const
    {
        const auto kernel = make();
        return kernel ? std::string() : kernel.error().message;
    }

    /// Output `which` for `batch` images of the run-time inputs, in order. Throws where the kernel cannot be made, or
    /// where it wrote beside its outputs.
    template <class Out, class... In>
    std::vector<Out> run(int batch, std::size_t which, const std::vector<In> &...inputs) const
    {
        const auto kernel = make();
        if (!kernel)
            throw std::runtime_error(kernel.error().message);
        std::vector<Bytes> given;
        (given.push_back(paddedCopy(inputs.data(), inputs.size() * sizeof(In))), ...);
        std::vector<const std::byte *> ins;
        std::size_t next = 0;
        for (const TensorId id : m_op.inputs) {
            const Tensor &tensor = m_graph[id];
            ins.push_back(reinterpret_cast<const std::byte *>(tensor.isConstant() ? tensor.data->data()
                                                                                  : given.at(next++).data() + guard));
        }
        std::vector<Bytes> results;
        for (const TensorId id : m_op.outputs)
            results.push_back(Bytes(m_graph[id].bytes() * std::size_t(batch) + 2 * guard, 0xa5));
        std::vector<std::byte *> outs;
        for (Bytes &result : results)
            outs.push_back(reinterpret_cast<std::byte *>(result.data() + guard));
        std::vector<std::byte> scratch((*kernel)->scratchBytes(batch));
        (*kernel)->run({ins, outs, scratch.data(), batch});

        for (const Bytes &result : results)
            for (std::size_t i = 0; i < guard; ++i)
                if (result[i] != 0xa5 || result[result.size() - 1 - i] != 0xa5)
                    throw std::runtime_error("wrote beside an output");
        const auto *first = reinterpret_cast<const Out *>(results[which].data() + guard);
        return {first, first + m_graph[m_op.outputs.at(which)].elements() * std::size_t(batch)};
    }

private:
    static constexpr std::size_t guard = 64;

    /// Not inlined: the compiler's bounds warnings lose track otherwise.
    [[gnu::noinline]] static Bytes paddedCopy(const void *data, std::size_t size)
    {
        const auto *first = static_cast<const std::uint8_t *>(data);
        Bytes bytes(size + 2 * guard, 0xa5);
        std::copy_n(first, size, bytes.begin() + guard);
        return bytes;
    }

    template <class T>
    TensorId add(Shape shape, Quantization quantization)
    {
        Tensor tensor;
        tensor.type = dtypeOf<T>();
        tensor.shape = std::move(shape);
        tensor.quantization = std::move(quantization);
        return m_graph.addTensor(std::move(tensor));
    }

    Graph m_graph;
    Operator m_op;
};

} // namespace espalier
