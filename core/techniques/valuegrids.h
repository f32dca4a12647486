// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <span>
#include <vector>

namespace espalier {

// PyTorch-playground's simulated quantization: float32 values moved to a grid of 2^bits levels at most. Rounding is
// floor(x + 0.5) throughout. Values are finite, bits from 2 to 16.

/// The exponent of two that the magnitudes need: ceil(log2(m + 1e-12)), m the magnitude that a share of `overflowRate`
/// of the values exceeds. No values need 0.
int integralBits(std::span<const float> values, double overflowRate);

/// Steps of 2^(integralBits - (bits - 1)), from -2^(bits - 1) to 2^(bits - 1) - 1 of them.
std::vector<float> onLinearGrid(std::span<const float> values, int bits, double overflowRate);

/// 2^bits levels from the smallest value to the largest.
std::vector<float> onExtremesGrid(std::span<const float> values, int bits);

/// The logarithms of the magnitudes on an extremes grid of one bit less; 0 stays.
std::vector<float> onLogGrid(std::span<const float> values, int bits);

/// 2^bits levels of tanh(x) in [-1, 1]. Where the original gives infinity, at both ends, the value itself stays.
std::vector<float> onTanhGrid(std::span<const float> values, int bits);

} // namespace espalier
