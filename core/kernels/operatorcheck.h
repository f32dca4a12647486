// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/kernels/kernel.h"

#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace espalier {

/// Reads an operator's tensors and settings for a kernel's make() and remembers the first thing that is wrong. What it
/// hands out is safe to look at even then: an absent tensor reads as an empty scalar.
class OperatorCheck
{
public:
    /// Checks the number of inputs (absent optional ones at the end included) and outputs, and every tensor's extents.
    OperatorCheck(const Graph &graph, const Operator &op, std::size_t minInputs, std::size_t maxInputs,
                  std::size_t outputs = 1);

    bool has(std::size_t input) const;
    const Tensor &input(std::size_t i);
    const Tensor &output(std::size_t i = 0);
    std::size_t inputCount() const { return m_op.inputs.size(); }
    std::size_t outputCount() const { return m_op.outputs.size(); }

    template <class T>
    T options()
    {
        const T *given = std::get_if<T>(&m_op.options);
        require(given != nullptr, "its settings are missing");
        return given ? *given : T();
    }

    /// True while all is well, this included.
    bool require(bool holds, std::string_view why);
    /// Takes the value or the error.
    template <class T>
    T take(Result<T> result)
    {
        if (!result && !m_problem)
            m_problem = result.error();
        return result ? *std::move(result) : T();
    }

    /// The values of a constant int32 or int64 input, whatever its shape.
    std::vector<std::int64_t> integers(std::size_t input, std::string_view what);
    /// An axis from -rank to rank - 1 as one from 0.
    std::size_t axis(std::int64_t given, std::size_t rank);
    void sameType(const Tensor &a, const Tensor &b);
    void sameElements(const Tensor &a, const Tensor &b);
    void sameShape(const Tensor &a, const Tensor &b);
    /// Same scale and zero point, or neither quantized; floats and plain integers pass.
    void sameQuantization(const Tensor &a, const Tensor &b);
    /// Elements that take whole bytes each; returns how many.
    std::size_t elementBytes(const Tensor &tensor);

    explicit operator bool() const { return !m_problem; }
    Error error() const { return *m_problem; }

private:
    const Tensor &tensor(TensorId id, std::string_view what);

    const Graph &m_graph;
    const Operator &m_op;
    std::optional<Error> m_problem;
};

using KernelPtr = std::unique_ptr<const Kernel>;

template <class SomeKernel, class... Arguments>
KernelPtr makeKernel(Arguments &&...arguments)
{
    return std::make_unique<const SomeKernel>(std::forward<Arguments>(arguments)...);
}

/// Bytes from one image of an input to the next: 0 for a constant.
std::size_t imageStride(const Tensor &input);

/// Strides in elements, row-major.
std::vector<std::ptrdiff_t> rowMajorStrides(const Shape &shape);

} // namespace espalier
