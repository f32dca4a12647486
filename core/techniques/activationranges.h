// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/techniques/quantizationparameters.h"
#include "core/techniques/technique.h"

#include <algorithm>
#include <cstddef>
#include <functional>
#include <limits>
#include <span>
#include <string>
#include <vector>

namespace espalier {

/// The range of an activation: what calibration chose from the values that it saw.
struct ActivationRange
{
    float minimum = 0, maximum = 0;
    bool seen = false;
};

/// The smallest and the largest of some values, without those that are no numbers; infinite where there are none.
struct Extremes
{
    float minimum = std::numeric_limits<float>::infinity();
    float maximum = -std::numeric_limits<float>::infinity();
    bool finite = true; ///< all values

    void include(const Extremes &other)
    {
        minimum = std::min(minimum, other.minimum);
        maximum = std::max(maximum, other.maximum);
        finite = finite && other.finite;
    }
};
Extremes extremesOf(std::span<const float> values);

/// TFLite's int8 parameters for a range, or with fewer bits than 8, where it has nothing negative, those of that many.
AffineParameters parametersOf(const ActivationRange &range, int bits);

/// How many bits each tensor of a graph has: `bits`, but inputs, which come as bytes, 8.
std::vector<int> bitsOfActivations(const Graph &graph, int bits);

/// The setting `activation-bits`.
ParameterSpec activationBitsParameter();

/// How ranges follow from samples.
struct Calibration
{
    /// minmax: the extremes over all samples (TFLite). mean: of the extremes of each sample (OpenVINO). moving-average:
    /// of the extremes of each 32 samples, in order (PyTorch). percentile, mse, entropy, tf_enhanced: see
    /// clippedrange.h (AIMET, with all samples as one batch); a value that is always the same keeps its extremes.
    std::string method = "minmax";
    std::size_t samples = 500; ///< at most
    double percentile = 99.99;
    bool operator==(const Calibration &) const = default;
};

/// The settings of techniques that calibrate.
std::vector<ParameterSpec> calibrationParameters();
Calibration calibrationOf(const ParameterValues &settings);

/// PyTorch's observer: starts at the first value and goes a hundredth of the way to each of the others.
float movingAverage(std::span<const float> values);

/// Runs the float model over calibration samples spread over the context's data: one range for each tensor of the
/// first graph, unseen where it is not float32 or depends on constants alone. The result does not depend on the number
/// of threads. Errors: no data, no calibration samples, samples that do not fit, more than one input, a value that is
/// not finite.
Result<std::vector<ActivationRange>> activationRanges(const ModelPtr &model, const Calibration &calibration,
                                                      TechniqueContext &context);

/// Sees a float32 activation over some samples in a row, the first of which has this number. Called by several threads.
using ActivationVisitor = std::function<void(TensorId tensor, std::size_t sample, std::span<const float> values)>;

/// Runs the float model as activationRanges() does and shows what it makes. Errors as there.
Result<void> visitActivations(const ModelPtr &model, const Calibration &calibration, TechniqueContext &context,
                              const ActivationVisitor &visitor);

/// Of all values that an activation has in one channel, which is an index of its last axis.
struct ChannelMoments
{
    double mean = 0, deviation = 0;
};

/// Runs the float model as activationRanges() does and gives the moments of each of these tensors, per channel. They
/// must be float32 and must not depend on constants alone. The result does not depend on the number of threads. Errors
/// as there.
Result<std::vector<std::vector<ChannelMoments>>> channelMoments(const ModelPtr &model, const Calibration &calibration,
                                                                const std::vector<TensorId> &tensors,
                                                                TechniqueContext &context);

} // namespace espalier
