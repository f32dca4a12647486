// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/train/softmaxcrossentropy.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace espalier {

LossSum softmaxCrossEntropy(std::span<const float> probabilities, std::span<const std::int32_t> labels, float weight,
                            std::span<float> gradients)
{
    LossSum sum;
    const std::size_t classes = probabilities.size() / labels.size();
    for (std::size_t i = 0; i < labels.size(); ++i) {
        const std::span<const float> p = probabilities.subspan(i * classes, classes);
        const auto label = std::size_t(labels[i]);
        // A probability that underflowed counts as the smallest there is, not as an infinite loss; a NaN stays one.
        const double smallest = std::numeric_limits<float>::denorm_min();
        sum.loss -= std::log(p[label] < smallest ? smallest : double(p[label]));
        sum.correct += std::size_t(std::ranges::max_element(p) - p.begin()) == label ? 1 : 0;
        for (std::size_t c = 0; c < classes; ++c)
            gradients[i * classes + c] = weight * (p[c] - (c == label ? 1.0f : 0.0f));
    }
    return sum;
}

} // namespace espalier
