// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/graph/model.h"

#include <cstdint>
#include <vector>

namespace espalier::device {

/// The k-th pseudo-random input of a graph, all inputs one after another, as the firmware makes it too: a byte stream
/// of x = x * 1664525 + 1013904223, x >> 24, from x = (k + 1) * 2654435769. A float is byte / 127.5 - 1; an int16 is
/// x >> 16; wider integers hold the byte.
std::vector<std::uint8_t> pseudoRandomInput(const Graph &graph, std::uint32_t k);

} // namespace espalier::device
