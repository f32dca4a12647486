// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <vector>

namespace espalier {

/// A block of memory that is needed from step `first` to step `last`, both included.
struct Lifetime
{
    std::size_t bytes = 0;
    std::size_t first = 0, last = 0;
};

/// Places for blocks in one arena: blocks that live at the same time do not overlap.
struct ArenaLayout
{
    std::vector<std::size_t> offsets; ///< per block, multiples of AlignedBuffer::alignment
    std::size_t bytes = 0;
};

/// Walks through the steps and gives each block the smallest hole that fits, so that memory just let go of, which the
/// processor's cache still holds, is used next. Blocks come sorted by `first`.
ArenaLayout layoutArena(const std::vector<Lifetime> &blocks);

} // namespace espalier
