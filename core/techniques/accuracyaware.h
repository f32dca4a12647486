// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/techniques/integerrewrite.h"
#include "core/techniques/technique.h"

#include <string>

namespace espalier {

/// The setting `max-drop`: how much accuracy quantization may cost, as a share of 1; 1 means any.
ParameterSpec largestDropParameter();
/// What a label says about it: " within 1 % drop", or nothing.
std::string dropText(const ParameterValues &settings);

/// Lets layers stay float in the plan until the int8 form of a float model is at most so much less accurate than the
/// model itself on validation samples: training samples, or where there are none calibration samples, never test
/// samples. As NNCF's accuracy-aware quantization: layers are ranked by the accuracy that each alone gives back on 300
/// samples; the first returns to float and the whole is judged; where that is worse than before, the step is undone and
/// the rest ranked anew. Adds notes. Errors: no labelled samples, samples that do not fit.
Result<void> keepWithinDrop(const ModelPtr &model, double largestDrop, IntegerPlan &plan, TechniqueContext &context);

} // namespace espalier
