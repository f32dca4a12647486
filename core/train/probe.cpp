// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/train/probe.h"

#include <algorithm>
#include <cmath>

namespace espalier {

namespace {

constexpr std::size_t mostSamples = 256;

} // namespace

Probe::Probe(std::span<const std::size_t> from)
{
    const std::size_t count = std::min(mostSamples, from.size());
    for (std::size_t i = 0; i < count; ++i)
        m_samples.push_back(from[i * from.size() / count]);
}

Probe::Probe(const Samples &samples, std::span<const std::size_t> from, std::size_t classes) : Probe(from)
{
    std::vector<std::size_t> counts(classes, 0);
    for (const std::size_t sample : m_samples)
        ++counts[std::size_t(samples.labels[sample])];
    m_guess = double(*std::ranges::max_element(counts)) / double(m_samples.size());
    m_lossOfGuess = std::log(double(classes));
}

Probe::Probe(const Samples &samples, std::span<const std::size_t> from, const Tensor &input,
             const InputScaling &scaling)
    : Probe(from)
{
    m_reproduces = true;
    std::vector<float> sample(input.elements());
    std::vector<double> sums(sample.size(), 0), squares = sums;
    for (const std::size_t number : m_samples) {
        fillInput(input, samples, scaling, number, 1, std::as_writable_bytes(std::span(sample)));
        for (std::size_t i = 0; i < sample.size(); ++i) {
            sums[i] += double(sample[i]);
            squares[i] += double(sample[i]) * double(sample[i]);
        }
    }
    const auto count = double(m_samples.size());
    double variance = 0;
    for (std::size_t i = 0; i < sums.size(); ++i)
        variance += std::max(0.0, squares[i] / count - sums[i] / count * sums[i] / count);
    m_guess = m_lossOfGuess = variance / double(sums.size());
}

double Probe::skill(const LossSum &judged) const
{
    const auto count = double(m_samples.size());
    if (m_reproduces)
        return m_guess > 0 ? 1 - judged.loss / count / m_guess : 1;
    return m_guess < 1 ? (double(judged.correct) / count - m_guess) / (1 - m_guess) : 1;
}

bool Probe::isBroken(const Outcome &before, const Outcome &after) const
{
    return !hasSkill(after.judged) &&
           (skill(before.judged) >= someSkill || after.trainLoss > 2 * std::max(before.trainLoss, m_lossOfGuess));
}

} // namespace espalier
