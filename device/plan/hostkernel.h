// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/graph/model.h"

#include <vector>

namespace espalier::device {

/// Runs one operator of a graph by the host engine's kernel for one image. `inputs` are the bytes of its inputs, empty
/// where one is absent; the result are the bytes of its outputs.
Result<std::vector<Bytes>> runHostKernel(const Graph &graph, const Operator &op, const std::vector<Bytes> &inputs);

} // namespace espalier::device
