// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/progress.h"
#include "core/base/threadpool.h"
#include "core/data/dataset.h"
#include "core/data/inputscaling.h"
#include "core/techniques/technique.h"

#include <cstdint>
#include <string>
#include <vector>

namespace espalier {

/// How much accuracy each layer alone costs when it is pruned and nothing is retrained.
struct SensitivityRequest
{
    ModelPtr model;
    DatasetPtr data;
    InputScaling scaling;
    const Technique *technique = nullptr; ///< one with the settings `layers` and `sparsity` or `fraction`
    std::vector<double> shares;           ///< of the weights or channels that go, ascending
    std::size_t limit = 0;                ///< test samples; 0 means all
    std::uint64_t seed = 0;
};

struct SensitivityCurve
{
    std::string layer; ///< as in the setting `layers`
    std::size_t weights = 0;
    std::vector<double> accuracies; ///< one for each share
};

struct Sensitivity
{
    std::size_t samples = 0;
    double accuracy = 0; ///< of the whole model
    double confidence95 = 0;
    std::vector<SensitivityCurve> curves; ///< of the layers that the technique can change, in the order they run
};

/// The key of the setting that says how much goes, or empty where a technique does not prune single layers.
std::string shareKey(const Technique &technique);
/// The techniques that sensitivity can be measured for.
std::vector<std::string> sensitivityTechniques();

Result<Sensitivity> measureSensitivity(const SensitivityRequest &request, ThreadPool &pool,
                                       const Progress &progress = {});

/// The largest share whose accuracy, as that of all smaller ones, lies at most `loss` below the whole model's; 0 where
/// there is none.
double shareThatHolds(const Sensitivity &sensitivity, const SensitivityCurve &curve, const std::vector<double> &shares,
                      double loss);

} // namespace espalier
