// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/graph/model.h"
#include "core/kernels/kernel.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <utility>

namespace espalier {

/// What a gradient works on: the float32 values that the operator's kernel saw and made, `batch` images of each
/// activation and constants once, and the loss's derivatives by them. Absent inputs are null.
struct GradientCall
{
    std::span<const float *const> inputs;
    std::span<const float *const> outputs;
    std::span<float *const> outputGradients; ///< may be overwritten
    std::span<float *const> inputGradients; ///< added to; null where nobody asks. Of a constant: summed over the images
    float *scratch = nullptr;               ///< scratchFloats() of this thread's own, on a cache line's boundary
    int batch = 1;
    std::uint32_t unset = 0; ///< bit i: inputGradients[i] holds nothing yet; only where writesWhole(i)

    bool isUnset(std::size_t input) const { return (unset >> input & 1) != 0; }
};

/// The derivative of one operator, prepared for its shapes. Immutable, so that many threads run it at once. Sums run in
/// a fixed order, so that neither threads nor the width of vectors change a bit.
class Gradient
{
public:
    virtual ~Gradient() = default;
    virtual std::size_t scratchFloats() const { return 0; }
    /// True where it can write the derivative by an input, and not only add to it.
    virtual bool writesWhole(std::size_t input) const
    {
        (void)input;
        return false;
    }
    virtual void run(const GradientCall &call) const = 0;
};

template <class T, class... Arguments>
Result<std::unique_ptr<const Gradient>> makeGradient(Arguments &&...arguments)
{
    return std::unique_ptr<const Gradient>(std::make_unique<const T>(std::forward<Arguments>(arguments)...));
}

/// How the gradient of one kind of operator is prepared. It stands beside the kind's kernel, in <kernel>gradient.cpp
/// and one line of gradients.def. `make` returns an unsupported case as a `failed` error that says why in one clause.
/// It is called for operators whose kernel could be made, so shapes are known to fit. What a gradient keeps of
/// constants' values serves the derivatives by inputs that are none: it is made anew when constants change, but only
/// where these are asked for.
struct GradientKind
{
    OpKind kind;
    Result<std::unique_ptr<const Gradient>> (*make)(const Graph &graph, const Operator &op);
    /// A kernel that gives the same bits and reads its constants whenever it runs, so that it need not be made anew
    /// when they change. Null where there is none.
    Result<std::unique_ptr<const Kernel>> (*makeForward)(const Graph &graph, const Operator &op) = nullptr;
};

/// Null where there is none.
const GradientKind *gradientKind(OpKind kind);

/// Turns the derivative by an operator's output into that by the sums before its fused activation, in place: 0 where
/// the activation is flat.
void undoActivation(Activation activation, const float *output, float *gradient, std::size_t count);

/// to[i] += from[i]
void addTo(float *to, const float *from, std::size_t count);

/// to[i] += from[i] * factor[i]
void addProducts(float *to, const float *from, const float *factor, std::size_t count);

/// sums[c] += the sum of a channel over all pixels.
void addChannelSums(const float *values, std::size_t pixels, std::size_t channels, float *sums);

/// An error for fused activations that undoActivation does not know.
Result<void> checkTrainable(Activation activation);

} // namespace espalier
