// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/techniques/channelscores.h"

#include <span>
#include <vector>

namespace espalier {

/// The importance of each set: the sum of its members' scores. With `normalized` each layer's scores are divided by
/// their norm first, and a set counts by the mean of its members, so that sets of different layers compare.
std::vector<double> setScores(const ChannelGroups &groups, ChannelScores scores, bool normalized);

/// How many sets each class has, by the classes of the groups.
std::vector<std::size_t> classSizes(const ChannelGroups &groups);

/// Which sets go until each class has lost its share of the `first` that it had before any went, the least important
/// first: rounds add up to what one would take at once. As TinyNeuralNetwork's one-shot pruner, the smallest class of a
/// family rounds up, its others down. What stays of a class is rounded up to a multiple of `multiple` sets, and every
/// layer keeps one.
std::vector<bool> removedByClass(const ChannelGroups &groups, std::span<const double> scores,
                                 std::span<const double> shareOfClass, std::size_t multiple,
                                 std::span<const std::size_t> first);

/// Which sets go where all compete with each other, until a share of the first is gone. A tenth of every class stays.
std::vector<bool> removedGlobally(const ChannelGroups &groups, std::span<const double> scores, double share,
                                  std::size_t multiple, std::span<const std::size_t> first);

} // namespace espalier
