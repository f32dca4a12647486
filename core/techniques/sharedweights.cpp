// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/techniques/sharedweights.h"

#include "core/techniques/clustering.h"

namespace espalier {

SharedWeights::SharedWeights(std::vector<float> centroids) : m_centroids(std::move(centroids)) {}

SharedWeights::SharedWeights(std::span<const float> weights, std::vector<float> negative, std::vector<float> positive)
    : m_centroids(std::move(negative)), m_negative(m_centroids.size())
{
    m_centroids.insert(m_centroids.end(), positive.begin(), positive.end());
    for (const float w : weights)
        m_isZero.push_back(w == 0);
}

std::vector<std::int32_t> SharedWeights::choices(std::span<const float> kept, std::span<const float> learned) const
{
    std::vector<std::int32_t> all(kept.size(), zero);
    if (m_isZero.empty()) {
        const std::vector<std::uint16_t> nearest = nearestCentroids(kept, learned);
        all.assign(nearest.begin(), nearest.end());
        return all;
    }
    const std::span<const float> sides[] = {learned.first(m_negative), learned.subspan(m_negative)};
    for (std::size_t side = 0; side < 2; ++side) {
        if (sides[side].empty()) // with two shared values in all, the smaller side joins the zeros
            continue;
        std::vector<std::size_t> places;
        std::vector<float> own;
        for (std::size_t i = 0; i < kept.size(); ++i)
            if (!m_isZero[i] && (kept[i] < 0) == (side == 0)) {
                places.push_back(i);
                own.push_back(kept[i]);
            }
        const std::vector<std::uint16_t> nearest = nearestCentroids(own, sides[side]);
        for (std::size_t k = 0; k < places.size(); ++k)
            all[places[k]] = std::int32_t(nearest[k] + (side == 0 ? 0 : m_negative));
    }
    return all;
}

void SharedWeights::forward(std::span<const float> kept, std::span<float> used) const
{
    forward(kept, m_centroids, used);
}

void SharedWeights::forward(std::span<const float> kept, std::span<const float> learned, std::span<float> used) const
{
    const std::vector<std::int32_t> chosen = choices(kept, learned);
    for (std::size_t i = 0; i < used.size(); ++i)
        used[i] = chosen[i] == zero ? 0 : learned[std::size_t(chosen[i])];
}

void SharedWeights::backward(std::span<const float> kept, std::span<const float> learned, std::span<const float>,
                             std::span<float> gradient, std::span<float> learnedGradient) const
{
    const std::vector<std::int32_t> chosen = choices(kept, learned);
    for (std::size_t i = 0; i < gradient.size(); ++i) {
        if (chosen[i] == zero)
            gradient[i] = 0;
        else
            learnedGradient[std::size_t(chosen[i])] += gradient[i];
    }
}

} // namespace espalier
