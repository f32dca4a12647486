// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/graph/model.h"
#include "core/techniques/activationranges.h"

#include <cstddef>
#include <span>
#include <vector>

namespace espalier {

/// Two layers the second of which alone reads what the first makes; numbers of operators of the first graph.
struct LayerPair
{
    std::size_t first = 0, second = 0;
    bool throughRelu = false; ///< or through PRELU, which leaves what is positive as it is, too
};

/// High-bias absorption (AIMET; Nagel et al. 2019, section 4.1.3): what a channel has in nearly every sample moves from
/// the bias of one layer into the bias of the next, so that the range between them gets smaller. How much may move, of
/// a channel with these moments before the activation: behind RELU what lies three deviations below the mean, as far as
/// that is positive, since RELU passes it on unchanged; without an activation the mean.
double absorbable(const ChannelMoments &beforeActivation, bool throughRelu);

/// Takes so much per channel from the bias of the first layer and adds to the second's what its weights make of it.
/// Both need a bias, a float32 constant. Where the second one pads its input with zeros, its outputs at the border are
/// off by what the weights over the padding would have made, as in AIMET.
void absorb(Graph &graph, const LayerPair &layers, std::span<const double> amounts);

/// Absorbs in each pair whose layers both have a bias; the moments are of the calibration samples, since batch
/// normalization, from which AIMET has them, is folded into the weights here. Gives how many channels moved something.
/// Errors are those of activationRanges().
Result<std::size_t> absorbHighBiases(Model &model, std::span<const LayerPair> pairs, TechniqueContext &context);

} // namespace espalier
