// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/techniques/masks.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <numeric>

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

Mask smallestMask(std::span<const float> scores, std::size_t count)
{
    std::vector<std::size_t> order(scores.size());
    std::iota(order.begin(), order.end(), std::size_t(0));
    count = std::min(count, order.size());
    const auto smaller = [&](std::size_t a, std::size_t b) {
        return scores[a] != scores[b] ? scores[a] < scores[b] : a < b;
    };
    std::nth_element(order.begin(), order.begin() + std::ptrdiff_t(count), order.end(), smaller);
    Mask mask(scores.size(), true);
    for (std::size_t i = 0; i < count; ++i)
        mask[order[i]] = false;
    return mask;
}

std::size_t prunedCount(std::size_t size, double share)
{
    return std::size_t(std::nearbyint(share * double(size)));
}

Mask blockMask(std::span<const float> weights, std::size_t columns, std::size_t blockRows, std::size_t blockColumns,
               BlockPooling pooling, float sparsity)
{
    const std::size_t across = (columns + blockColumns - 1) / blockColumns;
    const auto blockOf = [&](std::size_t i) { return i / columns / blockRows * across + i % columns / blockColumns; };
    const std::size_t blocks = weights.empty() ? 0 : blockOf(weights.size() - 1) + 1;
    std::vector<float> pooled(blocks, 0.0f), cells(blocks, 0.0f);
    for (std::size_t i = 0; i < weights.size(); ++i) {
        float &block = pooled[blockOf(i)];
        const float magnitude = std::abs(weights[i]);
        block = pooling == BlockPooling::average ? block + magnitude : std::max(block, magnitude);
        ++cells[blockOf(i)];
    }
    if (pooling == BlockPooling::average)
        std::ranges::transform(pooled, cells, pooled.begin(), std::divides());
    const Mask kept = magnitudeMask(pooled, sparsity);
    Mask mask(weights.size());
    for (std::size_t i = 0; i < weights.size(); ++i)
        mask[i] = kept[blockOf(i)];
    return mask;
}

Mask groupMask(std::span<const float> weights, std::size_t columns, std::size_t zeros, std::size_t group)
{
    Mask mask(weights.size(), false);
    std::vector<std::size_t> order;
    for (std::size_t row = 0; row < weights.size(); row += columns) {
        for (std::size_t first = 0; first < columns; first += group) {
            order.resize(std::min(group, columns - first));
            std::iota(order.begin(), order.end(), row + first);
            std::ranges::stable_sort(order, std::greater(), [&](std::size_t i) { return std::abs(weights[i]); });
            for (std::size_t i = 0; i < std::min(order.size(), group - zeros); ++i)
                mask[order[i]] = true;
        }
    }
    return mask;
}

} // namespace espalier
