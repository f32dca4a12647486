// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/study/bench.h"
#include "device/protocol/dut.h"

#include <chrono>
#include <cstddef>

namespace espalier::device {

struct BoardAccuracy
{
    double accuracy = 0; ///< share right, or the area under the ROC curve where the labels are anomaly flags
    std::size_t samples = 0;
};

/// Runs options.validateSamples of the test samples on the board, one upload and one inference each.
Result<BoardAccuracy> validateOnBoard(Dut &dut, const Model &model, const BenchOptions &options,
                                      std::chrono::milliseconds deadline, const Progress &progress);

} // namespace espalier::device
