// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: MIT
#pragma once

#include <espalier/bounds/convolution.h>
#include <espalier/bounds/depthwiselines.h>
#include <espalier/bounds/fullyconnected.h>

/// The kernels of the Thumb family. See kernelbounds.h.
namespace espalier {
namespace rt {
namespace bounds {

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
