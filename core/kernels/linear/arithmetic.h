// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/graph/model.h"
#include "core/kernels/rounding.h"
#include "core/kernels/simd/tiles.h"

#include <vector>

namespace espalier {

/// How a convolution or dense layer computes, from the types of its tensors.
enum class Arithmetic {
    floats,  ///< all float32
    integer, ///< 8-bit in and out, int32 sums; the filter may be int4 where the rest is int8
    wide,    ///< int16 in and out, int8 filter, int64 bias
    hybrid,  ///< float32 in and out, int8 filter; the input is quantized at run time
};

/// Bytes of an element of the layer's input and output.
constexpr int elementBytes(Arithmetic arithmetic)
{
    return arithmetic == Arithmetic::integer ? 1 : arithmetic == Arithmetic::wide ? 2 : 4;
}

/// What a convolution or dense layer is given beside its geometry, checked, with every number per output channel.
struct LinearLayer
{
    Arithmetic arithmetic = Arithmetic::floats;
    int outChannels = 0;
    bool inputIsSigned = true; ///< int8 rather than uint8
    std::int32_t inputZero = 0, filterZero = 0, outputZero = 0;
    std::int32_t low = 0, high = 0;              ///< of an integer output after the activation
    float lowFloat = 0, highFloat = 0;           ///< of a float output after the activation
    std::vector<std::int32_t> multiplier, shift; ///< integer and wide
    std::vector<float> factor;                   ///< integer: multiplier and shift as one float
    Rounding rounding = Rounding::micro;         ///< integer: by the one or the other
    std::vector<float> filterScales;             ///< hybrid
    bool filterPerChannel = false;
    bool quantizeAsymmetrically = false; ///< hybrid: the run-time input has a zero point
    std::vector<std::int32_t> bias;      ///< integer
    std::vector<std::int64_t> wideBias;  ///< wide
    std::vector<float> floatBias;        ///< otherwise

    /// The units that the inner loops run on.
    UnitKind unitKind(const SimdFunctions &simd) const;
};

/// The tensors of a layer.
struct LayerTensors
{
    const Tensor &input, &filter, &output;
    const Tensor *bias = nullptr;
};

/// The input at `index` as an optional bias.
inline const Tensor *biasOf(const Graph &graph, const Operator &op, std::size_t index)
{
    return op.input(index).valid() ? &graph[op.input(index)] : nullptr;
}

/// Checks types, quantization, bias and activation. `channelAxis` is the filter's axis of output channels.
/// `floatProduct`: with one scale for the whole filter, input scale times filter scale is rounded to float before the
/// factor is computed in double (FULLY_CONNECTED and uint8 in TFLite); otherwise all is double.
Result<LinearLayer> makeLinearLayer(const LayerTensors &tensors, Activation activation, int outChannels,
                                    int channelAxis, bool floatProduct);

/// The value of a filter's element that is multiplied: a float, or an integer less its zero point.
float filterValue(const Tensor &filter, const LinearLayer &layer, std::size_t index);

} // namespace espalier
