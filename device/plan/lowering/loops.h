// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/graph/shape.h"
#include "device/plan/lowering/support.h"

#include <array>
#include <cstdint>
#include <string>
#include <vector>

namespace espalier::device {

/// Nested loops over a block of values that several operands address, each with a stride for every dimension.
struct Loops
{
    Shape extents;
    std::vector<std::vector<std::int64_t>> strides; ///< of each operand, as long as extents
};

/// The strides of a dense row-major tensor.
std::vector<std::int64_t> denseStrides(const Shape &shape);

/// The strides with which a dense tensor of `shape` follows loops over `target`: 0 where it is broadcast.
std::vector<std::int64_t> broadcastStrides(const Shape &shape, const Shape &target);

/// The same loops with as few dimensions as possible, then filled up to five with extents of 1 in front. An error where
/// more than five remain.
Result<Loops> merged(const Loops &loops);

/// Adds n0..n4 and, for each operand, NAME0..NAME4.
void describe(Settings &settings, const Loops &loops, const std::vector<std::string> &operands);

} // namespace espalier::device
