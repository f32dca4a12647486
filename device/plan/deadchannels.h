// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/graph/model.h"

namespace espalier::device {

/// The graph without the channels of int8 and int16 tensors that always hold the same value: those whose filter is all
/// zeros, as training and pruning leave them, and what depthwise layers and pools make of them. What they add to a
/// later layer goes into its bias. The outputs are the same, bit for bit; inputs and outputs keep their shapes.
Graph withoutDeadChannels(const Graph &graph);

} // namespace espalier::device
