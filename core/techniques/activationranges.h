// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/techniques/technique.h"

#include <cstddef>
#include <vector>

namespace espalier {

/// What the values of a tensor were over the calibration samples.
struct ActivationRange
{
    float minimum = 0, maximum = 0;
    bool seen = false;
};

/// Runs the float model over the first `limit` calibration samples of the context's data and takes the smallest and
/// largest value of every float32 tensor, over all samples, without averaging or clipping: one range for each tensor of
/// the first graph. The result does not depend on the number of threads. Errors: no data, no calibration samples,
/// samples that do not fit, more than one input, a value that is not finite.
Result<std::vector<ActivationRange>> activationRanges(const ModelPtr &model, std::size_t limit,
                                                      TechniqueContext &context);

} // namespace espalier
