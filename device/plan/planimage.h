// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "device/plan/executionplan.h"

#include <cstdint>
#include <string>
#include <vector>

namespace espalier::device {

/// What a step calls, as the registry of kernels spells it: "conv2dFloat(float,float,float,float)".
std::string kernelSignature(const ExecutionPlan &plan, const PlanStep &step);

/// The plan in the form that a resident runner takes: see espalier/planimage.h.
std::vector<std::uint8_t> writePlanImage(const ExecutionPlan &plan);

} // namespace espalier::device
