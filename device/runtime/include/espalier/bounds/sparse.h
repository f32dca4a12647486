// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: MIT
#pragma once

#include <espalier/bounds/convolution.h>
#include <espalier/bounds/fullyconnected.h>
#include <espalier/sparsefloat.h>

/// Sparse layers. See kernelbounds.h.
namespace espalier {
namespace rt {
namespace bounds {

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

} // namespace bounds
} // namespace rt
} // namespace espalier
