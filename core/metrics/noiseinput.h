// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/graph/dtype.h"

#include <cstddef>
#include <span>

namespace espalier {

/// Values to time with, the same in every run: floats between -1 and 1, bytes of any value. Neither zero nor odd, since
/// values may matter (a hybrid layer takes a shorter way through zeros).
void fillWithNoise(DType type, std::span<std::byte> values);

} // namespace espalier
