// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: MIT
#pragma once

#include <espalier/bounds.h>
#include <espalier/layers.h>

/// Layers of single values: pairs of inputs, moves, activations, softmax. See kernelbounds.h.
namespace espalier {
namespace rt {
namespace bounds {

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

} // namespace bounds
} // namespace rt
} // namespace espalier
