// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/parameter.h"

#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

namespace espalier {

/// When masks are made anew while a network trains, and how sparse, as in TensorFlow Model Optimization: steps count
/// from 0, the first batch is step 1. Computed in float32 as there.
struct PruningSchedule
{
    enum class Kind {
        constant,  ///< always `final`
        polynomial ///< final + (initial - final) * (1 - p)^power, p the share of the way from `begin` to `end`
    };
    Kind kind = Kind::constant;
    float initial = 0, final = 0.5f;
    std::int64_t begin = 0;
    std::int64_t end = -1; ///< the last step that may prune; -1: no last one (constant only)
    std::int64_t frequency = 100;
    float power = 3; ///< 3 is automated gradual pruning (Zhu and Gupta, arXiv 1710.01878)

    bool prunesAt(std::int64_t step) const;
    float sparsityAt(std::int64_t step) const;
};

/// When masks are made anew in one training.
struct MaskSchedule
{
    /// The sparsity at which they are before a step (counted from 1), or nothing where they stay.
    std::function<std::optional<double>(std::int64_t step)> sparsityAt;
    std::int64_t settledAt = 1; ///< the step from which the network is as sparse as was asked
};

/// The settings `schedule`, `initial_sparsity`, `begin`, `end`, `frequency` and `power` of a technique that prunes
/// while it trains.
std::vector<ParameterSpec> scheduleParameters();

/// `own` with these and the settings of fine-tuning appended.
std::vector<ParameterSpec> withSchedule(std::vector<ParameterSpec> own);

/// An error where one of these settings would be without effect, among them any schedule where nothing is trained.
Result<void> checkSchedule(const ParameterValues &settings);

/// The schedule that settings with `sparsity`, `epochs` and perhaps scheduleParameters() ask for in a training of this
/// many steps. Without schedule parameters masks are made once, before the first step.
Result<MaskSchedule> maskSchedule(const ParameterValues &settings, std::int64_t steps);

} // namespace espalier
