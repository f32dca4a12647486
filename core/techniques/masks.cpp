// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/techniques/masks.h"

#include <algorithm>
#include <cmath>
#include <functional>

namespace espalier {

Mask magnitudeMask(std::span<const float> weights, float sparsity)
{
    if (weights.empty())
        return {};
    std::vector<float> magnitudes;
    magnitudes.reserve(weights.size());
    for (const float w : weights)
        magnitudes.push_back(std::abs(w));
    const float kept = std::nearbyint(float(weights.size()) * (1.0f - sparsity));
    const auto count = std::clamp<std::size_t>(std::size_t(kept), 1, weights.size());
    const auto last = magnitudes.begin() + std::ptrdiff_t(count - 1);
    std::nth_element(magnitudes.begin(), last, magnitudes.end(), std::greater());
    const float threshold = *last;
    Mask mask;
    mask.reserve(weights.size());
    for (const float w : weights)
        mask.push_back(std::abs(w) >= threshold);
    return mask;
}

Mask maskOfDraws(std::span<const float> weights, std::span<const double> draws, double share)
{
    std::vector<std::size_t> left;
    for (std::size_t i = 0; i < weights.size(); ++i)
        if (weights[i] != 0)
            left.push_back(i);
    const auto count = std::min(left.size(), std::size_t(std::nearbyint(share * double(left.size()))));
    const auto larger = [&](std::size_t a, std::size_t b) {
        return draws[a] != draws[b] ? draws[a] > draws[b] : a < b;
    };
    std::nth_element(left.begin(), left.begin() + std::ptrdiff_t(count), left.end(), larger);
    Mask mask(weights.size(), true);
    for (std::size_t i = 0; i < count; ++i)
        mask[left[i]] = false;
    return mask;
}

Mask randomMask(std::span<const float> weights, double share, Random &random)
{
    std::vector<double> draws(weights.size());
    std::ranges::generate(draws, [&] { return random.uniform(); });
    return maskOfDraws(weights, draws, share);
}

} // namespace espalier
