// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/kernels/operatorcheck.h"
#include "core/kernels/vectorize.h"

#include <optional>
#include <vector>

namespace espalier {

/// Two tensors walked together, extents of 1 repeated as NumPy does; the output is contiguous. Dimensions that walk
/// alike are merged; there are always at least two, outermost first.
struct Broadcast
{
    struct Dimension
    {
        std::size_t extent = 1;
        std::ptrdiff_t a = 0, b = 0; ///< strides in elements
    };
    std::vector<Dimension> dimensions;
    std::size_t elements = 0;

    /// True where both inputs are walked element by element, without repetition.
    bool isPlain() const;
};

/// Nothing where the shapes do not broadcast to that output.
std::optional<Broadcast> broadcast(const Shape &a, const Shape &b, const Shape &output);

/// The two innermost dimensions, vectorised along the inner one.
template <class A, class B, class Out, class Function>
ESPALIER_VECTORIZE void applyBlock(const A *a, const B *b, Out *out, Broadcast::Dimension outer,
                                   Broadcast::Dimension inner, Function function)
{
    const std::size_t n = inner.extent;
    for (std::size_t j = 0; j < outer.extent; ++j, a += outer.a, b += outer.b, out += n) {
        if (inner.a != 0 && inner.b != 0) {
            ESPALIER_INDEPENDENT
            for (std::size_t i = 0; i < n; ++i)
                out[i] = Out(function(a[i], b[i]));
        } else if (inner.a != 0) {
            const B one = *b;
            ESPALIER_INDEPENDENT
            for (std::size_t i = 0; i < n; ++i)
                out[i] = Out(function(a[i], one));
        } else {
            const A one = *a;
            ESPALIER_INDEPENDENT
            for (std::size_t i = 0; i < n; ++i)
                out[i] = Out(function(one, b[i]));
        }
    }
}

/// A kernel out = function(a, b), element by element with broadcasting. Function is a small value with a const call
/// operator, free of branches that depend on the elements' position.
template <class A, class B, class Out, class Function>
class BinaryKernel final : public Kernel
{
public:
    BinaryKernel(const Tensor &a, const Tensor &b, Broadcast plan, Function function)
        : m_plan(std::move(plan)), m_function(function), m_strideA(a.isConstant() ? 0 : std::ptrdiff_t(a.elements())),
          m_strideB(b.isConstant() ? 0 : std::ptrdiff_t(b.elements())),
          m_inPlace(sizeof(A) == sizeof(Out) && !a.isConstant() && a.elements() == m_plan.elements)
    {
    }

    bool canRunInPlace() const override { return m_inPlace; }

    void run(const KernelCall &call) const override
    {
        const auto *a = reinterpret_cast<const A *>(call.inputs[0]);
        const auto *b = reinterpret_cast<const B *>(call.inputs[1]);
        auto *out = reinterpret_cast<Out *>(call.outputs[0]);
        if (m_plan.elements == 0)
            return;
        const auto batch = std::size_t(call.batch);
        if (m_plan.isPlain() && m_strideA != 0 && m_strideB != 0) {
            applyBlock(a, b, out, Broadcast::Dimension{}, Broadcast::Dimension{m_plan.elements * batch, 1, 1},
                       m_function);
            return;
        }
        for (std::size_t image = 0; image < batch; ++image, a += m_strideA, b += m_strideB)
            out = walk(0, a, b, out);
    }

private:
    Out *walk(std::size_t dimension, const A *a, const B *b, Out *out) const
    {
        const auto &d = m_plan.dimensions;
        if (dimension + 2 == d.size()) {
            applyBlock(a, b, out, d[dimension], d[dimension + 1], m_function);
            return out + d[dimension].extent * d[dimension + 1].extent;
        }
        for (std::size_t i = 0; i < d[dimension].extent; ++i)
            out = walk(dimension + 1, a + std::ptrdiff_t(i) * d[dimension].a, b + std::ptrdiff_t(i) * d[dimension].b,
                       out);
        return out;
    }

    Broadcast m_plan;
    Function m_function;
    std::ptrdiff_t m_strideA, m_strideB; ///< elements from image to image
    bool m_inPlace;
};

} // namespace espalier
