// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>

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

} // namespace espalier
