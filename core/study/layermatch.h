// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/graph/model.h"

#include <cstddef>
#include <vector>

namespace espalier {

/// The same layer in two forms of one network.
struct LayerMatch
{
    std::size_t first = 0, second = 0; ///< numbers of the operators
};

/// Pairs the operators of two forms of a network, in order: of the same kind, with as many values at their first
/// output, and with the same name there or, where a converter renamed it, the same settings. As many pairs as possible,
/// equal names before others. QUANTIZE and DEQUANTIZE are nobody's layer. An unusableInput error where there is no pair
/// or a graph has more than 2000 operators.
Result<std::vector<LayerMatch>> matchLayers(const Graph &first, const Graph &second);

} // namespace espalier
