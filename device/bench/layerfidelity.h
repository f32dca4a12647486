// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "device/plan/executionplan.h"
#include "device/protocol/dut.h"

#include <chrono>
#include <cstdint>
#include <string>

namespace espalier::device {

/// Where a board goes wrong, for outputs that differ from the host's: runs the k-th pseudo-random input once for each
/// layer, comparing checksums, up to the first layer whose result is another one; then tells it by values, in one
/// sentence with the likely cause. Empty where every layer that can be compared agrees. The board's build has a
/// profile; `plan` is what it runs.
Result<std::string> firstDifferingLayer(Dut &dut, const ExecutionPlan &plan, const Model &model, std::uint32_t k,
                                        std::chrono::milliseconds deadline, const Progress &progress);

} // namespace espalier::device
