// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/engine/engine.h"
#include "core/kernels/kernel.h"

namespace espalier {

/// What compiling a model gives.
struct Program::Plan
{
    /// An operator that runs; operators whose inputs are all constants ran at compile time.
    struct Step
    {
        std::size_t op = 0;
        std::unique_ptr<const Kernel> kernel;
    };
    /// A tensor that operators compute at run time.
    struct Block
    {
        TensorId tensor;
        std::size_t first = 0, last = 0; ///< steps
        std::int32_t inPlaceOf = -1;     ///< the block whose memory it takes over
    };
    /// Where the blocks lie for a number of images.
    struct Layout
    {
        std::vector<std::size_t> offsets; ///< per block
        std::size_t bytes = 0;
    };

    ModelPtr model;
    Graph folded; ///< the main graph, with the values computed at compile time as constants
    std::vector<Step> steps;
    std::vector<Block> blocks;         ///< sorted by first
    std::vector<std::int32_t> blockOf; ///< per tensor; -1 for graph inputs, constants and unwritten tensors
    std::vector<UnsupportedOperator> problems;

    /// Where `shared` is false every block has memory of its own.
    Layout layout(int batch, bool shared) const;
};

} // namespace espalier
