// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/graph/model.h"
#include "device/toolchain/armtoolchain.h"

namespace espalier::device {

/// Plans, prints and compiles a model with the benchmark's firmware, in `folder`, which must exist: the image that a
/// benchmark without the resident runner measures.
Result<FirmwareImage> buildFirmware(const ArmToolchain &toolchain, const Model &model, const ArmTarget &target,
                                    const std::filesystem::path &folder, const Progress &progress);

/// The same of a plan that is there; with `profile` the time after each layer is noted.
Result<FirmwareImage> buildFirmware(const ArmToolchain &toolchain, const ExecutionPlan &plan, const ArmTarget &target,
                                    bool profile, const std::filesystem::path &folder, const Progress &progress);

} // namespace espalier::device
