// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: MIT
#pragma once

#include <espalier/bounds.h>
#include <espalier/clustered.h>
#include <espalier/layers.h>

/// Dense layers. See kernelbounds.h.
namespace espalier {
namespace rt {
namespace bounds {

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

} // namespace bounds
} // namespace rt
} // namespace espalier
