// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/graph/model.h"

#include <cstddef>
#include <cstdint>
#include <optional>

namespace espalier {

/// Where an operator kind keeps its weights: input numbers, and the axis of the weights that counts output channels.
struct WeightLayout
{
    std::size_t data, weights, bias;
    std::int32_t channelAxis;
};

/// Of CONV_2D, DEPTHWISE_CONV_2D, FULLY_CONNECTED and TRANSPOSE_CONV; nothing for other kinds.
std::optional<WeightLayout> weightLayout(OpKind kind);

/// The constant behind a value: itself, or what a DEQUANTIZE or a product with a constant mask makes it from.
/// TensorId::none where it is made at run time.
TensorId storedConstant(const Graph &graph, TensorId id);

} // namespace espalier
