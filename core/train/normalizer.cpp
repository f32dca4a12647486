// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/train/normalizer.h"

#include "core/kernels/gradient.h"
#include "core/kernels/quantizedparameters.h"
#include "core/kernels/vectorize.h"

#include <algorithm>
#include <cmath>

namespace espalier {

namespace {

ESPALIER_VECTORIZE void addSquares(const float *x, const float *mean, std::size_t count, float *sums)
{
    ESPALIER_INDEPENDENT
    for (std::size_t i = 0; i < count; ++i)
        sums[i] += (x[i] - mean[i]) * (x[i] - mean[i]);
}

ESPALIER_VECTORIZE void addWithProducts(const float *gradient, const float *x, const float *mean, std::size_t count,
                                        float *sums, float *products)
{
    ESPALIER_INDEPENDENT
    for (std::size_t i = 0; i < count; ++i) {
        sums[i] += gradient[i];
        products[i] += gradient[i] * (x[i] - mean[i]);
    }
}

struct Limits
{
    float low, high;
};

/// y = (x - mean) * factor + addend within limits; a NaN stays one.
ESPALIER_VECTORIZE void scaleAndShift(const float *x, const float *mean, const float *factor, const float *addend,
                                      std::size_t count, Limits limits, float *y)
{
    ESPALIER_INDEPENDENT
    for (std::size_t i = 0; i < count; ++i) {
        const float value = (x[i] - mean[i]) * factor[i] + addend[i];
        const float raised = value < limits.low ? limits.low : value;
        y[i] = raised > limits.high ? limits.high : raised;
    }
}

/// gradient = factor * (gradient - middle - (x - mean) * slope)
ESPALIER_VECTORIZE void takeOffMeans(const float *x, const float *mean, const float *factor, const float *middle,
                                     const float *slope, std::size_t count, float *gradient)
{
    ESPALIER_INDEPENDENT
    for (std::size_t i = 0; i < count; ++i)
        gradient[i] = factor[i] * (gradient[i] - middle[i] - (x[i] - mean[i]) * slope[i]);
}

double inverseDeviation(double variance, double epsilon)
{
    return 1 / std::sqrt(variance + epsilon);
}

} // namespace

void Moments::merge(const Moments &other)
{
    const double all = count + other.count;
    if (all == 0)
        return;
    for (std::size_t c = 0; c < mean.size(); ++c) {
        const double distance = other.mean[c] - mean[c];
        mean[c] += distance * (other.count / all);
        squares[c] += other.squares[c] + distance * distance * (count * other.count / all);
    }
    count = all;
}

Normalizer::Normalizer(const BatchNormalization &settings, std::size_t channels, std::size_t pixels,
                       Activation activation)
    : m_settings(settings), m_rows(channels), m_pixels(pixels), m_activation(activation),
      m_low(floatRange(activation).value().low), m_high(floatRange(activation).value().high)
{
}

Normalizer::Part Normalizer::makePart() const
{
    Part part;
    for (std::vector<double> *sums : {&part.moments.mean, &part.moments.squares, &part.gradientSums, &part.productSums})
        sums->resize(channels());
    part.inverse.resize(channels());
    for (std::vector<float> *row : {&part.a, &part.b, &part.c, &part.d})
        row->resize(m_rows.columns());
    return part;
}

/// Image by image, while it is near, and in two passes, so that no digits cancel.
void Normalizer::measure(const float *sums, std::size_t images, Part &part) const
{
    part.moments.count = 0;
    std::ranges::fill(part.moments.mean, 0);
    std::ranges::fill(part.moments.squares, 0);
    Moments ofImage{double(m_pixels), std::vector<double>(channels()), std::vector<double>(channels())};
    for (std::size_t image = 0; image < images; ++image, sums += m_pixels * channels()) {
        std::ranges::fill(part.a, 0.0f);
        m_rows.forEach(m_pixels, [&](std::size_t first, std::size_t n) { addTo(part.a.data(), sums + first, n); });
        for (std::size_t c = 0; c < channels(); ++c)
            ofImage.mean[c] = m_rows.folded(part.a.data(), c) / double(m_pixels);
        m_rows.spread(part.b.data(), [&](std::size_t c) { return float(ofImage.mean[c]); });
        std::ranges::fill(part.a, 0.0f);
        m_rows.forEach(m_pixels, [&](std::size_t first, std::size_t n) {
            addSquares(sums + first, part.b.data(), n, part.a.data());
        });
        for (std::size_t c = 0; c < channels(); ++c)
            ofImage.squares[c] = m_rows.folded(part.a.data(), c);
        part.moments.merge(ofImage);
    }
}

void Normalizer::meet(std::span<Part *const> parts) const
{
    Moments all{0, std::vector<double>(channels()), std::vector<double>(channels())};
    for (const Part *part : parts)
        all.merge(part->moments);
    for (Part *part : parts) {
        part->moments = all;
        for (std::size_t c = 0; c < channels(); ++c)
            part->inverse[c] = float(inverseDeviation(all.squares[c] / all.count, m_settings.epsilon));
    }
}

template <class Mean, class Inverse>
void Normalizer::apply(const float *sums, std::size_t images, const Learned &learned, const Mean &mean,
                       const Inverse &inverse, Part &part, float *values) const
{
    m_rows.spread(part.a.data(), [&](std::size_t c) { return float(mean(c)); });
    m_rows.spread(part.b.data(), [&](std::size_t c) { return learned.gamma[c] * inverse(c); });
    m_rows.spread(part.c.data(), [&](std::size_t c) { return learned.beta[c]; });
    m_rows.forEach(images * m_pixels, [&](std::size_t first, std::size_t n) {
        scaleAndShift(sums + first, part.a.data(), part.b.data(), part.c.data(), n, {m_low, m_high}, values + first);
    });
}

void Normalizer::normalize(const float *sums, std::size_t images, const Learned &learned, Part &part,
                           float *values) const
{
    const auto mean = [&](std::size_t c) { return part.moments.mean[c]; };
    const auto inverse = [&](std::size_t c) { return part.inverse[c]; };
    apply(sums, images, learned, mean, inverse, part, values);
}

void Normalizer::judge(const float *sums, std::size_t images, const Learned &learned, const Moving &moving, Part &part,
                       float *values) const
{
    const auto mean = [&](std::size_t c) { return moving.mean[c]; };
    const auto inverse = [&](std::size_t c) {
        return float(inverseDeviation(double(moving.variance[c]), m_settings.epsilon));
    };
    apply(sums, images, learned, mean, inverse, part, values);
}

void Normalizer::measureBackward(const float *sums, const float *values, std::size_t images, Part &part,
                                 float *gradient) const
{
    std::ranges::fill(part.gradientSums, 0);
    std::ranges::fill(part.productSums, 0);
    m_rows.spread(part.c.data(), [&](std::size_t c) { return float(part.moments.mean[c]); });
    for (std::size_t image = 0; image < images; ++image) {
        const std::size_t at = image * m_pixels * channels();
        undoActivation(m_activation, values + at, gradient + at, m_pixels * channels());
        std::ranges::fill(part.a, 0.0f);
        std::ranges::fill(part.b, 0.0f);
        m_rows.forEach(m_pixels, [&](std::size_t first, std::size_t n) {
            addWithProducts(gradient + at + first, sums + at + first, part.c.data(), n, part.a.data(), part.b.data());
        });
        for (std::size_t c = 0; c < channels(); ++c) {
            part.gradientSums[c] += m_rows.folded(part.a.data(), c);
            part.productSums[c] += m_rows.folded(part.b.data(), c) * double(part.inverse[c]);
        }
    }
}

void Normalizer::meetBackward(std::span<Part *const> parts) const
{
    Part &all = *parts.front();
    for (const Part *part : parts.subspan(1))
        for (std::size_t c = 0; c < channels(); ++c) {
            all.gradientSums[c] += part->gradientSums[c];
            all.productSums[c] += part->productSums[c];
        }
    for (Part *part : parts.subspan(1)) {
        part->gradientSums = all.gradientSums;
        part->productSums = all.productSums;
    }
}

void Normalizer::backward(const float *sums, std::size_t images, const Learned &learned, Part &part,
                          float *gradient) const
{
    const double count = part.moments.count;
    m_rows.spread(part.a.data(), [&](std::size_t c) { return float(part.moments.mean[c]); });
    m_rows.spread(part.b.data(), [&](std::size_t c) { return learned.gamma[c] * part.inverse[c]; });
    m_rows.spread(part.c.data(), [&](std::size_t c) { return float(part.gradientSums[c] / count); });
    m_rows.spread(part.d.data(),
                  [&](std::size_t c) { return float(part.productSums[c] / count * double(part.inverse[c])); });
    m_rows.forEach(images * m_pixels, [&](std::size_t first, std::size_t n) {
        takeOffMeans(sums + first, part.a.data(), part.b.data(), part.c.data(), part.d.data(), n, gradient + first);
    });
}

void Normalizer::follow(const Part &part, std::int64_t step, std::span<float> mean, std::span<float> variance) const
{
    const double kept = std::min(m_settings.momentum, double(1 + step) / double(10 + step));
    const double count = part.moments.count;
    for (std::size_t c = 0; c < channels(); ++c) {
        const double unbiased = part.moments.squares[c] / std::max(count - 1, 1.0);
        mean[c] = float(kept * double(mean[c]) + (1 - kept) * part.moments.mean[c]);
        variance[c] = float(kept * double(variance[c]) + (1 - kept) * unbiased);
    }
}

Normalizer::Folded Normalizer::folded(const Learned &learned, const Moving &moving) const
{
    Folded result;
    for (std::size_t c = 0; c < channels(); ++c) {
        const double factor =
            double(learned.gamma[c]) * inverseDeviation(double(moving.variance[c]), m_settings.epsilon);
        result.factor.push_back(factor);
        result.addend.push_back(double(learned.beta[c]) - factor * double(moving.mean[c]));
    }
    return result;
}

} // namespace espalier
