// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/random.h"

#include <cstddef>
#include <span>
#include <vector>

namespace espalier {

/// Which weights stay, one entry each.
using Mask = std::vector<bool>;

/// TensorFlow Model Optimization's mask: max(round-half-even(n * (1 - sparsity)), 1) weights of largest magnitude stay,
/// and with them all that equal the smallest of these. Computed in float32 as there.
Mask magnitudeMask(std::span<const float> weights, float sparsity);

/// PyTorch's random unstructured mask, given a draw for each weight: of the n weights that are not yet zero, those
/// round-half-even(share * n), in double, with the largest draws go. So repeating it prunes what is left, as repeated
/// calls do there.
Mask maskOfDraws(std::span<const float> weights, std::span<const double> draws, double share);

/// The same with uniform draws: each set of that many weights is equally likely.
Mask randomMask(std::span<const float> weights, double share, Random &random);

/// The `count` entries of smallest score go, of equal ones those that come first. With magnitudes as scores and
/// prunedCount() this is PyTorch's l1_unstructured, over all layers' weights its global_unstructured.
Mask smallestMask(std::span<const float> scores, std::size_t count);

/// PyTorch's number of entries to prune of `size`: round-half-even(share * size), in double.
std::size_t prunedCount(std::size_t size, double share);

/// How the magnitudes of a block become the block's own.
enum class BlockPooling { average, largest };

/// TensorFlow Model Optimization's block mask of a row-major matrix: the magnitude mask of the pooled blocks, so that
/// `sparsity` counts blocks. Blocks start at the first row and column, also where the extents are no multiples (there
/// its pooling pads in front and misses its own blocks); a block that is cut off counts its own cells only.
Mask blockMask(std::span<const float> weights, std::size_t columns, std::size_t blockRows, std::size_t blockColumns,
               BlockPooling pooling, float sparsity);

/// m of n consecutive values along a row are zero: of each n the n - m of largest magnitude stay, of equal ones the
/// first. A row's last, shorter group keeps as many.
Mask groupMask(std::span<const float> weights, std::size_t columns, std::size_t zeros, std::size_t group);

} // namespace espalier
