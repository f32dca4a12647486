// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <optional>
#include <span>

namespace espalier {

// The rounding that AdaRound learns (Nagel et al., arXiv 2004.10568, with AIMET's defaults). Between two neighbours of
// a grid a weight lies h(a) steps above the lower one, h(a) = clamp(1.2 / (1 + exp(-a)) - 0.1, 0, 1); training moves a,
// and the weight ends on the upper one where a is at least 0.

float softRounding(float a);

/// The a whose h(a) is a fraction of a step, at least 0 and below 1.
float softRoundingStart(float fraction);

/// The exponent beta of the penalty before an iteration, counted from 0: none for the first fifth of them, then from 20
/// to 2 along half a cosine.
std::optional<double> roundingExponent(std::int64_t iteration, std::int64_t iterations);

/// 0.01 times the sum of 1 - |2h(a) - 1|^exponent, which is least where every h is 0 or 1.
double roundingPenalty(std::span<const float> a, double exponent);

/// One weight each, side by side.
struct SoftWeights
{
    std::span<const float> lower;  ///< the lower neighbours, in steps
    std::span<const float> steps;  ///< the length of one
    float lowest = 0, highest = 0; ///< the ends of the grid, in steps
};

/// The weights at these places between their neighbours.
void softWeights(const SoftWeights &weights, std::span<const float> a, std::span<float> values);

/// Turns the derivatives of a loss by softWeights() into those by a, in place, and adds the penalty's where there is an
/// exponent.
void softGradient(const SoftWeights &weights, std::span<const float> a, std::optional<double> exponent,
                  std::span<float> gradient);

} // namespace espalier
