// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/techniques/softrounding.h"

#include "core/kernels/vectorize.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <numbers>

namespace espalier {

namespace {

constexpr float top = 1.1f, bottom = -0.1f; // zeta and gamma
constexpr float penaltyFactor = 0.01f;      // lambda

// Powers of two in plain arithmetic, so that loops over them become vectors: within 2e-7 of the true ones.
inline float power2(float x)
{
    const float bounded = x < -126.0f ? -126.0f : x > 126.0f ? 126.0f : x;
    const auto whole = std::int32_t(bounded + (bounded < 0 ? -0.5f : 0.5f));
    const float f = (bounded - float(whole)) * std::numbers::ln2_v<float>;
    const float series =
        1 + f * (1 + f * (1.0f / 2 + f * (1.0f / 6 + f * (1.0f / 24 + f * (1.0f / 120 + f * (1.0f / 720))))));
    return series * std::bit_cast<float>((whole + 127) << 23);
}

/// Of a normal number above 0.
inline float logarithm2(float x)
{
    // Split so that the mantissa lies within a factor of the square root of 2 around 1.
    const std::int32_t bits = std::bit_cast<std::int32_t>(x), exponent = (bits - 0x3f3504f3) >> 23;
    const float mantissa = std::bit_cast<float>(bits - (exponent << 23));
    const float s = (mantissa - 1) / (mantissa + 1), t = s * s;
    const float series = s * (1 + t * (1.0f / 3 + t * (1.0f / 5 + t * (1.0f / 7 + t * (1.0f / 9)))));
    return float(exponent) + series * (2 * std::numbers::log2e_v<float>);
}

inline float sigmoid(float a)
{
    return 1 / (1 + power2(-a * std::numbers::log2e_v<float>));
}

inline float stretched(float sigmoid)
{
    return sigmoid * (top - bottom) + bottom;
}

inline float within(float value, float low, float high)
{
    return value < low ? low : value > high ? high : value;
}

ESPALIER_VECTORIZE void soften(const float *lower, const float *steps, float lowest, float highest, const float *a,
                               float *values, std::size_t count)
{
    ESPALIER_INDEPENDENT
    for (std::size_t i = 0; i < count; ++i) {
        const float h = within(stretched(sigmoid(a[i])), 0, 1);
        values[i] = within(lower[i] + h, lowest, highest) * steps[i];
    }
}

/// `exponent` 0: there is no penalty.
ESPALIER_VECTORIZE void differentiate(const float *lower, const float *steps, float lowest, float highest,
                                      const float *a, float exponent, float *gradient, std::size_t count)
{
    const float factor = -2 * penaltyFactor * exponent;
    ESPALIER_INDEPENDENT
    for (std::size_t i = 0; i < count; ++i) {
        const float s = sigmoid(a[i]), h = stretched(s), q = lower[i] + within(h, 0, 1);
        const float slope = h > 0 && h < 1 ? s * (1 - s) * (top - bottom) : 0.0f;
        const float passed = q >= lowest && q <= highest ? gradient[i] * steps[i] : 0.0f;
        const float side = 2 * within(h, 0, 1) - 1, distance = side < 0 ? -side : side;
        const float steep = power2((exponent - 1) * logarithm2(distance < 1e-30f ? 1e-30f : distance));
        gradient[i] = (passed + (side < 0 ? -factor : factor) * steep) * slope;
    }
}

} // namespace

float softRounding(float a)
{
    return within(stretched(sigmoid(a)), 0, 1);
}

float softRoundingStart(float fraction)
{
    return -std::log((top - bottom) / (fraction - bottom) - 1);
}

std::optional<double> roundingExponent(std::int64_t iteration, std::int64_t iterations)
{
    const double first = 0.2 * double(iterations);
    if (double(iteration) < first)
        return std::nullopt;
    return 2 + 9 * (1 + std::cos((double(iteration) - first) / (double(iterations) - first) * std::numbers::pi));
}

double roundingPenalty(std::span<const float> a, double exponent)
{
    double sum = 0;
    for (const float each : a)
        sum += 1 - std::pow(std::abs(2 * double(softRounding(each)) - 1), exponent);
    return double(penaltyFactor) * sum;
}

void softWeights(const SoftWeights &weights, std::span<const float> a, std::span<float> values)
{
    soften(weights.lower.data(), weights.steps.data(), weights.lowest, weights.highest, a.data(), values.data(),
           a.size());
}

void softGradient(const SoftWeights &weights, std::span<const float> a, std::optional<double> exponent,
                  std::span<float> gradient)
{
    differentiate(weights.lower.data(), weights.steps.data(), weights.lowest, weights.highest, a.data(),
                  float(exponent.value_or(0)), gradient.data(), a.size());
}

} // namespace espalier
