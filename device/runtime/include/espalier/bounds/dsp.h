// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: MIT
#pragma once

#include <espalier/bounds/convolution.h>
#include <espalier/bounds/depthwiselines.h>
#include <espalier/bounds/fullyconnected.h>

/// The kernels of the DSP family. See kernelbounds.h.
namespace espalier {
namespace rt {
namespace bounds {

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
    return taps <= most && convolves(l, o, product(taps, pairsOf(l)), o[4]) &&
           o[2].holds(product(l.outputChannels, 4)) && o[3].isWritable(taps / 2 * 3 + rowWords(l));
}

/// Channels in pairs; scratch memory for three columns and for the rows that two rows of windows see.
inline bool rowConvolution(const ConvolutionLayer &l, const Operand *o)
{
    const uint32_t taps = columnTaps(l);
    if (taps > most || !convolves(l, o, product(taps, pairsOf(l)), o[4]) || l.outputWidth < 3 ||
        l.dilationHeight != 1 || l.dilationWidth != 1)
        return false;
    const uint32_t reach = product(l.outputWidth - 1, l.strideWidth);
    const uint32_t length = product(sum(reach, uint32_t(l.filterWidth)), l.inputChannels);
    const uint32_t rows = product(l.filterHeight + l.strideHeight, sum(length, 7) / 8, 4);
    return length <= most / 4 && rows <= most / 4 && o[2].holds(product(l.outputChannels, 4)) &&
           o[3].isWritable(taps / 2 * 3 + rows);
}

/// Scratch memory for groups of three columns, a pair of channels in whole groups of four taps, and a row. The filter
/// is for the kernel's own check.
inline bool convolvesUnpacked(const ConvolutionLayer &l, const Operand *o)
{
    const uint32_t taps = columnTaps(l), column = taps / 2 * 3, unpacked = (taps + 3) & ~3u;
    return taps <= most / 16 && convolves(l, o, 0, o[4]) && o[2].holds(product(l.outputChannels, 4)) &&
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

} // namespace bounds
} // namespace rt
} // namespace espalier
