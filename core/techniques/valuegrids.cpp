// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/techniques/valuegrids.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>

namespace espalier {

namespace {

float rounded(float value)
{
    return std::floor(value + 0.5f);
}

/// The outermost level may lie beyond the largest float.
float bounded(float value)
{
    constexpr float largest = std::numeric_limits<float>::max();
    return std::clamp(value, -largest, largest);
}

template <class Map>
std::vector<float> mapped(std::span<const float> values, const Map &map)
{
    std::vector<float> result(values.size());
    std::ranges::transform(values, result.begin(), map);
    return result;
}

} // namespace

int integralBits(std::span<const float> values, double overflowRate)
{
    if (values.empty())
        return 0;
    std::vector<float> magnitudes = mapped(values, [](float value) { return std::abs(value); });
    const auto place = std::min(std::size_t(overflowRate * double(values.size())), values.size() - 1);
    std::ranges::nth_element(magnitudes, magnitudes.begin() + std::ptrdiff_t(place), std::greater());
    return int(std::ceil(std::log2(double(magnitudes[place]) + 1e-12)));
}

std::vector<float> onLinearGrid(std::span<const float> values, int bits, double overflowRate)
{
    const int exponent = integralBits(values, overflowRate) - (bits - 1);
    const float largest = std::exp2(float(bits - 1));
    return mapped(values, [&](float value) {
        const float steps = std::clamp(rounded(std::ldexp(value, -exponent)), -largest, largest - 1);
        return bounded(std::ldexp(steps, exponent));
    });
}

std::vector<float> onExtremesGrid(std::span<const float> values, int bits)
{
    if (values.empty())
        return {};
    const auto range = std::ranges::minmax(values);
    const float low = range.min, span = range.max - low, steps = std::exp2(float(bits)) - 1;
    if (span == 0 || !std::isfinite(span))
        return {values.begin(), values.end()};
    return mapped(values, [&](float value) { return rounded((value - low) / span * steps) / steps * span + low; });
}

std::vector<float> onLogGrid(std::span<const float> values, int bits)
{
    const std::vector<float> logarithms =
        onExtremesGrid(mapped(values, [](float value) { return std::log(std::abs(value) + 1e-20f); }), bits - 1);
    std::vector<float> result;
    for (std::size_t i = 0; i < values.size(); ++i)
        result.push_back(values[i] == 0 ? 0 : std::copysign(bounded(std::exp(logarithms[i])), values[i]));
    return result;
}

std::vector<float> onTanhGrid(std::span<const float> values, int bits)
{
    const float steps = std::exp2(float(bits)) - 1;
    return mapped(values, [&](float value) {
        const float level = 2 * (rounded((std::tanh(value) + 1) / 2 * steps) / steps) - 1;
        return std::abs(level) < 1 ? std::atanh(level) : value;
    });
}

} // namespace espalier
