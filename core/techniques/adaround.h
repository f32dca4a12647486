// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/techniques/activationranges.h"
#include "core/techniques/quantizationparameters.h"

#include <cstdint>
#include <functional>
#include <optional>

namespace espalier {

/// The grid for the weights of the operator with this number; nothing where its weights stay as they are.
using WeightGridOf = std::function<std::optional<WeightGrid>(const Graph &graph, std::size_t op)>;

/// The settings of techniques that round weights: `rounding` and `iterations`.
std::vector<ParameterSpec> roundingParameters();
bool roundsAdaptively(const ParameterValues &settings);
/// What a label says about it: " adaround", or nothing.
std::string roundingText(const ParameterValues &settings);

/// The float model with weights on their grids, each on that of its two neighbours which keeps the layer's output on
/// the calibration samples near the float model's: AdaRound as AIMET has it. Layer after layer in the order they run,
/// inputs come from the model whose earlier layers are rounded, outputs are compared behind their ReLU; Adam with rate
/// 0.001, `iterations` steps (0: 10000, on grids of fewer than 8 bits 15000) of 32 samples, of which 256 positions of
/// outputs are taken. A channel that ends no better than by rounding to nearest gets that. Weights at an end of the
/// grid stay there, so that the grid can be found again from them. Errors are those of activationRanges().
Result<Model> withAdaptiveRounding(const Model &model, const WeightGridOf &gridOf, std::int64_t iterations,
                                   const Calibration &calibration, TechniqueContext &context);

} // namespace espalier
