// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "device/codegen/sources.h"

namespace espalier::device {

/// The source that tells the benchmark's firmware where the model's inputs and outputs are and how it runs (see
/// firmware/binding.h). `name` is the one that the sources were printed with.
SourceFile printBinding(const ExecutionPlan &plan, const std::string &name, bool profile);

/// What that firmware keeps of inputs beside the arena, in which an inference overwrites them, or of them as the MLPerf
/// Tiny runner sends them, whichever is more.
std::size_t storedInputBytes(const ExecutionPlan &plan);

} // namespace espalier::device
