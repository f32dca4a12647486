// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/graph/tensor.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace espalier {

/// The operators that the graph understands. `other` opens for inspection and nothing else.
enum class OpKind : std::uint8_t {
#define OPERATOR(kind, builtin, name) kind,
#include "core/graph/operators.def"
#undef OPERATOR
    other,
};

enum class Padding : std::uint8_t { same, valid };
enum class Activation : std::uint8_t { none, relu, reluN1To1, relu6, tanh, signBit };

struct Conv2DOptions
{
    Padding padding = Padding::same;
    std::int32_t strideH = 1, strideW = 1, dilationH = 1, dilationW = 1;
    Activation activation = Activation::none;
    DType quantizedBiasType = DType::float32; ///< float32 means not given
    bool operator==(const Conv2DOptions &) const = default;
};
struct DepthwiseConv2DOptions
{
    Padding padding = Padding::same;
    std::int32_t strideH = 1, strideW = 1, dilationH = 1, dilationW = 1;
    std::int32_t depthMultiplier = 1;
    Activation activation = Activation::none;
    bool operator==(const DepthwiseConv2DOptions &) const = default;
};
struct TransposeConvOptions
{
    Padding padding = Padding::same;
    std::int32_t strideH = 1, strideW = 1;
    Activation activation = Activation::none;
    DType quantizedBiasType = DType::float32;
    bool operator==(const TransposeConvOptions &) const = default;
};
struct FullyConnectedOptions
{
    Activation activation = Activation::none;
    std::int8_t weightsFormat = 0; ///< 0 plain; anything else is not run
    bool keepNumDims = false;
    bool asymmetricQuantizeInputs = false; ///< hybrid only: quantize the run-time input with a zero point
    DType quantizedBiasType = DType::float32;
    bool operator==(const FullyConnectedOptions &) const = default;
};
struct Pool2DOptions
{
    Padding padding = Padding::same;
    std::int32_t strideH = 1, strideW = 1, filterH = 1, filterW = 1;
    Activation activation = Activation::none;
    bool operator==(const Pool2DOptions &) const = default;
};
/// ADD, SUB, MUL.
struct ArithmeticOptions
{
    Activation activation = Activation::none;
    bool potScaleInt16 = true;
    bool operator==(const ArithmeticOptions &) const = default;
};
struct ConcatenationOptions
{
    std::int32_t axis = 0;
    Activation activation = Activation::none;
    bool operator==(const ConcatenationOptions &) const = default;
};
struct ReshapeOptions
{
    Shape newShape; ///< used where there is no second input
    bool operator==(const ReshapeOptions &) const = default;
};
struct SqueezeOptions
{
    std::vector<std::int32_t> axes;
    bool operator==(const SqueezeOptions &) const = default;
};
struct SoftmaxOptions
{
    float beta = 1;
    bool operator==(const SoftmaxOptions &) const = default;
};
struct LeakyReluOptions
{
    float alpha = 0;
    bool operator==(const LeakyReluOptions &) const = default;
};
/// MEAN and the other reductions.
struct ReduceOptions
{
    bool keepDims = false;
    bool operator==(const ReduceOptions &) const = default;
};
struct StridedSliceOptions
{
    std::int32_t beginMask = 0, endMask = 0, ellipsisMask = 0, newAxisMask = 0, shrinkAxisMask = 0;
    bool offset = false;
    bool operator==(const StridedSliceOptions &) const = default;
};
struct SplitOptions
{
    std::int32_t splits = 0;
    bool operator==(const SplitOptions &) const = default;
};
struct PackOptions
{
    std::int32_t count = 0, axis = 0;
    bool operator==(const PackOptions &) const = default;
};
struct UnpackOptions
{
    std::int32_t count = 0, axis = 0;
    bool operator==(const UnpackOptions &) const = default;
};
/// RESIZE_BILINEAR, RESIZE_NEAREST_NEIGHBOR.
struct ResizeOptions
{
    bool alignCorners = false, halfPixelCenters = false;
    bool operator==(const ResizeOptions &) const = default;
};

/// std::monostate: the operator has no settings, or the graph does not know them (see Operator::payload).
using OpOptions = std::variant<std::monostate, Conv2DOptions, DepthwiseConv2DOptions, TransposeConvOptions,
                               FullyConnectedOptions, Pool2DOptions, ArithmeticOptions, ConcatenationOptions,
                               ReshapeOptions, SqueezeOptions, SoftmaxOptions, LeakyReluOptions, ReduceOptions,
                               StridedSliceOptions, SplitOptions, PackOptions, UnpackOptions, ResizeOptions>;

/// One step of a graph.
struct Operator
{
    OpKind kind = OpKind::other;
    std::string typeName;         ///< "CONV_2D", or a custom operator's own name
    std::int32_t builtinCode = 0; ///< TFLite's number; 32 is CUSTOM
    std::int32_t version = 1;
    std::vector<TensorId> inputs; ///< TensorId::none where an optional one is absent
    std::vector<TensorId> outputs;
    std::vector<TensorId> intermediates;
    OpOptions options;
    std::shared_ptr<const FormatPayload> payload;

    bool isCustom() const { return builtinCode == 32; }
    TensorId input(std::size_t i) const { return i < inputs.size() ? inputs[i] : TensorId::none; }
    template <class T>
    const T &as() const
    {
        return std::get<T>(options);
    }
};

/// TFLite's name of a kind ("CONV_2D") and its number.
std::string_view typeName(OpKind kind);
std::int32_t builtinCode(OpKind kind);
/// The kind with this TFLite number, or OpKind::other.
OpKind kindOfBuiltin(std::int32_t builtinCode);

/// The activation that an operator has fused, to be changed; null where its kind has none.
Activation *fusedActivation(Operator &op);

} // namespace espalier
