// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/progress.h"
#include "core/base/result.h"
#include "core/base/threadpool.h"
#include "core/data/inputscaling.h"
#include "core/engine/engine.h"
#include "core/metrics/evaluate.h"
#include "core/study/row.h"

#include <cstddef>

namespace espalier {

/// Writes what follows from the model alone: sizes, sparsity, parameters, MACs. `file` is the file that holds it; where
/// it is null the model is written as .tflite to learn its size.
Result<void> measureModel(Row &row, const Model &model, SharedBytes file = nullptr);

/// Writes samples and accuracy (AUC for an anomaly detector) of `limit` test samples spread over the set; 0 means all.
/// Nothing where the data has no labelled test samples: then the evaluation has 0 samples.
Result<Evaluation> measureAccuracy(Row &row, const ProgramPtr &program, const Dataset &data,
                                   const InputScaling &scaling, std::size_t limit, ThreadPool &pool,
                                   const Progress &progress);

/// Writes the median milliseconds of one inference on this host and what host this is. Whoever calls it sees to it that
/// nothing else runs.
Result<HostTime> measureHostTime(Row &row, const ProgramPtr &program, const Progress &progress);

/// This computer's processor, as its operating system calls it.
std::string hostProcessor();

} // namespace espalier
