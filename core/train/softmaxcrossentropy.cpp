// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/train/softmaxcrossentropy.h"

#include <espalier/floatmath.h>

#include <algorithm>
#include <cmath>
#include <limits>

namespace espalier {

namespace {

/// A probability that underflowed counts as the smallest there is, not as an infinite loss; a NaN stays one.
double safeLog(float p)
{
    constexpr double smallest = std::numeric_limits<float>::denorm_min();
    return std::log(double(p) < smallest ? smallest : double(p));
}

} // namespace

void softmax(std::span<const float> logits, std::size_t classes, float temperature, std::span<float> probabilities)
{
    for (std::size_t first = 0; first < logits.size(); first += classes) {
        const std::span<const float> row = logits.subspan(first, classes);
        const float maximum = *std::ranges::max_element(row);
        float sum = 0;
        for (std::size_t c = 0; c < classes; ++c)
            sum += probabilities[first + c] = rt::exp((row[c] - maximum) / temperature);
        for (std::size_t c = 0; c < classes; ++c)
            probabilities[first + c] /= sum;
    }
}

LossSum softmaxCrossEntropy(std::span<const float> probabilities, std::span<const std::int32_t> labels, float weight,
                            std::span<float> gradients, float smoothing)
{
    LossSum sum;
    const std::size_t classes = probabilities.size() / labels.size();
    const float onEvery = smoothing / float(classes), onLabel = 1 - smoothing + onEvery;
    for (std::size_t i = 0; i < labels.size(); ++i) {
        const std::span<const float> p = probabilities.subspan(i * classes, classes);
        const auto label = std::size_t(labels[i]);
        sum.loss -= double(1 - smoothing) * safeLog(p[label]);
        for (std::size_t c = 0; smoothing > 0 && c < classes; ++c)
            sum.loss -= double(onEvery) * safeLog(p[c]);
        sum.correct += std::size_t(std::ranges::max_element(p) - p.begin()) == label ? 1 : 0;
        for (std::size_t c = 0; c < classes; ++c)
            gradients[i * classes + c] = weight * (p[c] - (c == label ? onLabel : onEvery));
    }
    return sum;
}

} // namespace espalier
