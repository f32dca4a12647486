// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/techniques/channelgroups.h"
#include "core/techniques/technique.h"

#include <span>
#include <vector>

namespace espalier {

/// A share of channels to remove for each class, so that about `share` of all sets go and no class costs more accuracy
/// than another must: each class is cut alone, by a quarter to nine tenths, without retraining, and judged on training
/// samples (Li et al., arXiv 1608.08710, prune by such curves). An error where there are no labelled training samples.
Result<std::vector<double>> sharesBySensitivity(const Model &model, const ChannelGroups &groups,
                                                std::span<const double> scores, double share,
                                                TechniqueContext &context);

} // namespace espalier
