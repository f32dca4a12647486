// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/progress.h"
#include "core/base/threadpool.h"
#include "core/data/inputscaling.h"
#include "core/engine/engine.h"

#include <cstdint>
#include <vector>

namespace espalier {

/// What running a model over labelled samples gave.
struct Evaluation
{
    std::size_t samples = 0;
    double accuracy = 0; ///< share right; for LabelKind::anomaly the area under the ROC curve
    /// Half-width of the 95 % interval of accuracy: Wilson's; for AUC, 1.96 standard errors (Hanley and McNeil 1982).
    double confidence95 = 0;
    /// Class per sample; empty for anomaly. The first maximum wins; a single output means class 1 above one half.
    std::vector<std::int32_t> predicted;
    /// Anomaly: per sample, the mean of squared differences between the first output and the input as the model got it.
    std::vector<float> scores;
    double seconds = 0; ///< wall time of the whole pass
};

/// Runs every sample through the model on the pool's threads. The result does not depend on their number. An
/// unusableInput error says why model, samples and labels do not fit together.
Result<Evaluation> evaluate(const ProgramPtr &program, const Samples &samples, LabelKind labels,
                            const InputScaling &scaling, ThreadPool &pool, const Progress &progress = {});

/// Milliseconds of one inference on this host: batch 1, one thread.
struct HostTime
{
    double medianMs = 0, minMs = 0, maxMs = 0;
    int runs = 0; ///< at least 30 after warm-up
};
HostTime hostTime(const ProgramPtr &program, const Progress &progress = {});

} // namespace espalier
