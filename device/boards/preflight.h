// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/study/bench.h"

namespace espalier::device {

/// Whether the model fits on each board whose memory is known, from its plan alone: no compiler is asked. What the code
/// will take of the flash is not known then and not guessed; constants and activations are.
std::vector<BoardFit> preflight(const Model &model);

} // namespace espalier::device
