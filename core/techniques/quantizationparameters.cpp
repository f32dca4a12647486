// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/techniques/quantizationparameters.h"

#include "core/kernels/vectorize.h"
#include "core/techniques/nearestinteger.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace espalier {

namespace {

template <class T>
std::vector<T> biasWithin(double limit, std::span<const float> bias, float inputScale,
                          std::span<const float> weightScales)
{
    std::vector<T> result;
    for (std::size_t i = 0; i < bias.size(); ++i) {
        const float scale = inputScale * weightScales[weightScales.size() == 1 ? 0 : i];
        const float inverse = scale == 0 ? 0 : 1.0f / scale;
        const double steps = std::round(double(bias[i] * inverse));
        result.push_back(T(std::clamp(steps, -limit, limit)));
    }
    return result;
}

constexpr float mostOfFourBits = 7;
constexpr int mostMultiplier = 16;

/// A weight as a 4-bit integer of the steps whose inverse is given.
std::int32_t fourBits(float weight, float inverse)
{
    const float steps = weight * inverse;
    const float capped = steps < mostOfFourBits ? steps : mostOfFourBits;
    return nearestInteger(capped > -mostOfFourBits ? capped : -mostOfFourBits);
}

/// The multiplier of least squared error.
int multiplierOf(std::span<const float> group, float scale, float magnitude)
{
    int best = mostMultiplier;
    if (largestMagnitudes(group, {1, group.size()}).front() >= magnitude)
        return best;
    double least = std::numeric_limits<double>::infinity();
    for (int multiplier = 1; multiplier <= mostMultiplier; ++multiplier) {
        double error = 0;
        const float inverse = 1 / scale / float(multiplier);
        for (const float w : group) {
            const double off = double(w) - double(fourBits(w, inverse) * multiplier) * double(scale);
            error += off * off;
        }
        if (error < least) {
            least = error;
            best = multiplier;
        }
    }
    return best;
}

ESPALIER_VECTORIZE float largestMagnitude(const float *values, std::size_t count)
{
    constexpr std::size_t lanes = 16;
    float largest[lanes] = {};
    const std::size_t whole = count / lanes * lanes;
    for (std::size_t i = 0; i < whole; i += lanes)
        for (std::size_t lane = 0; lane < lanes; ++lane) {
            const float magnitude = std::abs(values[i + lane]);
            largest[lane] = magnitude > largest[lane] ? magnitude : largest[lane];
        }
    float all = 0;
    for (const float one : largest)
        all = std::max(all, one);
    for (std::size_t i = whole; i < count; ++i)
        all = std::max(all, std::abs(values[i]));
    return all;
}

/// largest[i] = the larger of it and the magnitude of values[i]
ESPALIER_VECTORIZE void keepLargest(const float *values, std::size_t count, float *largest)
{
    ESPALIER_INDEPENDENT
    for (std::size_t i = 0; i < count; ++i) {
        const float magnitude = std::abs(values[i]);
        largest[i] = magnitude > largest[i] ? magnitude : largest[i];
    }
}

/// A weight as a whole number of steps, of which there are at most `most` to each side; 0 where it is no number.
/// Without a branch, so that loops of it become vectors.
inline std::int32_t stepsOf(float weight, float inverse, float most)
{
    const float steps = weight * inverse;
    const float capped = steps < most ? steps : most;
    const float within = capped > -most ? capped : -most;
    return nearestInteger(within) & -std::int32_t(steps == steps);
}

ESPALIER_VECTORIZE void quantize(const float *weights, const float *inverse, std::size_t count, float most,
                                 std::int8_t *values)
{
    ESPALIER_INDEPENDENT
    for (std::size_t i = 0; i < count; ++i)
        values[i] = std::int8_t(stepsOf(weights[i], inverse[i], most));
}

/// The same and back, of weights that share one scale.
ESPALIER_VECTORIZE void roundSlice(const float *weights, std::size_t count, float inverse, float most, float scale,
                                   float *rounded)
{
    ESPALIER_INDEPENDENT
    for (std::size_t i = 0; i < count; ++i)
        rounded[i] = float(stepsOf(weights[i], inverse, most)) * scale;
}

/// And of weights that have one each.
ESPALIER_VECTORIZE void roundRow(const float *weights, std::size_t count, const float *inverse, float most,
                                 const float *scale, float *rounded)
{
    ESPALIER_INDEPENDENT
    for (std::size_t i = 0; i < count; ++i)
        rounded[i] = float(stepsOf(weights[i], inverse[i], most)) * scale[i];
}

struct Steps
{
    std::vector<float> sizes, inverses; ///< one per slice
};

Steps stepsFor(std::span<const float> magnitudes, float most)
{
    Steps steps;
    for (const float h : magnitudes) {
        // A magnitude so small that its inverse overflows is a channel of zeros.
        const bool isZero = h == 0 || !std::isfinite(most / h);
        steps.sizes.push_back(isZero ? 0 : h / most);
        steps.inverses.push_back(isZero ? 0 : most / h);
    }
    return steps;
}

float mostSteps(int bits)
{
    return float((1 << (bits - 1)) - 1);
}

} // namespace

Quantization asQuantization(AffineParameters parameters)
{
    Quantization quantization;
    quantization.scale = {parameters.scale};
    quantization.zeroPoint = {parameters.zeroPoint};
    return quantization;
}

AffineParameters activationParameters(float minimum, float maximum)
{
    minimum = std::min(minimum, 0.0f);
    maximum = std::max(maximum, 0.0f);
    const float scale = (maximum - minimum) / 255.0f;
    if (scale == 0)
        return {0, -128};
    const float zeroPoint = std::round(-128.0f - minimum / scale);
    return {scale, std::int32_t(std::clamp(zeroPoint, -128.0f, 127.0f))};
}

AffineParameters activationParametersOfBits(float maximum, int bits)
{
    const int steps = (1 << bits) - 1;
    return {maximum / float(steps), 127 - steps};
}

AffineParameters wideActivationParameters(float minimum, float maximum)
{
    return {std::max(std::abs(minimum), std::abs(maximum)) / 32767.0f, 0};
}

AffineParameters symmetricActivationParameters(float minimum, float maximum)
{
    const float high = std::max({std::abs(minimum), std::abs(maximum), 8e-5f});
    return minimum < 0 ? AffineParameters{high / 127.0f, 0} : AffineParameters{high / 255.0f, -128};
}

AffineParameters asymmetricActivationParameters(float minimum, float maximum)
{
    constexpr float least = 8e-4f;
    if (maximum - minimum <= least) {
        minimum -= least;
        maximum += least;
    }
    minimum = std::min(minimum, 0.0f);
    maximum = std::max(maximum, 0.0f);
    const float zero = std::nearbyint(-minimum * 255.0f / (maximum - minimum)); // steps above the lower end
    if (zero > 0 && zero < 255) {
        const float lower = zero / (zero - 255.0f) * maximum, upper = (zero - 255.0f) / zero * minimum;
        if (maximum - lower > upper - minimum)
            minimum = lower;
        else
            maximum = upper;
    }
    return {(maximum - minimum) / 255.0f, std::int32_t(std::clamp(zero - 128.0f, -128.0f, 127.0f))};
}

std::int8_t quantized(float value, AffineParameters parameters)
{
    const float steps = std::round(value / parameters.scale) + float(parameters.zeroPoint);
    return std::int8_t(std::clamp(steps, -128.0f, 127.0f));
}

std::int16_t quantizedWide(float value, AffineParameters parameters)
{
    const float steps = std::round(value / parameters.scale) + float(parameters.zeroPoint);
    return std::int16_t(std::clamp(steps, -32768.0f, 32767.0f));
}

ChannelSlices channelSlices(const Shape &shape, std::int32_t axis)
{
    if (axis < 0)
        return {1, std::max<std::size_t>(elementCount(shape), 1)};
    ChannelSlices slices{std::size_t(shape[std::size_t(axis)]), 1};
    for (std::size_t d = std::size_t(axis) + 1; d < shape.size(); ++d)
        slices.inner *= std::size_t(shape[d]);
    return slices;
}

std::vector<float> perElement(const ChannelSlices &slices, std::span<const float> perSlice, std::size_t elements)
{
    std::vector<float> all(elements);
    for (auto at = all.begin(); at != all.end();)
        for (const float value : perSlice)
            at = std::fill_n(at, slices.inner, value);
    return all;
}

std::vector<float> largestMagnitudes(std::span<const float> weights, const ChannelSlices &slices)
{
    std::vector<float> largest(slices.slices, 0.0f);
    if (slices.inner == 1)
        for (std::size_t i = 0; i < weights.size(); i += slices.slices)
            keepLargest(&weights[i], slices.slices, largest.data());
    else
        for (std::size_t i = 0; i < weights.size();)
            for (std::size_t slice = 0; slice < slices.slices; ++slice, i += slices.inner)
                largest[slice] = std::max(largest[slice], largestMagnitude(&weights[i], slices.inner));
    return largest;
}

QuantizedWeights quantizedWeights(std::span<const float> weights, const ChannelSlices &slices,
                                  std::span<const float> magnitudes, int bits)
{
    const float most = mostSteps(bits);
    Steps steps = stepsFor(magnitudes, most);
    QuantizedWeights result{std::move(steps.sizes), std::vector<std::int8_t>(weights.size())};
    quantize(weights.data(), perElement(slices, steps.inverses, weights.size()).data(), weights.size(), most,
             result.values.data());
    return result;
}

std::vector<float> roundWeights(std::span<const float> weights, const ChannelSlices &slices, int bits,
                                std::span<float> rounded)
{
    const float most = mostSteps(bits);
    Steps steps = stepsFor(largestMagnitudes(weights, slices), most);
    if (slices.inner == 1)
        for (std::size_t i = 0; i < weights.size(); i += slices.slices)
            roundRow(&weights[i], slices.slices, steps.inverses.data(), most, steps.sizes.data(), &rounded[i]);
    else
        for (std::size_t i = 0; i < weights.size();)
            for (std::size_t slice = 0; slice < slices.slices; ++slice, i += slices.inner)
                roundSlice(&weights[i], slices.inner, steps.inverses[slice], most, steps.sizes[slice], &rounded[i]);
    return std::move(steps.sizes);
}

GroupedWeights groupedWeights(std::span<const float> weights, const ChannelSlices &slices, std::size_t group,
                              std::span<const float> magnitudes, const Progress &progress)
{
    GroupedWeights result;
    for (const float h : magnitudes) {
        const float scale = h / (mostOfFourBits * float(mostMultiplier));
        result.stored.scales.push_back(std::isfinite(1 / scale) ? scale : 0);
    }
    result.stored.values.reserve(weights.size());
    for (std::size_t first = 0; first < weights.size() && !progress.cancelled(); first += group) {
        const std::size_t slice = slices.of(first);
        const float scale = result.stored.scales[slice];
        const std::span<const float> own = weights.subspan(first, group);
        const int multiplier = scale == 0 ? 1 : multiplierOf(own, scale, magnitudes[slice]);
        result.multipliers.push_back(std::int8_t(multiplier));
        const float inverse = 1 / scale / float(multiplier);
        for (const float w : own)
            result.stored.values.push_back(scale == 0 ? std::int8_t(0)
                                                      : std::int8_t(fourBits(w, inverse) * multiplier));
    }
    result.stored.values.resize(weights.size(), 0);
    result.multipliers.resize(weights.size() / group, 1);
    return result;
}

void spreadOverByte(QuantizedWeights &weights, int bits)
{
    const int steps = 1 << (8 - bits);
    for (std::int8_t &value : weights.values)
        value = std::int8_t(value * steps);
    spreadOverByte(weights.scales, bits);
}

void spreadOverByte(std::vector<float> &scales, int bits)
{
    for (float &scale : scales)
        scale /= float(1 << (8 - bits));
}

QuantizedWeights pytorchWeights(std::span<const float> weights)
{
    const float largest = largestMagnitudes(weights, {1, std::max<std::size_t>(weights.size(), 1)}).front();
    const float scale = std::max(largest / 127.5f, std::numeric_limits<float>::epsilon());
    QuantizedWeights result{{scale}, {}};
    result.values.reserve(weights.size());
    for (const float w : weights)
        result.values.push_back(std::int8_t(std::clamp(std::nearbyint(w / scale), -128.0f, 127.0f)));
    return result;
}

std::vector<std::int32_t> quantizedBias(std::span<const float> bias, float inputScale,
                                        std::span<const float> weightScales)
{
    return biasWithin<std::int32_t>(std::numeric_limits<std::int32_t>::max(), bias, inputScale, weightScales);
}

std::vector<std::int64_t> quantizedWideBias(std::span<const float> bias, float inputScale,
                                            std::span<const float> weightScales)
{
    return biasWithin<std::int64_t>(double(largestWideBias), bias, inputScale, weightScales);
}

void replaceZeroScales(std::vector<float> &scales)
{
    const float largest = *std::ranges::max_element(scales);
    std::ranges::replace(scales, 0.0f, largest > 0 ? largest : 1.0f);
}

void widenForBias(std::vector<float> &magnitudes, std::span<const float> bias, float inputScale, float largest)
{
    for (std::size_t i = 0; i < bias.size(); ++i) {
        float &h = magnitudes[magnitudes.size() == 1 ? 0 : i];
        const float b = std::abs(bias[i]);
        if (b != 0 && b >= 0.5f * inputScale * (h / 127.0f) * largest)
            h = std::max(h, 2.0f * b / largest * 127.0f / inputScale);
    }
}

void widenForWideSums(std::vector<float> &magnitudes, std::span<const float> weights, const ChannelSlices &outputs)
{
    std::vector<double> sums(outputs.slices);
    for (std::size_t i = 0; i < weights.size(); ++i)
        sums[outputs.of(i)] += std::abs(double(weights[i]));
    // Rounding adds at most a half to each weight.
    const double room = 65535 - double(weights.size() / outputs.slices) / 2;
    if (room < 1)
        return; // nothing helps: kernels refuse the layer
    for (std::size_t o = 0; o < sums.size(); ++o) {
        float &h = magnitudes[magnitudes.size() == 1 ? 0 : o];
        if (double(h) * room < sums[o] * 127)
            h = float(sums[o] * 127 / room * 1.000001);
    }
}

} // namespace espalier
