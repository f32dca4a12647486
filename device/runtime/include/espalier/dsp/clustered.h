// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: MIT
#pragma once

#include <espalier/clustered.h>
#include <espalier/dsp/convolution.h>
#include <espalier/dsp/fullyconnected.h>

/// CONV_2D and FULLY_CONNECTED over clustered int8 weights: unpacked into the packed halfwords of convolution.h, a few
/// at a time, which then meet the inputs in the loops of the dense kernels. An unpacked halfword costs about eight
/// instructions. A convolution lays out the windows of several groups of three pixels (clusteredGroups()) and unpacks
/// each pair of channels once for all of them.
namespace espalier {
namespace rt {
namespace dsp {

namespace detail {

/// The weights of a pair of channels are unpacked in whole groups of four taps.
inline int unpackedTaps(int taps)
{
    return (taps + 3) & ~3;
}

/// `Reader` unpacks the weights of pair of channels after pair of channels.
template <class Reader>
inline void convolveUnpacked(const ConvolutionLayer &layer, const int8_t *input, const int32_t *filter,
                             const int32_t *table, int32_t *scratch, int8_t *output)
{
    const Channel *const channels = reinterpret_cast<const Channel *>(table);
    const int taps = tapsOfColumn(layer), depth = layer.outputChannels;
    const int columnWords = pixelsAtOnce * taps / 2;
    const int pixelsOfBlock = pixelsAtOnce * int(clusteredGroups(uint32_t(columnWords) * 4));
    int16_t *const weights = reinterpret_cast<int16_t *>(scratch + pixelsOfBlock / pixelsAtOnce * columnWords);
    int8_t *const staging = reinterpret_cast<int8_t *>(weights + unpackedTaps(taps));
    for (int batch = 0; batch < layer.batches; ++batch) {
        Columns columns(layer, input, staging);
        for (int left = layer.outputHeight * layer.outputWidth; left > 0; left -= pixelsOfBlock) {
            const int pixels = left < pixelsOfBlock ? left : pixelsOfBlock;
            const auto forEachGroup = [&](auto body) {
                int32_t *group = scratch;
                for (int done = 0; done < pixels; done += pixelsAtOnce, group += columnWords)
                    body(group, pixels - done < pixelsAtOnce ? pixels - done : pixelsAtOnce, output + done * depth);
            };
            forEachGroup([&](int32_t *group, int count, int8_t *) { columns.fill(count, group); });
            Reader reader(filter);
            for (int c = 0; c < depth; c += 2) {
                reader.unpackPairs(unpackedTaps(taps), weights, c + 1 == depth);
                reader.nextBook();
                reader.nextBook();
                forEachGroup([&](const int32_t *group, int count, int8_t *to) {
                    if (count == pixelsAtOnce && c + 1 < depth) {
                        const PairsOfChannels pair = {channels + c, to + c, depth, weights + taps};
                        multiplyColumns(group, weights, weights + taps, &pair);
                    } else {
                        convolveColumns(group, weights, taps, channels + c, c + 1 < depth ? 2 : 1, count, to + c,
                                        depth);
                    }
                });
            }
            clampOutputs(output, pixels * depth, layer.outputMin, layer.outputMax);
            output += pixels * depth;
        }
        input += layer.inputHeight * layer.inputWidth * layer.inputChannels;
    }
}

/// `Rows` unpacks the weights of some pairs of outputs for some inputs, in the order of fullyConnected()'s halfwords.
template <class Rows>
inline void multiplyUnpacked(const FullyConnectedLayer &given, const int8_t *input, const int32_t *weights,
                             const int32_t *table, int8_t *output)
{
    constexpr int inputsAtOnce = 64;
    alignas(4) int16_t packed[pairsAtOnce * inputsAtOnce];
    const FullyConnectedLayer layer = given; // the output may alias nothing of it
    for (int row = 0; row < layer.rows; ++row, input += layer.inputs) {
        Rows rows(weights, layer.inputs);
        const Channel *channel = reinterpret_cast<const Channel *>(table);
        for (int left = layer.outputs; left > 0;) {
            const int pairs = (left + 1) / 2 >= pairsAtOnce ? pairsAtOnce : 1;
            PackedSums sums[pairsAtOnce] = {};
            for (int k = 0; k < layer.inputs; k += inputsAtOnce) {
                const int count = layer.inputs - k < inputsAtOnce ? layer.inputs - k : inputsAtOnce;
                rows.unpack(layer.outputs - left, pairs, k, count, packed);
                PackedSums part[pairsAtOnce];
                (pairs == 1 ? multiplyRowOnce : multiplyRow)(input + k, packed, input + k + count, part);
                for (int i = 0; i < pairs; ++i) {
                    sums[i].both = int32_t(uint32_t(sums[i].both) + uint32_t(part[i].both));
                    sums[i].first += part[i].first;
                }
            }
            for (int i = 0; i < 2 * pairs && left > 0; ++i, --left, ++channel) {
                const PackedSums &sum = sums[i / 2];
                const int32_t doubled = (i & 1) == 0 ? sum.doubledFirst() : sum.doubledSecond();
                *output++ = int8_t(
                    clampTo(requantize(doubled + channel->doubledBias, *channel), layer.outputMin, layer.outputMax));
            }
        }
    }
}

/// Clustered weights, one after another.
class ClusteredRows
{
public:
    ClusteredRows(const int32_t *words, int) : m_reader(words) {}
    void unpack(int, int pairs, int, int count, int16_t *to) { m_reader.unpackPairs(pairs * count, to); }

private:
    ClusteredReader<int8_t> m_reader;
};

} // namespace detail

/// `filter` a ClusteredTable of the weights behind convolution()'s halfwords, first and second channel of each;
/// `scratch` the groups' columns, a pair of channels' halfwords and one row.
inline void clusteredConvolution(const ConvolutionLayer &layer, const int8_t *input, const int32_t *filter,
                                 const int32_t *channels, int32_t *scratch, int8_t *output)
{
    detail::convolveUnpacked<ClusteredReader<int8_t>>(layer, input, filter, channels, scratch, output);
}

/// `weights` a ClusteredTable of the weights behind fullyConnected()'s halfwords. Takes 400 bytes of stack for those of
/// 64 inputs and six outputs.
inline void clusteredFullyConnected(const FullyConnectedLayer &layer, const int8_t *input, const int32_t *weights,
                                    const int32_t *channels, int8_t *output)
{
    detail::multiplyUnpacked<detail::ClusteredRows>(layer, input, weights, channels, output);
}

} // namespace dsp
} // namespace rt
} // namespace espalier
