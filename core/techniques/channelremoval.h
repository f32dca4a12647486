// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/techniques/channelgroups.h"

#include <vector>

namespace espalier {

/// The model with sets of channels taken out: every weight, bias, slope and shape that knows of them is cut, and what
/// is left computes what the whole model does with those channels' weights behind them at zero. `groups` must be those
/// of the model's first graph; `removed` has an entry for each set and must leave every layer a channel.
Model withoutChannels(const Model &model, const ChannelGroups &groups, const std::vector<bool> &removed);

} // namespace espalier
