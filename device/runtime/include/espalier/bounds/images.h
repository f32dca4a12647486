// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: MIT
#pragma once

#include <espalier/bounds.h>
#include <espalier/layers.h>

/// Pools, resizing, means. See kernelbounds.h.
namespace espalier {
namespace rt {
namespace bounds {

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

} // namespace bounds
} // namespace rt
} // namespace espalier
