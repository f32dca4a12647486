// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/progress.h"
#include "core/graph/model.h"

#include <compare>
#include <cstdint>
#include <span>
#include <vector>

namespace espalier {

/// real = scale * (q - zeroPoint) for a whole tensor.
struct AffineParameters
{
    float scale = 0;
    std::int32_t zeroPoint = 0;
    auto operator<=>(const AffineParameters &) const = default;
};

Quantization asQuantization(AffineParameters parameters);

/// TFLite's int8 parameters of an activation that lies between two values, computed in float32: the range is widened to
/// hold 0, scale = (max - min) / 255, zero point = round-half-away(-128 - min / scale) within [-128, 127]. A range
/// without extent has scale 0 and zero point -128.
AffineParameters activationParameters(float minimum, float maximum);

/// The same for values that are never negative, on the highest 2^bits integers of int8: above, the type cuts them off
/// there.
AffineParameters activationParametersOfBits(float maximum, int bits);

/// TFLite's int16 parameters of an activation that lies between two values, computed in float32: scale = largest
/// magnitude / 32767, zero point 0.
AffineParameters wideActivationParameters(float minimum, float maximum);

/// NNCF's int8 parameters of an activation that lies between two values, computed in float32. Symmetric (OpenVINO's
/// preset `performance`): high, the largest magnitude but at least 8e-5, is 127 steps from a zero point of 0 where a
/// value is negative, else 255 steps from -128. Asymmetric (`mixed`): the range is widened to hold 0 and to 8e-4, and
/// one end moves outwards until 0 falls on a step.
AffineParameters symmetricActivationParameters(float minimum, float maximum);
AffineParameters asymmetricActivationParameters(float minimum, float maximum);

/// round-half-away(value / scale) + zeroPoint within the range of int8.
std::int8_t quantized(float value, AffineParameters parameters);
/// The same within the range of int16.
std::int16_t quantizedWide(float value, AffineParameters parameters);

/// Weights in slices of equal channel: the slice of element i is i / inner % slices.
struct ChannelSlices
{
    std::size_t slices = 1, inner = 1;
    std::size_t of(std::size_t element) const { return element / inner % slices; }
};

/// Slices along an axis of a shape; along none (-1) the whole is one slice.
ChannelSlices channelSlices(const Shape &shape, std::int32_t axis);

/// For each of so many elements, whole slices in all, the value of its slice.
std::vector<float> perElement(const ChannelSlices &slices, std::span<const float> perSlice, std::size_t elements);

/// The largest magnitude in each slice.
std::vector<float> largestMagnitudes(std::span<const float> weights, const ChannelSlices &slices);

/// TFLite's symmetric int8 weights for given largest magnitudes h, computed in float32: scale = h / 127, q =
/// round-half-away(w * (127 / h)) within [-127, 127]; where h is 0 so are scale and q. Of fewer bits b, 2^(b-1) - 1
/// stands for 127.
struct QuantizedWeights
{
    std::vector<float> scales; ///< one per slice
    std::vector<std::int8_t> values;
};
QuantizedWeights quantizedWeights(std::span<const float> weights, const ChannelSlices &slices,
                                  std::span<const float> magnitudes, int bits = 8);

/// The real numbers that quantizedWeights() stands for at the largest magnitudes, value times scale, and the scales.
/// `rounded` is as large as `weights`, whole slices in all.
std::vector<float> roundWeights(std::span<const float> weights, const ChannelSlices &slices, int bits,
                                std::span<float> rounded);

/// The same weights with values of fewer bits spread over a whole byte: 2^(8 - bits) times as large, at scales so much
/// smaller. Kernels that round sums twice, first to whole sums, are as exact by it as with 8 bits.
void spreadOverByte(QuantizedWeights &weights, int bits);
/// Their scales alone.
void spreadOverByte(std::vector<float> &scales, int bits);

/// 4-bit weights in groups of neighbours, each with a scale of its own that is a whole multiple of its channel's:
/// AIMET's low-power blockwise quantization (LPBQ) to 8 bits. With the largest magnitude h of a channel, scale = h / (7
/// * 16); a weight is q * m * scale, with m of its group within [1, 16] and q = round-half-away(w / (m * scale)) within
/// [-7, 7]. m is the one of least squared error, the smaller of equals (AIMET takes the nearest to the group's own
/// largest magnitude / 7 / scale); a group that reaches h has 16, so that the grid can be found again from weights on
/// it. As q * m fits int8, sums of their products are those of an int8 layer with the channel's scale, exactly.
struct GroupedWeights
{
    QuantizedWeights stored;              ///< q * m, and the channels' scales
    std::vector<std::int8_t> multipliers; ///< m, one for each group
};
/// Each slice is whole groups of `group` elements that lie one after another. Where it is cancelled, the rest is zeros.
GroupedWeights groupedWeights(std::span<const float> weights, const ChannelSlices &slices, std::size_t group,
                              std::span<const float> magnitudes, const Progress &progress = {});

/// A channel of zeros may have any scale. Runtimes that refuse 0 take the largest of the others, or 1.
void replaceZeroScales(std::vector<float> &scales);

/// Where the weights of a layer may lie: whole numbers of steps within [lowest, highest].
struct WeightGrid
{
    ChannelSlices slices;
    std::vector<float> steps; ///< one per slice
    int lowest = -127, highest = 127;
};

/// PyTorch's qint8 weights of a whole tensor (its default observer of dynamic quantization), computed in float32: scale
/// = largest magnitude / 127.5, at least 2^-23; q = round-half-even(w / scale) within [-128, 127].
QuantizedWeights pytorchWeights(std::span<const float> weights);

/// TFLite's int32 bias: q = round-half-away(b * (1 / (input scale * weight scale))) within +-(2^31 - 1), one weight
/// scale per bias or one for all; where the product is 0 so is q.
std::vector<std::int32_t> quantizedBias(std::span<const float> bias, float inputScale,
                                        std::span<const float> weightScales);

/// TFLite's int64 bias of int16 activations, the same within +-2^45, which leaves room for the 64-bit product after it.
std::vector<std::int64_t> quantizedWideBias(std::span<const float> bias, float inputScale,
                                            std::span<const float> weightScales);

/// Widens the magnitudes (see quantizedWeights) whose bias would use more than half of the range up to `largest`, to
/// 2 |b| / largest * 127 / input scale, as TFLite does for int32.
inline constexpr float largestBias = 2147483647.0f, largestWideBias = 35184372088832.0f; // 2^31 - 1, 2^45
void widenForBias(std::vector<float> &magnitudes, std::span<const float> bias, float inputScale,
                  float largest = largestBias);

/// Widens the magnitudes where the int8 weights of an output would add up to more than 65535, so that sums of their
/// products with int16 stay inside 32 bits, as the kernels need it; TFLite sums in 64 bits. `outputs`: the weights of
/// each output; magnitudes are one for each of these or one for all.
void widenForWideSums(std::vector<float> &magnitudes, std::span<const float> weights, const ChannelSlices &outputs);

} // namespace espalier
