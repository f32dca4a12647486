// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/progress.h"
#include "core/data/dataset.h"
#include "core/data/inputscaling.h"
#include "core/graph/model.h"

#include <string>
#include <vector>

namespace espalier {

/// What calibration and test data do in one tensor of the model.
struct TensorHealth
{
    std::string name;
    /// What int8 values would cover: the extremes over the calibration samples, or, where the tensor holds integers,
    /// what its scale and zero point cover.
    double minimum = 0, maximum = 0;
    double testMinimum = 0, testMaximum = 0; ///< extremes over the test samples
    /// Share of the test values beyond the range; of a tensor of integers, those at an end of their type that is not
    /// the zero where a ReLU cuts, less the 2 of 256 that an even spread has there.
    double clipped = 0;
    double bitsUsed = 0; ///< log2 of how many of the range's 256 levels test values fall on
    /// Difference of calibration and test means in standard deviations of the calibration values.
    double drift = 0;
};

/// How much of the final ranges the first samples give, in the mean over all tensors.
struct RangeCoverage
{
    std::size_t samples = 0;
    double covered = 0; ///< 0 to 1
};

struct Diagnosis
{
    std::size_t calibrationSamples = 0, testSamples = 0;
    std::vector<TensorHealth> tensors;    ///< in the order they are computed, the input first
    std::vector<RangeCoverage> coverage;  ///< for 1, 2, 4, … calibration samples
    std::vector<std::size_t> classCounts; ///< labels of the calibration samples, or of the training samples
    std::vector<std::string> sentences;   ///< what is wrong, or that nothing is
};

/// Examines how data fits a model that is to be quantized, or that is already: runs the calibration and the test
/// samples, at most `limit` of each. Errors: a model that does not run, data that does not fit, a split without
/// samples, values that are not finite.
Result<Diagnosis> diagnose(const ModelPtr &model, const Dataset &data, const InputScaling &scaling,
                           std::size_t limit = 500, const Progress &progress = {});

} // namespace espalier
