// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/graph/model.h"

namespace espalier::tflite {

/// Moves operators that stand before what they read behind it, and leaves the order as it is where it works. An error
/// where operators wait for each other in a circle. Ids must be in range.
Result<void> orderOperators(Graph &graph);

/// A tensor without elements that is read but never made is a constant, though the format gives it no bytes: it gets
/// empty data. Ids must be in range.
void markEmptyConstants(Graph &graph);

} // namespace espalier::tflite
