// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/techniques/activationranges.h"
#include "core/techniques/integeroperators.h"
#include "core/techniques/integerrewrite.h"
#include "core/train/train.h"

#include <memory>
#include <mutex>
#include <vector>

namespace espalier {

/// Weights as the integer model will hold them, at full precision kept: quantizedWeights() and back at every step, with
/// the largest magnitudes of the moment (TensorFlow's LastValue range). Derivatives go straight through.
class FakeQuantizedWeights final : public ValueTransform
{
public:
    FakeQuantizedWeights(ChannelSlices slices, int bits) : m_slices(slices), m_bits(bits) {}
    void forward(std::span<const float> kept, std::span<float> used) const override;

    const std::vector<float> &scales() const { return m_scales; } ///< as they are stored, of the last forward()

private:
    ChannelSlices m_slices;
    int m_bits;
    mutable std::vector<float> m_scales;
};

/// A bias as the integer model will hold it: whole numbers of the input's scale times the weights', which with few bits
/// are coarse.
class FakeQuantizedBias final : public ValueTransform
{
public:
    explicit FakeQuantizedBias(std::shared_ptr<const FakeQuantizedWeights> weights) : m_weights(std::move(weights)) {}
    void forward(std::span<const float> kept, std::span<float> used) const override;
    bool followsOthers() const override { return true; } ///< the scales of the weights

    void setInputScale(float scale) { m_inputScale = scale; }

private:
    std::shared_ptr<const FakeQuantizedWeights> m_weights;
    float m_inputScale = 0; ///< 0: all values pass
};

/// An activation as the integer model will hold it: rounded to its parameters and clamped to int8's range. Notes the
/// extremes of what comes. Derivatives go through where the value was within the range (TensorFlow's fake
/// quantization, which trains no ranges).
class FakeQuantizedActivation final : public ValueTransform
{
public:
    void forward(std::span<const float> kept, std::span<float> used) const override;
    void judge(std::span<const float> kept, std::span<float> used) const override { (void)rounded(kept, used); }
    void backward(std::span<const float> kept, std::span<const float> used, std::span<float> gradient) const override;

    void setParameters(AffineParameters parameters) { m_parameters = parameters; }
    /// Of what has come since the last call; infinite where nothing has.
    Extremes takeExtremes();

private:
    Extremes rounded(std::span<const float> kept, std::span<float> used) const;

    AffineParameters m_parameters; ///< scale 0: all values pass
    mutable std::mutex m_mutex;
    mutable Extremes m_extremes;
};

/// The fake quantization of a whole model, whose integer form will be integerModel() of plan(): every weight, bias and
/// activation that integer operators touch.
class FakeQuantization
{
public:
    /// `ranges` of the activations to begin with. `decay`: a range keeps so much of itself at each step and takes the
    /// rest from the extremes of the step's samples, widened to hold 0. `activationBits`: see parametersOf().
    FakeQuantization(const Graph &graph, std::vector<ActivationRange> ranges, IntegerPlan plan, double decay,
                     int activationBits = 8);

    ValueTransforms transforms() const;
    /// To be called between steps: moves the ranges.
    void update();
    /// With parameters from the ranges of now.
    IntegerPlan plan() const;

private:
    void apply();
    AffineParameters parametersOfTensor(TensorId tensor) const;

    struct Activation
    {
        TensorId tensor;
        std::shared_ptr<FakeQuantizedActivation> transform;
    };
    std::vector<ActivationRange> m_ranges;
    IntegerPlan m_plan;
    double m_decay;
    std::vector<int> m_activationBits; ///< per tensor
    std::vector<ActivationTie> m_ties;
    std::vector<Activation> m_activations;
    struct Bias
    {
        TensorId tensor, input;
        std::shared_ptr<FakeQuantizedBias> transform;
    };
    std::vector<Bias> m_biases;
    ValueTransforms m_weights;
};

} // namespace espalier
