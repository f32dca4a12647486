// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/train/valuetransform.h"

#include <cstdint>
#include <vector>

namespace espalier {

/// A layer's weights, each replaced by the nearest of a few shared values, which are trained with them as TF-MOT does:
/// a shared value's derivative is the sum of its members'; the weights behind get theirs straight through, and choose
/// anew in every step.
class SharedWeights final : public ValueTransform
{
public:
    explicit SharedWeights(std::vector<float> centroids);
    /// Zeros of `weights` stay zero; the others share the values of their sign.
    SharedWeights(std::span<const float> weights, std::vector<float> negative, std::vector<float> positive);

    std::vector<float> learned() const override { return m_centroids; }
    void forward(std::span<const float> kept, std::span<float> used) const override;
    void forward(std::span<const float> kept, std::span<const float> learned, std::span<float> used) const override;
    void backward(std::span<const float> kept, std::span<const float> learned, std::span<const float> used,
                  std::span<float> gradient, std::span<float> learnedGradient) const override;

private:
    static constexpr std::int32_t zero = -1;
    /// The number of each weight's shared value, or zero.
    std::vector<std::int32_t> choices(std::span<const float> kept, std::span<const float> learned) const;

    std::vector<float> m_centroids;
    std::vector<bool> m_isZero; ///< per weight; empty where zeros are weights like others
    std::size_t m_negative = 0; ///< centroids for negative weights, the first ones
};

} // namespace espalier
