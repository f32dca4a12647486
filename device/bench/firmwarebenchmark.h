// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/study/bench.h"
#include "device/protocol/dut.h"

namespace espalier::device {

/// Measures the model that a board's firmware runs, whosever that is, with nothing but the commands of the MLPerf Tiny
/// runner: at least ten runs and a second. `model` must be the one that is built in: its input's size is checked by the
/// board, and `options.validateSamples` classify real samples. Runs are timed in batches of a tenth of a second, since
/// the reference firmware prints a time stamp inside the window that it measures, 1.4 ms at 115200 baud.
Result<BenchRecord> benchmarkFirmware(Dut &dut, const Model &model, const BenchOptions &options,
                                      const Progress &progress);

} // namespace espalier::device
