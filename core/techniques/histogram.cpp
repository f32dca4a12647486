// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/techniques/histogram.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace espalier {

namespace {

/// Never 0, by which values are divided.
float binWidth(float span)
{
    return std::max(span / float(Histogram::bins), std::numeric_limits<float>::min());
}

/// So that no span of two edges overflows.
float bounded(float edge)
{
    constexpr float bound = std::numeric_limits<float>::max() / 4;
    return std::clamp(edge, -bound, bound);
}

} // namespace

Histogram Histogram::around(float minimum, float maximum)
{
    const float middle = minimum / 2 + maximum / 2;
    const float left = bounded(middle - 3 * (middle - minimum)), right = bounded(middle + 3 * (maximum - middle));
    return {left, binWidth(right - left), 0.5f, true};
}

Histogram Histogram::between(float minimum, float maximum)
{
    const float left = bounded(minimum), right = bounded(maximum);
    return {left, binWidth(right - left), 0, false};
}

void Histogram::add(std::span<const float> values)
{
    const float first = m_left / m_width;
    for (const float value : values) {
        const float place = std::floor(value / m_width - first + m_shift);
        if (m_isOpen && !(place >= 0 && place < float(bins)))
            continue;
        ++m_counts[std::size_t(std::clamp(place, 0.0f, float(bins - 1)))];
    }
    m_total += values.size();
}

std::size_t Histogram::binOf(float value) const
{
    return std::size_t(std::clamp(std::floor((value - m_left) / m_width), 0.0f, float(bins - 1)));
}

void Histogram::add(const Histogram &other)
{
    for (std::size_t i = 0; i < bins; ++i)
        m_counts[i] += other.m_counts[i];
    m_total += other.m_total;
}

} // namespace espalier
