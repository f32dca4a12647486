// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: MIT
#pragma once

#include <espalier/bounds.h>
#include <espalier/layers.h>

/// Depthwise layers that go line by line: what both families' kernels share. See kernelbounds.h.
namespace espalier {
namespace rt {
namespace bounds {

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

} // namespace bounds
} // namespace rt
} // namespace espalier
