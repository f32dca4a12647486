// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: MIT
#pragma once

#include <espalier/binary.h>
#include <espalier/bounds.h>
#include <espalier/clustered.h>
#include <espalier/layers.h>

/// Convolutions and transposed convolutions. See kernelbounds.h.
namespace espalier {
namespace rt {
namespace bounds {

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

/// How many weights there are.
inline uint32_t weightsOf(const ConvolutionLayer &l)
{
    return product(l.filterHeight, l.filterWidth, l.inputChannels, l.outputChannels);
}
inline uint32_t depthwiseWeightsOf(const ConvolutionLayer &l)
{
    return product(l.filterHeight, l.filterWidth, l.outputChannels);
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

} // namespace bounds
} // namespace rt
} // namespace espalier
