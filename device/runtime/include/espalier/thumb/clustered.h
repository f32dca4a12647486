// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: MIT
#pragma once

#include <espalier/clustered.h>
#include <espalier/thumb/convolution.h>
#include <espalier/thumb/fullyconnected.h>

/// CONV_2D and FULLY_CONNECTED over clustered int8 weights for Cortex-M0+: unpacked a few at a time into what the loops
/// of the dense kernels read. A convolution lays out the windows of several groups of four pixels (clusteredGroups())
/// and makes each channel's segments once for all of them.
namespace espalier {
namespace rt {
namespace thumb {

namespace detail {

/// The next `count` weights in segments, as columns.h reads them: at most 2 * count + 1 bytes.
template <class Reader>
inline void unpackSegments(Reader &reader, int count, int8_t *stream)
{
    constexpr int largest = 255;
    int8_t *head = stream++;
    int sum = 0;
    for (; count > 0; --count) {
        const int8_t weight = reader.next();
        const int magnitude = weight < 0 ? -weight : weight;
        sum += magnitude;
        if (sum > largest || stream - head > 255) {
            *head = int8_t(stream - head - 1);
            head = stream++;
            sum = magnitude;
        }
        *stream++ = weight;
    }
    *head = int8_t(stream - head - 1);
    *stream = 0;
}

/// `Reader` unpacks the weights of channel after channel.
template <class Reader>
inline void convolveUnpacked(const ConvolutionLayer &given, const int8_t *input, const int32_t *filter,
                             const int32_t *table, int32_t *scratch, int8_t *output)
{
    const ConvolutionLayer layer = given; // the output may alias nothing of it
    const int taps = layer.filterHeight * layer.filterWidth * layer.inputChannels, depth = layer.outputChannels;
    const int columnWords = 2 * taps;
    const int pixelsOfBlock = pixelsAtOnce * int(clusteredGroups(uint32_t(columnWords) * 4));
    int8_t *const stream = reinterpret_cast<int8_t *>(scratch + pixelsOfBlock / pixelsAtOnce * columnWords);
    for (int batch = 0; batch < layer.batches; ++batch) {
        int oy = 0, ox = 0;
        for (int left = layer.outputHeight * layer.outputWidth; left > 0; left -= pixelsOfBlock) {
            const int pixels = left < pixelsOfBlock ? left : pixelsOfBlock;
            int32_t *group = scratch;
            for (int i = 0; i < pixels; ++i) {
                const int of = i & (pixelsAtOnce - 1);
                fillColumn(layer, input, oy * layer.strideHeight - layer.padTop, ox * layer.strideWidth - layer.padLeft,
                           layer.inputChannels, PixelColumn(group, of, layer.inputZeroPoint));
                if (of == pixelsAtOnce - 1)
                    group += columnWords;
                if (++ox == layer.outputWidth) {
                    ox = 0;
                    ++oy;
                }
            }
            Reader reader(filter);
            const Channel *channel = reinterpret_cast<const Channel *>(table);
            for (int c = 0; c < depth; ++c, ++channel) {
                unpackSegments(reader, taps, stream);
                reader.nextBook();
                const int32_t *columns = scratch;
                int8_t *to = output + c;
                for (int rest = pixels; rest > 0; rest -= pixelsAtOnce) {
                    int32_t sums[pixelsAtOnce];
                    multiplyColumns(columns, stream, sums);
                    const int count = rest < pixelsAtOnce ? rest : pixelsAtOnce;
                    const Results results = {sums + count, layer.outputMin, layer.outputMax, depth, sameChannel};
                    finish(sums, channel, to, &results);
                    columns += columnWords;
                    to += pixelsAtOnce * depth;
                }
            }
            output += pixels * depth;
        }
        input += layer.inputHeight * layer.inputWidth * layer.inputChannels;
    }
}

/// `Rows` unpacks the weights of some outputs for some inputs: those of all outputs for the first, and so on.
template <class Rows>
inline void multiplyUnpacked(const FullyConnectedLayer &given, const int8_t *input, const int32_t *weights,
                             const int32_t *table, int8_t *output)
{
    constexpr int inputsAtOnce = 64;
    uint32_t words[inputsAtOnce * outputsAtOnce / 4];
    const FullyConnectedLayer layer = given; // the output may alias nothing of it
    for (int row = 0; row < layer.rows; ++row, input += layer.inputs) {
        Rows rows(weights, layer.inputs);
        const Channel *channel = reinterpret_cast<const Channel *>(table);
        for (int left = layer.outputs; left > 0;) {
            int32_t sums[outputsAtOnce] = {};
            const int outputs = left < outputsAtOnce ? 1 : outputsAtOnce;
            for (int k = 0; k < layer.inputs; k += inputsAtOnce) {
                const int count = layer.inputs - k < inputsAtOnce ? layer.inputs - k : inputsAtOnce;
                const int8_t *const x = input + k;
                int8_t *const bytes = reinterpret_cast<int8_t *>(words);
                rows.unpack(layer.outputs - left, outputs, k, count, bytes);
                if (outputs == 1) {
                    for (int i = 0; i < count; ++i)
                        sums[0] += x[i] * bytes[i];
                    continue;
                }
                int32_t part[outputsAtOnce] = {};
                for (int i = 0; i < count; ++i)
                    part[0] -= 128 * x[i];
                for (int i = 0; i < 2 * count; ++i)
                    words[i] ^= 0x80808080u;
                multiplyWords(x, words, count, part);
                for (int i = 0; i < outputs; ++i)
                    sums[i] += part[i];
            }
            const Results results = {sums + outputs, layer.outputMin, layer.outputMax, 1, 0};
            finish(sums, channel, output, &results);
            channel += outputs;
            output += outputs;
            left -= outputs;
        }
    }
}

/// Clustered weights, one after another.
class ClusteredRows
{
public:
    ClusteredRows(const int32_t *words, int) : m_reader(words) {}
    void unpack(int, int outputs, int, int count, int8_t *to)
    {
        if (outputs > 1) {
            m_reader.unpack(count * outputs, to);
            return;
        }
        for (int8_t *const end = to + count; to != end; ++to)
            *to = m_reader.next();
    }

private:
    ClusteredReader<int8_t> m_reader;
};

} // namespace detail

/// `filter` a ClusteredTable of each output channel's weights in the order of the window; `channels` a Channel for
/// each; `scratch` two words for each tap of each group, and a channel's segments.
inline void clusteredConvolution(const ConvolutionLayer &layer, const int8_t *input, const int32_t *filter,
                                 const int32_t *channels, int32_t *scratch, int8_t *output)
{
    detail::convolveUnpacked<ClusteredReader<int8_t>>(layer, input, filter, channels, scratch, output);
}

/// `weights` a ClusteredTable in the order of fullyConnected(), without the 128 that it adds. Takes 512 bytes of stack
/// for the weights of 64 inputs and eight outputs.
inline void clusteredFullyConnected(const FullyConnectedLayer &layer, const int8_t *input, const int32_t *weights,
                                    const int32_t *channels, int8_t *output)
{
    detail::multiplyUnpacked<detail::ClusteredRows>(layer, input, weights, channels, output);
}

} // namespace thumb
} // namespace rt
} // namespace espalier
