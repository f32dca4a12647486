// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/graph/model.h"

#include <memory>
#include <span>
#include <utility>
#include <vector>

namespace espalier {

/// Stands, while a network trains, between the values of a tensor as they are kept (a parameter) or made (an
/// activation, the input) and as the operators see them: fake quantization, binarization, shared weights. Of
/// activations both functions are called from several threads with some images each, so what they remember must not
/// depend on the order of calls; TrainOptions::beforeStep is the place to turn it into new settings.
class ValueTransform
{
public:
    virtual ~ValueTransform() = default;
    virtual void forward(std::span<const float> kept, std::span<float> used) const = 0;
    /// Of an activation only: forward() where the network is judged and nothing is to be remembered.
    virtual void judge(std::span<const float> kept, std::span<float> used) const { forward(kept, used); }
    /// Turns the derivatives by what was used into those by what is kept, in place. Here: straight through.
    virtual void backward(std::span<const float> kept, std::span<const float> used, std::span<float> gradient) const
    {
        (void)kept, (void)used, (void)gradient;
    }

    /// Of a parameter only: whether forward() reads what the forward() of another parameter's transform left, so that
    /// it has to come after it. The others run on several threads at once, a parameter on each.
    virtual bool followsOthers() const { return false; }

    /// Of a parameter only: values of its own that are trained with it, as they begin. Here: none.
    virtual std::vector<float> learned() const { return {}; }
    /// What a network calls for a parameter, with the learned values as they are now.
    virtual void forward(std::span<const float> kept, std::span<const float> learned, std::span<float> used) const
    {
        (void)learned;
        forward(kept, used);
    }
    /// The same backward; the derivatives by the learned values come as zeros.
    virtual void backward(std::span<const float> kept, std::span<const float> learned, std::span<const float> used,
                          std::span<float> gradient, std::span<float> learnedGradient) const
    {
        (void)learned, (void)learnedGradient;
        backward(kept, used, gradient);
    }
};

/// By tensor of the model's first graph.
using ValueTransforms = std::vector<std::pair<TensorId, std::shared_ptr<const ValueTransform>>>;

} // namespace espalier
