// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/graph/operator.h"
#include "core/kernels/channelrows.h"
#include "core/train/traininglayers.h"

#include <cstdint>
#include <span>
#include <vector>

namespace espalier {

/// Number, mean and sum of squared distances from it, of some values of each channel.
struct Moments
{
    double count = 0; ///< the same for all channels
    std::vector<double> mean, squares;

    /// Makes these the moments of both (Chan, Golub and LeVeque, The American Statistician 37, 1983).
    void merge(const Moments &other);
};

/// A batch normalization of one layer. A batch is worked on in parts, with a meeting of all parts between measuring and
/// using: their sums run in the order of the parts, so that results do not depend on threads. All values are
/// [image][pixel] [channel]; `sums` are the layer's before its activation.
class Normalizer
{
public:
    Normalizer(const BatchNormalization &settings, std::size_t channels, std::size_t pixels, Activation activation);

    const BatchNormalization &settings() const { return m_settings; }
    std::size_t channels() const { return m_rows.channels(); }

    /// What a part of a batch knows.
    struct Part
    {
        Moments moments;                               ///< of its own sums; once they met, of the batch's
        std::vector<double> gradientSums, productSums; ///< by beta and by gamma; once they met, of the batch
        std::vector<float> inverse;                    ///< 1 / sqrt(variance + epsilon)
        std::vector<float> a, b, c, d;                 ///< of ChannelRows::columns()
    };
    Part makePart() const;

    /// Learned numbers for each channel.
    struct Learned
    {
        std::span<const float> gamma, beta;
    };

    void measure(const float *sums, std::size_t images, Part &part) const;
    void meet(std::span<Part *const> parts) const;
    /// values = activation(gamma (sums - mean) / sqrt(variance + epsilon) + beta), with the batch's moments.
    void normalize(const float *sums, std::size_t images, const Learned &learned, Part &part, float *values) const;

    /// Turns the derivatives by the values into those by what the activation saw, and adds up those by gamma and beta.
    void measureBackward(const float *sums, const float *values, std::size_t images, Part &part, float *gradient) const;
    void meetBackward(std::span<Part *const> parts) const;
    /// Turns them into the derivatives by the sums.
    void backward(const float *sums, std::size_t images, const Learned &learned, Part &part, float *gradient) const;

    /// Moving means and variances, which stand for a batch's where there is none.
    struct Moving
    {
        std::span<const float> mean, variance;
    };
    /// Moves them towards a batch's, of which `step` (from 1) came before: they keep the smaller of the settings'
    /// momentum and (1 + n) / (10 + n) after n batches, as TensorFlow's moving averages do that count their updates, so
    /// that a short training is not left with what they began with. The variance is divided by one less than the count.
    void follow(const Part &part, std::int64_t step, std::span<float> mean, std::span<float> variance) const;
    /// normalize() with these, for a network that is judged.
    void judge(const float *sums, std::size_t images, const Learned &learned, const Moving &moving, Part &part,
               float *values) const;

    /// The factor and addend for each channel that do the same to the sums.
    struct Folded
    {
        std::vector<double> factor, addend;
    };
    Folded folded(const Learned &learned, const Moving &moving) const;

private:
    template <class Mean, class Inverse>
    void apply(const float *sums, std::size_t images, const Learned &learned, const Mean &mean, const Inverse &inverse,
               Part &part, float *values) const;

    BatchNormalization m_settings;
    ChannelRows m_rows;
    std::size_t m_pixels; ///< of one image
    Activation m_activation;
    float m_low, m_high; ///< the activation's range
};

} // namespace espalier
