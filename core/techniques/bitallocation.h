// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>
#include <span>
#include <vector>

namespace espalier {

/// What a layer costs for each bit of its weights, and what fewer bits do to the model.
struct LayerBits
{
    double weights = 0, macs = 0;
    std::vector<double> errors; ///< for 2, 3, … bits
};

/// Bits for each layer whose sum of errors is least while weights times bits and multiply-accumulates times bits stay
/// within two budgets; nothing where even 2 bits do not. By dynamic programming over the layers: of partial assignments
/// that cost about the same (a 4096th of a budget, with two that bind a 512th and a 64th) only the best goes on, so
/// that the result keeps the budgets exactly and is optimal to that grain.
std::optional<std::vector<int>> allocateBits(std::span<const LayerBits> layers, double weightBits, double macBits);

} // namespace espalier
