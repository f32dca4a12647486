// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/techniques/masks.h"
#include "core/techniques/technique.h"
#include "core/techniques/weights.h"

#include <functional>

namespace espalier {

/// Makes the mask of a vector of weights: the `index`-th layer's, or all layers' one after another (index 0).
using MaskMaker = std::function<Mask(std::span<const float> weights, std::size_t index)>;

/// The setting that says whether each layer is pruned by itself or all together, for a technique's parameter list.
ParameterSpec scopeParameter();

/// A copy of the model whose float weights of these operator kinds are masked, layer by layer or all at once as
/// `scope` ("layer", "global") says. Layers that hold integers already are left alone, with a note.
Result<ModelPtr> applyMasks(const ModelPtr &model, std::span<const OpKind> kinds, const std::string &scope,
                            const MaskMaker &maker, TechniqueContext &context);

} // namespace espalier
