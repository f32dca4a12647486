// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/techniques/activationranges.h"
#include "core/techniques/activationwidths.h"
#include "core/techniques/bitallocation.h"
#include "core/techniques/weights.h"

#include <span>
#include <vector>

namespace espalier {

inline constexpr int leastWeightBits = 2, mostWeightBits = 8;

/// Measures what fewer bits in single places do to the output of a float model, on up to 128 calibration samples:
/// where it ends in SOFTMAX the sum of Kullback-Leibler divergences from the float model's, else the share of the
/// output's power. Errors are those of activationRanges(), and outputs that are not finite.
class BitSensitivity
{
public:
    BitSensitivity(const ModelPtr &model, TechniqueContext &context);

    /// Of each layer whose weights alone have 2, 3, … 8 bits.
    Result<std::vector<LayerBits>> ofWeights(std::span<const Weights> layers, bool perChannel);
    /// Sets the error of each choice: what its activation alone does as int8. Ranges are of the model's tensors.
    Result<void> ofActivations(std::span<WidthChoice> choices, std::span<const ActivationRange> ranges);

private:
    Result<std::vector<float>> outputs(const ModelPtr &model);
    /// How far this changed model's outputs are from the model's.
    Result<double> error(const ModelPtr &changed);

    ModelPtr m_model;
    TechniqueContext &m_context;
    TechniqueContext m_quiet;
    std::vector<float> m_exact; ///< outputs of the model, once they are known
};

} // namespace espalier
