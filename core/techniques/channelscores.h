// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/techniques/channelgroups.h"
#include "core/techniques/technique.h"

#include <span>
#include <string>
#include <vector>

namespace espalier {

/// How much each output channel of a layer matters, for every layer of the groups; the least goes first.
using ChannelScores = std::vector<std::vector<double>>;

/// The names of the criteria: what a score is.
const std::vector<std::string> &channelCriteria();
/// Whether a criterion looks at data, and whether at labelled training data.
TechniqueNeeds criterionNeeds(const std::string &criterion);

/// Scores of all layers by a criterion. An invalidArgument or unusableInput error where it needs data that are not
/// there, a `failed` one where it needs derivatives of a network that cannot be trained, `cancelled` where it was told
/// to stop.
Result<ChannelScores> channelScores(const Model &model, const ChannelGroups &groups, const std::string &criterion,
                                    TechniqueContext &context);

/// Of weights alone. `filters` holds `count` filters one after another.
/// Sum of magnitudes; root of the sum of squares (Li et al., arXiv 1608.08710).
std::vector<double> l1Norms(std::span<const float> filters, std::size_t count);
std::vector<double> l2Norms(std::span<const float> filters, std::size_t count);
/// Sum of the distances to all other filters: small where others can stand in (He et al., arXiv 1811.00250). Of many
/// filters it takes long enough to be stopped; what it then gives means nothing.
std::vector<double> medianDistances(std::span<const float> filters, std::size_t count, const Progress &progress = {});

/// Of a layer's output, after its activation: rows of one position's channels, `images` of equal size. Each call adds
/// to the channels' sums.
/// Zeros over positions and images (Hu et al., arXiv 1607.03250, whose APoZ is their share).
void addZeros(std::span<const float> output, std::span<double> sums);
void addMagnitudes(std::span<const float> output, std::span<double> sums);
/// Per image the magnitude of the mean of output times derivative (Molchanov et al., arXiv 1611.06440).
void addTaylor(std::span<const float> output, std::span<const float> gradient, std::size_t images,
               std::span<double> sums);
/// Divides by the root of the sum of squares, so that layers compare; zeros stay.
void normalize(std::vector<double> &scores);

} // namespace espalier
