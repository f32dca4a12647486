// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/progress.h"
#include "core/graph/model.h"

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

namespace espalier {

/// Operators that have activations of one width, since the later ones hand their input's values on.
struct WidthChoice
{
    std::vector<std::size_t> operators; ///< numbers, of the first graph
    double error = 0;                   ///< what int8 does to the model's output, where int16 does next to nothing
};

/// The choices of a float model whose operators become integer: an operator with those behind it that keep its scale.
/// Operators without an int16 form are in none.
std::vector<WidthChoice> widthChoices(const Graph &graph);

/// The most bytes of activations that live at once in the integer form where these operators work on int16 and the
/// others on int8, in the order of the graph: as TensorFlow Lite Micro holds them, with the inputs and the outputs of
/// an operator apart, and with the copies that QUANTIZE makes where the two widths meet. Inputs and outputs of the
/// model are int8. The runtime here takes less where it computes in place.
std::size_t activationBytes(const Graph &graph, const std::vector<bool> &isWide);

/// Which operators have int16 activations so that the sum of the others' errors is small and no more bytes live at once
/// than this: from int16 everywhere on the choice that costs the least for what it saves becomes int8, until all fits,
/// and then what fits becomes int16 again. Nothing where int8 everywhere does not fit; anything where it is cancelled.
std::optional<std::vector<bool>> chooseWidths(const Graph &graph, std::span<const WidthChoice> choices,
                                              std::size_t bytes, const Progress &progress = {});

} // namespace espalier
