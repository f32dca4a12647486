// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: MIT
#pragma once

#include <espalier/binary.h>
#include <espalier/bounds.h>
#include <espalier/clustered.h>
#include <espalier/layers.h>
#include <espalier/sparsefloat.h>

/// For each kernel of kernels.def, under its name: whether a layer stays within its operands, given in the order of the
/// kernel's arguments, and comes to an end. What it computes is not looked at: wrong multipliers give wrong values, but
/// touch nothing else.
namespace espalier {
namespace rt {
namespace bounds {

// Convolutions

/// The images are there, and every window meets them; `filter` is how many weights there are.
__attribute__((noinline)) inline bool convolves(const ConvolutionLayer &l, const Operand *o, uint32_t filter,
                                                const Operand &output)
{
    return windows(l.inputHeight, l.filterHeight, l.strideHeight, l.dilationHeight, l.padTop, l.outputHeight) &&
           windows(l.inputWidth, l.filterWidth, l.strideWidth, l.dilationWidth, l.padLeft, l.outputWidth) &&
           o[0].holds(product(l.batches, l.inputHeight, l.inputWidth, l.inputChannels)) && o[1].holds(filter) &&
           output.isWritable(product(l.batches, l.outputHeight, l.outputWidth, l.outputChannels));
}
/// The steps from tap to tap and from row to row can be counted, even those that no window takes (window.h).
__attribute__((noinline)) inline bool stepsFit(const ConvolutionLayer &l)
{
    return product(l.dilationHeight, l.inputWidth, l.inputChannels) <= most &&
           product(l.dilationWidth, l.filterWidth, l.inputChannels) <= most / 2 &&
           product(l.strideWidth, l.inputChannels) <= most / 2;
}
inline bool isDense(const ConvolutionLayer &l, const Operand *o, const Operand &output)
{
    return convolves(l, o, product(l.filterHeight, l.filterWidth, l.inputChannels, l.outputChannels), output);
}
inline bool isDepthwise(const ConvolutionLayer &l, const Operand *o, const Operand &output)
{
    return product(l.inputChannels, l.depthMultiplier) == uint32_t(l.outputChannels) &&
           convolves(l, o, product(l.filterHeight, l.filterWidth, l.outputChannels), output);
}

/// Operands 2 to 4 of a quantized layer: bias, multiplier, shift.
template <class Layer>
inline bool hasScales(const Layer &l, int32_t outputs, const Operand *o)
{
    const uint32_t scales = l.perChannel ? uint32_t(outputs) : 1;
    return o[2].holds(uint32_t(outputs)) && o[3].holds(scales) && o[4].holds(scales);
}
/// Operands 2 to 4 of a hybrid one: scales, bias, scratch for a quantized image.
template <class Layer>
inline bool hasHybridParts(const Layer &l, int32_t outputs, const Operand *o, uint32_t image)
{
    return o[2].holds(l.perChannel ? uint32_t(outputs) : 1) && o[3].holds(l.hasBias ? uint32_t(outputs) : 0) &&
           o[4].isWritable(image);
}
/// How many weights there are.
inline uint32_t weightsOf(const ConvolutionLayer &l)
{
    return product(l.filterHeight, l.filterWidth, l.inputChannels, l.outputChannels);
}
inline uint32_t depthwiseWeightsOf(const ConvolutionLayer &l)
{
    return product(l.filterHeight, l.filterWidth, l.outputChannels);
}
/// Bytes of so many int4 weights.
inline uint32_t packedInt4(uint32_t weights)
{
    return weights > most ? tooMany : (weights + 1) / 2;
}
inline uint32_t imageOf(const ConvolutionLayer &l)
{
    return product(l.inputHeight, l.inputWidth, l.inputChannels);
}

inline bool conv2dQuantized(const ConvolutionLayer &l, const Operand *o)
{
    return isDense(l, o, o[5]) && hasScales(l, l.outputChannels, o);
}
inline bool conv2dFloat(const ConvolutionLayer &l, const Operand *o)
{
    return stepsFit(l) && isDense(l, o, o[3]) && o[2].holds(l.hasBias ? uint32_t(l.outputChannels) : 0);
}
inline bool conv2dHybrid(const ConvolutionLayer &l, const Operand *o)
{
    return isDense(l, o, o[5]) && hasHybridParts(l, l.outputChannels, o, imageOf(l));
}
inline bool depthwiseConv2dQuantized(const ConvolutionLayer &l, const Operand *o)
{
    return isDepthwise(l, o, o[5]) && hasScales(l, l.outputChannels, o);
}
inline bool conv2dInt4(const ConvolutionLayer &l, const Operand *o)
{
    const uint32_t weights = product(l.filterHeight, l.filterWidth, l.inputChannels, l.outputChannels);
    return convolves(l, o, packedInt4(weights), o[5]) && hasScales(l, l.outputChannels, o);
}
inline bool depthwiseConv2dInt4(const ConvolutionLayer &l, const Operand *o)
{
    const uint32_t weights = product(l.filterHeight, l.filterWidth, l.outputChannels);
    return product(l.inputChannels, l.depthMultiplier) == uint32_t(l.outputChannels) &&
           convolves(l, o, packedInt4(weights), o[5]) && hasScales(l, l.outputChannels, o);
}
inline bool depthwiseConv2dFloat(const ConvolutionLayer &l, const Operand *o)
{
    return isDepthwise(l, o, o[3]) && o[2].holds(l.hasBias ? uint32_t(l.outputChannels) : 0);
}
inline bool depthwiseConv2dHybrid(const ConvolutionLayer &l, const Operand *o)
{
    return isDepthwise(l, o, o[5]) && hasHybridParts(l, l.outputChannels, o, imageOf(l));
}

/// Bits of taps and inputs fill words. Where a window begins is counted in bits from the memory's start.
inline bool conv2dBinary(const ConvolutionLayer &l, const Operand *o)
{
    const uint32_t rowTaps = product(l.filterWidth, l.inputChannels);
    return rowTaps <= most / 2 && product(l.filterHeight, rowTaps) <= most && l.filterHeight < int32_t(most / 64) &&
           l.dilationWidth == 1 &&
           convolves(l, o, product(l.outputChannels, l.filterHeight, (rowTaps + 31) / 32), o[4]) &&
           imageOf(l) <= most / 2 && product(l.inputWidth, l.inputChannels, l.dilationHeight, l.filterHeight) <= most &&
           o[2].holds(uint32_t(l.outputChannels)) && o[3].isWritable(binaryScratch(l));
}
inline bool conv2dClusteredQuantized(const ConvolutionLayer &l, const Operand *o)
{
    return convolves(l, o, 0, o[5]) && isClustered<int8_t>(o[1], weightsOf(l)) && hasScales(l, l.outputChannels, o);
}
inline bool conv2dGroupedQuantized(const ConvolutionLayer &l, const Operand *o)
{
    const uint32_t taps = product(l.filterHeight, l.filterWidth, l.inputChannels);
    return convolves(l, o, 0, o[5]) && isGrouped(o[1], weightsOf(l), taps) && hasScales(l, l.outputChannels, o);
}
inline bool conv2dClusteredFloat(const ConvolutionLayer &l, const Operand *o)
{
    const uint32_t rows = product(l.filterHeight, l.filterWidth, l.inputChannels, 4);
    return stepsFit(l) && convolves(l, o, 0, o[4]) && isClustered<float>(o[1], weightsOf(l)) && o[3].isWritable(rows) &&
           o[2].holds(l.hasBias ? uint32_t(l.outputChannels) : 0);
}
inline bool hasMultiplier(const ConvolutionLayer &l)
{
    return product(l.inputChannels, l.depthMultiplier) == uint32_t(l.outputChannels);
}
inline bool depthwiseConv2dClusteredQuantized(const ConvolutionLayer &l, const Operand *o)
{
    return hasMultiplier(l) && convolves(l, o, 0, o[5]) && isClustered<int8_t>(o[1], depthwiseWeightsOf(l)) &&
           hasScales(l, l.outputChannels, o);
}
inline bool depthwiseConv2dClusteredFloat(const ConvolutionLayer &l, const Operand *o)
{
    return hasMultiplier(l) && convolves(l, o, 0, o[3]) && isClustered<float>(o[1], depthwiseWeightsOf(l)) &&
           o[2].holds(l.hasBias ? uint32_t(l.outputChannels) : 0);
}

/// Its kernels look for each tap whether it meets the input.
__attribute__((noinline)) inline bool transposes(const ConvolutionLayer &l, const Operand *o, const Operand &output)
{
    return l.strideHeight >= 1 && l.strideWidth >= 1 && uint32_t(l.padTop) <= most / 2 &&
           uint32_t(l.padLeft) <= most / 2 &&
           o[0].holds(product(l.batches, l.inputHeight, l.inputWidth, l.inputChannels)) &&
           o[1].holds(product(l.filterHeight, l.filterWidth, l.inputChannels, l.outputChannels)) &&
           output.isWritable(product(l.batches, l.outputHeight, l.outputWidth, l.outputChannels));
}
inline bool transposeConvQuantized(const ConvolutionLayer &l, const Operand *o)
{
    return transposes(l, o, o[5]) && hasScales(l, l.outputChannels, o);
}
inline bool transposeConvFloat(const ConvolutionLayer &l, const Operand *o)
{
    return transposes(l, o, o[3]) && o[2].holds(l.hasBias ? uint32_t(l.outputChannels) : 0);
}

// Dense layers

__attribute__((noinline)) inline bool multiplies(const FullyConnectedLayer &l, const Operand *o, const Operand &output)
{
    return o[0].holds(product(l.rows, l.inputs)) && o[1].holds(product(l.outputs, l.inputs)) &&
           output.isWritable(product(l.rows, l.outputs));
}
/// Inputs up to a multiple of four.
inline uint32_t padded(int32_t inputs)
{
    return product((uint32_t(inputs) + 3) / 4, 4);
}
inline bool fullyConnectedQuantized(const FullyConnectedLayer &l, const Operand *o)
{
    return multiplies(l, o, o[5]) && hasScales(l, l.outputs, o);
}
inline bool fullyConnectedInt4(const FullyConnectedLayer &l, const Operand *o)
{
    return o[0].holds(product(l.rows, l.inputs)) && o[1].holds(packedInt4(product(l.outputs, l.inputs))) &&
           o[5].isWritable(product(l.rows, l.outputs)) && hasScales(l, l.outputs, o);
}
inline bool fullyConnectedFloat(const FullyConnectedLayer &l, const Operand *o)
{
    return multiplies(l, o, o[3]) && o[2].holds(l.hasBias ? uint32_t(l.outputs) : 0);
}
inline bool fullyConnectedHybrid(const FullyConnectedLayer &l, const Operand *o)
{
    return multiplies(l, o, o[5]) && hasHybridParts(l, l.outputs, o, uint32_t(l.inputs));
}

/// The weights, operand 1, are for the kernel's own check.
inline bool multipliesBy(const FullyConnectedLayer &l, const Operand *o, const Operand &output)
{
    return o[0].holds(product(l.rows, l.inputs)) && output.isWritable(product(l.rows, l.outputs));
}
inline bool fullyConnectedClusteredQuantized(const FullyConnectedLayer &l, const Operand *o)
{
    return multipliesBy(l, o, o[5]) && isClustered<int8_t>(o[1], product(l.outputs, l.inputs)) &&
           hasScales(l, l.outputs, o);
}
inline bool fullyConnectedGroupedQuantized(const FullyConnectedLayer &l, const Operand *o)
{
    return multipliesBy(l, o, o[5]) && isGrouped(o[1], product(l.outputs, l.inputs), uint32_t(l.inputs)) &&
           hasScales(l, l.outputs, o);
}
inline bool fullyConnectedClusteredFloat(const FullyConnectedLayer &l, const Operand *o)
{
    return multipliesBy(l, o, o[3]) && isClustered<float>(o[1], product(l.outputs, l.inputs)) &&
           o[2].holds(l.hasBias ? uint32_t(l.outputs) : 0);
}

// Pools, resizing, means

__attribute__((noinline)) inline bool pools(const PoolLayer &l, const Operand *o)
{
    return windows(l.inputHeight, l.filterHeight, l.strideHeight, 1, l.padTop, l.outputHeight) &&
           windows(l.inputWidth, l.filterWidth, l.strideWidth, 1, l.padLeft, l.outputWidth) &&
           o[0].holds(product(l.batches, l.inputHeight, l.inputWidth, l.channels)) &&
           o[1].isWritable(product(l.batches, l.outputHeight, l.outputWidth, l.channels));
}
constexpr auto averagePool2dQuantized = pools, averagePool2dFloat = pools, maxPool2dQuantized = pools,
               maxPool2dFloat = pools;

inline bool resizes(const ResizeLayer &l, const Operand &input, const Operand &output)
{
    return input.holds(product(l.batches, l.inputHeight, l.inputWidth, l.channels)) &&
           output.isWritable(product(l.batches, l.outputHeight, l.outputWidth, l.channels));
}
inline bool resizeBilinear(const ResizeLayer &l, const Operand *o)
{
    constexpr int32_t longest = 32768; // resizeLimit of resampling.h
    return l.inputHeight <= longest && l.inputWidth <= longest && l.outputHeight <= longest &&
           l.outputWidth <= longest && resizes(l, o[0], o[1]);
}
constexpr auto resizeBilinearQuantized = resizeBilinear, resizeBilinearFloat = resizeBilinear;
inline bool resizeNearest(const ResizeLayer &l, const Operand *o)
{
    return resizes(l, o[0], o[3]) && indicesBelow(o[1], l.outputHeight, l.inputHeight) &&
           indicesBelow(o[2], l.outputWidth, l.inputWidth);
}

__attribute__((noinline)) inline bool averages(const MeanLayer &l, const Operand *o)
{
    const int32_t *const loops = reinterpret_cast<const int32_t *>(&l); // extent, stride, and so on
    const uint32_t kept = product(l.k0, l.k1, l.k2, l.k3);
    return o[1].isWritable(kept) && o[0].holds(product(kept, l.r0, l.r1, l.r2, l.r3)) &&
           loopsStay(loops, loops + 1, 8, 2, 0, o[0].elements);
}
constexpr auto meanQuantized = averages, meanFloat = averages;

// Two inputs, moves

/// Extents, then strides of both inputs: the first 15 words of the layer.
template <class Layer>
__attribute__((noinline)) inline bool pairs(const Layer &l, const Operand *o)
{
    const int32_t *const loops = reinterpret_cast<const int32_t *>(&l);
    return o[2].isWritable(product(l.n0, l.n1, l.n2, l.n3, l.n4)) &&
           loopsStay(loops, loops + 5, 5, 1, 0, o[0].elements) && loopsStay(loops, loops + 10, 5, 1, 0, o[1].elements);
}
constexpr auto addQuantized = pairs<AddLayer>, subtractQuantized = pairs<AddLayer>;
constexpr auto multiplyQuantized = pairs<MultiplyLayer>;
constexpr auto preluQuantized = pairs<PreluLayer>;
constexpr auto addFloat = pairs<PairLayer>, subtractFloat = pairs<PairLayer>, multiplyFloat = pairs<PairLayer>,
               preluFloat = pairs<PairLayer>, maximum = pairs<PairLayer>, minimum = pairs<PairLayer>;

inline bool copyBlock(const CopyLayer &l, const Operand *o)
{
    const int32_t *const loops = reinterpret_cast<const int32_t *>(&l);
    return o[1].isWritable(product(l.n0, l.n1, l.n2, l.n3, l.n4)) &&
           loopsStay(loops, loops + 5, 5, 1, l.fromStart, o[0].elements) &&
           loopsStay(loops, loops + 10, 5, 1, l.toStart, o[1].elements);
}

// Single values

template <class Layer>
inline bool fill(const Layer &l, const Operand *o)
{
    return o[0].isWritable(uint32_t(l.elements));
}
template <class Layer>
inline bool elements(const Layer &l, const Operand *o)
{
    return o[0].holds(uint32_t(l.elements)) && o[1].isWritable(uint32_t(l.elements));
}
constexpr auto logisticFloat = elements<ElementsLayer>, tanhFloat = elements<ElementsLayer>,
               hardSwishFloat = elements<ElementsLayer>;
constexpr auto reluFloat = elements<ActivationLayer>;
constexpr auto leakyReluFloat = elements<LeakyReluLayer>;
constexpr auto leakyReluQuantized = elements<LeakyReluQuantizedLayer>;
constexpr auto quantizeFloat = elements<QuantizeLayer>;
constexpr auto dequantize = elements<DequantizeLayer>;
constexpr auto requantizeElements = elements<RequantizeLayer>;

inline bool lookup(const ElementsLayer &l, const Operand *o)
{
    return o[0].holds(uint32_t(l.elements)) && o[1].holds(256) && o[2].isWritable(uint32_t(l.elements));
}

inline bool sigmoidWide(const WideSigmoidLayer &l, const Operand *o)
{
    return o[0].holds(uint32_t(l.elements)) && o[1].holds(256) && o[2].isWritable(uint32_t(l.elements));
}
constexpr auto logisticWide = sigmoidWide, tanhWide = sigmoidWide;

template <class Layer>
inline bool softmax(const Layer &l, const Operand *o)
{
    const uint32_t values = product(l.rows, l.depth);
    return o[0].holds(values) && o[1].isWritable(values);
}
constexpr auto softmaxQuantized = softmax<SoftmaxLayer>;
constexpr auto softmaxFloat = softmax<SoftmaxFloatLayer>;
inline bool softmaxWide(const WideSoftmaxLayer &l, const Operand *o)
{
    const uint32_t values = product(l.rows, l.depth);
    return o[0].holds(values) && o[1].holds(513) && o[2].holds(513) && o[3].isWritable(values);
}

// Depthwise layers that go line by line: what both families' kernels share

/// `lineWords` is what the kernel reads of a line in scratch memory, `sums` what else it takes there. The filter is for
/// the kernel's own check.
__attribute__((noinline)) inline bool linesStay(const DepthwiseLinesLayer &l, const Operand *o, uint32_t lineWords,
                                                uint32_t sums)
{
    const int32_t from[] = {l.batches, l.inputLines, l.inputLength, l.channels},
                  fromStrides[] = {l.inputBytes, l.inputAcross, l.inputAlong, 1};
    const int32_t to[] = {l.batches, l.outputLines, l.outputLength, l.channels},
                  toStrides[] = {l.outputBytes, l.outputAcross, l.outputAlong, 1};
    const uint32_t lines = (uint32_t(l.bandLines) - 1) * uint32_t(l.stride) + 3;
    return (l.stride == 1 || l.stride == 2) && uint32_t(l.padAcross) <= 1 && uint32_t(l.padAlong) <= 1 &&
           l.bandLines >= 1 && l.bandLines <= l.outputLines && lineWords <= uint32_t(l.linePairs) &&
           o[0].holds(product(from[0], from[1], from[2], from[3])) &&
           o[4].isWritable(product(to[0], to[1], to[2], to[3])) &&
           loopsStay(from, fromStrides, 4, 1, 0, o[0].elements) && loopsStay(to, toStrides, 4, 1, 0, o[4].elements) &&
           o[2].holds(product(l.channels, 4)) && o[3].isWritable(sum(product(lines, l.linePairs), sums));
}

namespace sparse {

/// Whether there is a stream for every output, as sparse.h reads them, of which no weight is beyond the last tap.
__attribute__((noinline)) inline bool hasStreams(const Operand &weights, int32_t outputs, uint32_t taps)
{
    if (!weights.isKnown(0) || taps > most)
        return false;
    const uint8_t *at = weights.data;
    const uint8_t *const end = at + weights.elements;
    for (; outputs > 0; --outputs) {
        for (uint32_t left = taps;;) {
            if (at == end)
                return false;
            uint32_t length = *at++;
            if (length == 0)
                break;
            if (2 * length > uint32_t(end - at))
                return false;
            for (; length > 0; --length, at += 2) {
                const uint32_t places = at[1] + 1u;
                if (places > left)
                    return false;
                left -= places;
            }
        }
    }
    return true;
}
inline bool convolution(const ConvolutionLayer &l, const Operand *o)
{
    const uint32_t taps = product(l.filterHeight, l.filterWidth, l.inputChannels);
    return convolves(l, o, 0, o[4]) && hasStreams(o[1], l.outputChannels, taps) &&
           o[2].holds(product(l.outputChannels, 4)) && o[3].isWritable(product(taps, 2));
}
inline bool fullyConnected(const FullyConnectedLayer &l, const Operand *o)
{
    return multipliesBy(l, o, o[3]) && hasStreams(o[1], l.outputs, uint32_t(l.inputs)) &&
           o[2].holds(product(l.outputs, 4));
}

/// Whether sparsefloat.h's gaps are there for every output, lead beyond the last tap nowhere, and have a weight each.
__attribute__((noinline)) inline bool hasGaps(const Operand &weights, const Operand &gaps, int32_t outputs,
                                              uint32_t taps)
{
    if (!gaps.isKnown(0) || taps > most)
        return false;
    const uint8_t *at = gaps.data;
    const uint8_t *const end = at + gaps.elements;
    uint32_t all = 0;
    for (; outputs > 0; --outputs) {
        if (end - at < 2)
            return false;
        uint32_t count = uint32_t(at[0] | at[1] << 8);
        at += 2;
        if (count > uint32_t(end - at))
            return false;
        all += count;
        for (uint32_t left = taps; count > 0; --count) {
            const uint32_t places = *at++ + 1u;
            if (places > left)
                return false;
            left -= places;
        }
    }
    return weights.holds(all);
}
inline bool convolutionFloat(const ConvolutionLayer &l, const Operand *o)
{
    const uint32_t taps = product(l.filterHeight, l.filterWidth, l.inputChannels);
    return convolves(l, o, 0, o[5]) && hasGaps(o[1], o[2], l.outputChannels, taps) &&
           o[3].holds(l.hasBias ? uint32_t(l.outputChannels) : 0) &&
           o[4].isWritable(product(taps, rt::sparse::floatPixels(taps)));
}
inline bool fullyConnectedFloat(const FullyConnectedLayer &l, const Operand *o)
{
    return multipliesBy(l, o, o[4]) && hasGaps(o[1], o[2], l.outputs, uint32_t(l.inputs)) &&
           o[3].holds(l.hasBias ? uint32_t(l.outputs) : 0);
}

} // namespace sparse

#if defined(ESPALIER_TABLE_DSP)
namespace dsp {

inline bool add(const DspAddLayer &l, const Operand *o)
{
    const uint32_t count = uint32_t(l.elements);
    return o[0].holds(count) && o[1].holds(count) && o[2].isWritable(count);
}

/// The taps of a window in whole pairs, and the words of a row's bytes.
inline uint32_t columnTaps(const ConvolutionLayer &l)
{
    const uint32_t taps = product(l.filterHeight, l.filterWidth, l.inputChannels);
    return taps > most / 4 || !stepsFit(l) ? tooMany : (taps + 1) & ~1u;
}
inline uint32_t rowWords(const ConvolutionLayer &l)
{
    return (product(l.filterWidth, l.inputChannels) + 3) / 4;
}

inline uint32_t pairsOf(const ConvolutionLayer &l)
{
    return (uint32_t(l.outputChannels) + 1) / 2;
}

/// Channels in pairs; scratch memory for three columns and a row.
inline bool convolution(const ConvolutionLayer &l, const Operand *o)
{
    const uint32_t taps = columnTaps(l);
    return taps <= most && convolves(l, o, product(taps, pairsOf(l)), o[4]) && o[2].holds(product(pairsOf(l), 8)) &&
           o[3].isWritable(taps / 2 * 3 + rowWords(l));
}

/// Scratch memory for groups of three columns, a pair of channels in whole groups of four taps, and a row. The filter
/// is for the kernel's own check.
inline bool convolvesUnpacked(const ConvolutionLayer &l, const Operand *o)
{
    const uint32_t taps = columnTaps(l), column = taps / 2 * 3, unpacked = (taps + 3) & ~3u;
    return taps <= most / 16 && convolves(l, o, 0, o[4]) && o[2].holds(product(pairsOf(l), 8)) &&
           o[3].isWritable(clusteredGroups(column * 4) * column + unpacked / 2 + rowWords(l));
}
inline bool clusteredConvolution(const ConvolutionLayer &l, const Operand *o)
{
    const uint32_t unpacked = (columnTaps(l) + 3) & ~3u;
    return convolvesUnpacked(l, o) &&
           isClustered<int8_t>(o[1], product(unpacked, pairsOf(l), 2), uint32_t(l.outputChannels));
}
inline bool groupedConvolution(const ConvolutionLayer &l, const Operand *o)
{
    const uint32_t taps = columnTaps(l);
    return taps % 4 == 0 && convolvesUnpacked(l, o) && isGrouped(o[1], product(taps, pairsOf(l), 2), taps);
}

inline bool depthwise3x3(const DepthwiseLinesLayer &l, const Operand *o)
{
    const uint32_t length = product(l.outputLength);
    return length <= most && linesStay(l, o, l.stride == 1 ? (length + 1) / 2 + 1 : length + 1, (length + 1) & ~1u) &&
           o[1].holds(product(l.channels, 12));
}
constexpr auto clampedDepthwise3x3 = depthwise3x3, wideDepthwise3x3 = depthwise3x3;

/// Channels in pairs, rows of the window in pairs, all taps in groups of four; scratch memory as of convolution().
inline bool wideConvolution(const ConvolutionLayer &l, const Operand *o)
{
    const uint32_t row = (product(l.filterWidth, l.inputChannels) + 1) & ~1u,
                   taps = (product(row, l.filterHeight) + 3) & ~3u;
    const uint32_t columns = product(taps, 3);
    return convolves(l, o, product(taps, (uint32_t(l.outputChannels) + 1) / 2, 2), o[4]) && columns <= most &&
           o[2].holds(product(l.outputChannels, 4)) && o[3].isWritable(columns / 2 + row / 2);
}

inline bool wideFullyConnected(const FullyConnectedLayer &l, const Operand *o)
{
    return l.inputs % 2 == 0 && l.inputs > 0 && o[0].holds(product(l.rows, l.inputs)) &&
           o[1].holds(product(l.inputs, (uint32_t(l.outputs) + 1) / 2, 2)) && o[2].holds(product(l.outputs, 4)) &&
           o[3].isWritable(product(l.rows, l.outputs));
}

inline bool fullyConnected(const FullyConnectedLayer &l, const Operand *o)
{
    return l.inputs % 4 == 0 && o[0].holds(product(l.rows, l.inputs)) &&
           o[1].holds(product(l.inputs, (uint32_t(l.outputs) + 1) / 2)) && o[2].holds(product(l.outputs, 4)) &&
           o[3].isWritable(product(l.rows, l.outputs));
}
constexpr auto binaryConvolution = convolution;
constexpr auto binaryFullyConnected = fullyConnected;
inline bool paddedFullyConnected(const FullyConnectedLayer &l, const Operand *o)
{
    const uint32_t inputs = padded(l.inputs);
    return o[0].holds(product(l.rows, l.inputs)) && o[1].holds(product(inputs, (uint32_t(l.outputs) + 1) / 2)) &&
           o[2].holds(product(l.outputs, 4)) && o[3].isWritable(inputs) && o[4].isWritable(product(l.rows, l.outputs));
}
inline bool clusteredFullyConnected(const FullyConnectedLayer &l, const Operand *o)
{
    return l.inputs % 4 == 0 && multipliesBy(l, o, o[3]) && o[2].holds(product(l.outputs, 4)) &&
           isClustered<int8_t>(o[1], product(l.inputs, (uint32_t(l.outputs) + 1) / 2, 2));
}
inline bool groupedFullyConnected(const FullyConnectedLayer &l, const Operand *o)
{
    return l.inputs % 4 == 0 && multipliesBy(l, o, o[3]) && o[2].holds(product(l.outputs, 4)) &&
           isGrouped(o[1], product(l.inputs, (uint32_t(l.outputs) + 1) / 2, 2), uint32_t(l.inputs));
}

} // namespace dsp
#endif

#if defined(ESPALIER_TABLE_THUMB)
namespace thumb {

/// Whether a filter has segments for every channel, as thumb/columns.h reads them: a length, so many weights, and so
/// on until a length of 0, of at most `taps` weights. With `lines`, a length with 128 added ends a line of `taps`
/// weights, and there are at most so many lines.
__attribute__((noinline)) inline bool hasSegments(const Operand &filter, int32_t channels, uint32_t taps, int lines)
{
    if (!filter.isKnown(0))
        return false;
    const uint8_t *at = filter.data;
    const uint8_t *const end = at + filter.elements;
    for (; channels > 0; --channels) {
        uint32_t left = taps;
        for (int line = 0;;) {
            if (at == end)
                return false;
            const uint32_t head = *at++, length = lines ? head & 127 : head;
            if (head == 0)
                break;
            if (length == 0 || length > left || length > uint32_t(end - at) || (lines && line == lines))
                return false;
            at += length;
            left -= length;
            if (lines && head > 127) {
                ++line;
                left = taps;
            }
        }
    }
    return true;
}

inline bool add(const ThumbAddLayer &l, const Operand *o)
{
    const uint32_t count = uint32_t(l.elements);
    return o[0].holds(count) && o[1].holds(count) && o[2].isWritable(512) && o[3].isWritable(count);
}

/// Scratch memory for two columns of `taps` words.
inline bool columns(const ConvolutionLayer &l, const Operand *o, uint32_t taps)
{
    return convolves(l, o, 0, o[4]) && taps <= most && hasSegments(o[1], l.outputChannels, taps, 0) &&
           o[2].holds(product(l.outputChannels, 4)) && o[3].isWritable(product(taps, 2));
}
inline bool convolution(const ConvolutionLayer &l, const Operand *o)
{
    return columns(l, o, product(l.filterHeight, l.filterWidth, l.inputChannels));
}
/// Scratch memory for groups of two columns, and a channel's segments. The filter is for the kernel's own check.
inline bool convolvesUnpacked(const ConvolutionLayer &l, const Operand *o)
{
    const uint32_t taps = product(l.filterHeight, l.filterWidth, l.inputChannels);
    return convolves(l, o, 0, o[4]) && taps <= most / 64 && o[2].holds(product(l.outputChannels, 4)) &&
           o[3].isWritable(clusteredGroups(taps * 8) * 2 * taps + (2 * taps + 4) / 4);
}
inline bool clusteredConvolution(const ConvolutionLayer &l, const Operand *o)
{
    return convolvesUnpacked(l, o) && isClustered<int8_t>(o[1], weightsOf(l), uint32_t(l.outputChannels));
}
inline bool groupedConvolution(const ConvolutionLayer &l, const Operand *o)
{
    return convolvesUnpacked(l, o) &&
           isGrouped(o[1], weightsOf(l), product(l.filterHeight, l.filterWidth, l.inputChannels));
}
inline bool depthwiseConvolution(const ConvolutionLayer &l, const Operand *o)
{
    return l.inputChannels == l.outputChannels && columns(l, o, product(l.filterHeight, l.filterWidth));
}

inline bool depthwise3x3(const DepthwiseLinesLayer &l, const Operand *o)
{
    const uint32_t length = product(l.outputLength), step = uint32_t(l.stride);
    return length <= most / 8 && step <= 2 && linesStay(l, o, ((length + 3) / 4 * 4 - 2) * step + 3, 0) &&
           hasSegments(o[1], l.channels, 3, 3);
}

inline bool fullyConnected(const FullyConnectedLayer &l, const Operand *o)
{
    return l.inputs % 4 == 0 && multiplies(l, o, o[3]) && o[2].holds(product(l.outputs, 4));
}
constexpr auto binaryConvolution = convolution;
constexpr auto binaryFullyConnected = fullyConnected;
inline bool paddedFullyConnected(const FullyConnectedLayer &l, const Operand *o)
{
    const uint32_t inputs = padded(l.inputs);
    return o[0].holds(product(l.rows, l.inputs)) && o[1].holds(product(l.outputs, inputs)) &&
           o[2].holds(product(l.outputs, 4)) && o[3].isWritable(inputs) && o[4].isWritable(product(l.rows, l.outputs));
}
inline bool clusteredFullyConnected(const FullyConnectedLayer &l, const Operand *o)
{
    return l.inputs % 4 == 0 && multipliesBy(l, o, o[3]) && o[2].holds(product(l.outputs, 4)) &&
           isClustered<int8_t>(o[1], product(l.outputs, l.inputs));
}
inline bool groupedFullyConnected(const FullyConnectedLayer &l, const Operand *o)
{
    return l.inputs % 4 == 0 && multipliesBy(l, o, o[3]) && o[2].holds(product(l.outputs, 4)) &&
           isGrouped(o[1], product(l.outputs, l.inputs), uint32_t(l.inputs));
}

/// Taps in whole words; for each channel a word more, and three columns of words in scratch memory.
inline bool wideColumns(const ConvolutionLayer &l, const Operand *o, uint32_t taps)
{
    const uint32_t words = taps > most ? tooMany : (taps + 3) / 4;
    return words <= most / 16 && convolves(l, o, product(l.outputChannels, words + 1), o[4]) &&
           o[2].holds(product(l.outputChannels, 4)) && o[3].isWritable(product(words, 12));
}
inline bool wideConvolution(const ConvolutionLayer &l, const Operand *o)
{
    return wideColumns(l, o, product(l.filterHeight, l.filterWidth, l.inputChannels));
}
inline bool wideDepthwiseConvolution(const ConvolutionLayer &l, const Operand *o)
{
    return l.inputChannels == l.outputChannels && wideColumns(l, o, product(l.filterHeight, l.filterWidth));
}
/// Words under the windows of whole groups of six outputs, and three strides more of which upper halves come.
inline bool wideDepthwise3x3(const DepthwiseLinesLayer &l, const Operand *o)
{
    const uint32_t length = product(l.outputLength), step = uint32_t(l.stride);
    return length <= most / 8 && step <= 2 && linesStay(l, o, ((length + 5) / 6 * 6 - 1) * step + 3, 3 * step) &&
           o[1].holds(product(l.channels, 4));
}
inline bool wideFullyConnected(const FullyConnectedLayer &l, const Operand *o)
{
    return fullyConnected(l, o);
}
inline bool widePaddedFullyConnected(const FullyConnectedLayer &l, const Operand *o)
{
    return paddedFullyConnected(l, o);
}

} // namespace thumb
#endif

} // namespace bounds
} // namespace rt
} // namespace espalier
