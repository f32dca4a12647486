// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/techniques/activationranges.h"
#include "core/techniques/integerrewrite.h"

#include <span>
#include <string>
#include <vector>

namespace espalier {

/// How the bias of a layer makes up for the error that its quantized weights put into the mean of its output.
enum class BiasCorrection {
    none,
    empirical, ///< AIMET: the mean error over samples, layer after layer, the layers before it quantized and corrected
    analytic,  ///< AIMET: the weights' errors times the expected input, which is a normal one behind its activation
    fast,      ///< NNCF: the mean error where the quantized layer gets its mean input at every position
};

/// "none", "empirical", "analytic" or "fast".
BiasCorrection biasCorrectionNamed(const std::string &name);

/// The expected value of a normal variable behind an activation: none, relu or relu6. A deviation of 0 is a constant.
double expectedActivation(double mean, double deviation, Activation activation);

/// The error in the mean of each output channel: the errors of its weights, summed over the kernel, times the expected
/// input of each input channel. Weights are in the layout of the operator's kind; `expected` has the channels of the
/// input.
std::vector<double> expectedError(const Operator &op, const Tensor &weights, std::span<const float> quantized,
                                  std::span<const double> expected);

/// By how much the mean of each channel of a layer with quantized weights is above that of the exact layer: what
/// `empirical` takes from its bias.
std::vector<double> meanError(std::span<const ChannelMoments> quantized, std::span<const ChannelMoments> exact);

/// The float model with the bias of each integer layer corrected, by what the calibration samples of the context give.
/// A layer without a bias gets one, except with `fast`, which also leaves biases that would change to twice themselves
/// or more (threshold 2), as NNCF does. Tensors keep their ids; activations of the plan grow by those that are new.
/// `analytic` takes the mean and deviation of each layer's output from the samples, since batch normalization, from
/// which AIMET has them, is folded into the weights here; of the model's input it expects 0, and an input that no layer
/// makes it measures. Errors are those of activationRanges().
Result<Model> withCorrectedBias(const Model &model, BiasCorrection method, IntegerPlan &plan,
                                const Calibration &calibration, TechniqueContext &context);

} // namespace espalier
