// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/graph/model.h"
#include "core/train/trainingnetwork.h"

#include <span>

namespace espalier {

// Layer-wise relevance propagation with the epsilon rule: R_i = sum over j of z_ij / (z_j + epsilon * sign(z_j)) * R_j.
// What goes backwards through a TrainingNetwork is relevance divided by value, and value times that is the relevance. A
// sum hands it on as it does a derivative. An elementwise activation passes relevance unchanged: times f(x) / x, where
// the derivative has f'(x). A maximum gives it all to what won. The two factors of a product get one half each,
// whichever is the gate; a constant factor gets none. A SOFTMAX in the middle has no rule of its own and keeps its
// derivative.

/// The model with activations that sums have fused as operators of their own, so that both sides of them can be seen;
/// ids stay. RELU_N1_TO_1, which is no operator, stays fused: at its limits it passes nothing.
Model forRelevance(const Model &model);

/// What stands in for the gradients of activations whose slope is not f(x) / x; null for all others. Nothing is passed
/// where x is 0.
Result<std::unique_ptr<const Gradient>> relevanceGradient(const Graph &graph, const Operator &op);

/// What an operator's rule makes of the values at its output before they go further.
void shareRelevance(const Graph &graph, const Operator &op, std::span<const float> output, std::span<float> relevance);

} // namespace espalier
