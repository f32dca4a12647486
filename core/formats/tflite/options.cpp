// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/formats/tflite/options.h"

namespace espalier::tflite {

namespace {

/// Collects what is wrong with an operator's settings while they are translated.
struct Reading
{
    const wire::Operator &op;
    std::string problem = {};

    /// The settings as the format's own class; defaults where the file has none.
    template <class Native>
    Native as()
    {
        using Table = typename Native::TableType;
        constexpr auto wanted = wire::BuiltinOptionsTraits<Table>::enum_value;
        Native native;
        if (op.builtin_options_type() == wanted && op.builtin_options())
            static_cast<const Table *>(op.builtin_options())->UnPackTo(&native);
        else if (op.builtin_options_type() != wire::BuiltinOptions::NONE && op.builtin_options())
            problem = "has the settings of another operator";
        return native;
    }

    Padding padding(wire::Padding padding)
    {
        if (padding != wire::Padding::SAME && padding != wire::Padding::VALID)
            problem = "has the unknown padding " + std::to_string(int(padding));
        return padding == wire::Padding::VALID ? Padding::valid : Padding::same;
    }

    Activation activation(wire::ActivationFunctionType activation)
    {
        if (activation < wire::ActivationFunctionType::MIN || activation > wire::ActivationFunctionType::MAX)
            problem = "has the unknown activation " + std::to_string(int(activation));
        return Activation(activation);
    }
};

/// Both sides count alike, which the casts rely on.
static_assert(int(Activation::signBit) == int(wire::ActivationFunctionType::SIGN_BIT));
static_assert(int(Activation::relu6) == int(wire::ActivationFunctionType::RELU6));
static_assert(int(Padding::valid) == int(wire::Padding::VALID));
static_assert(int(DType::uint4) == int(wire::TensorType::UINT4));

template <class Native>
ArithmeticOptions arithmetic(Reading &in)
{
    const auto t = in.as<Native>();
    // Without settings TFLite takes this one as false, though its default is true.
    return {in.activation(t.fused_activation_function), t.pot_scale_int16 && in.op.builtin_options() != nullptr};
}

OpOptions translate(OpKind kind, Reading &in)
{
    switch (kind) {
    case OpKind::conv2D: {
        const auto t = in.as<wire::Conv2DOptionsT>();
        return Conv2DOptions{
            in.padding(t.padding),       t.stride_h,          t.stride_w,
            t.dilation_h_factor,         t.dilation_w_factor, in.activation(t.fused_activation_function),
            DType(t.quantized_bias_type)};
    }
    case OpKind::depthwiseConv2D: {
        const auto t = in.as<wire::DepthwiseConv2DOptionsT>();
        return DepthwiseConv2DOptions{in.padding(t.padding),
                                      t.stride_h,
                                      t.stride_w,
                                      t.dilation_h_factor,
                                      t.dilation_w_factor,
                                      t.depth_multiplier,
                                      in.activation(t.fused_activation_function)};
    }
    case OpKind::transposeConv: {
        const auto t = in.as<wire::TransposeConvOptionsT>();
        return TransposeConvOptions{in.padding(t.padding), t.stride_h, t.stride_w,
                                    in.activation(t.fused_activation_function), DType(t.quantized_bias_type)};
    }
    case OpKind::fullyConnected: {
        const auto t = in.as<wire::FullyConnectedOptionsT>();
        return FullyConnectedOptions{in.activation(t.fused_activation_function), std::int8_t(t.weights_format),
                                     t.keep_num_dims, t.asymmetric_quantize_inputs, DType(t.quantized_bias_type)};
    }
    case OpKind::averagePool2D:
    case OpKind::maxPool2D: {
        const auto t = in.as<wire::Pool2DOptionsT>();
        return Pool2DOptions{in.padding(t.padding), t.stride_h,     t.stride_w,
                             t.filter_height,       t.filter_width, in.activation(t.fused_activation_function)};
    }
    case OpKind::add:
        return arithmetic<wire::AddOptionsT>(in);
    case OpKind::sub:
        return arithmetic<wire::SubOptionsT>(in);
    case OpKind::mul:
        return ArithmeticOptions{in.activation(in.as<wire::MulOptionsT>().fused_activation_function), true};
    case OpKind::concatenation: {
        const auto t = in.as<wire::ConcatenationOptionsT>();
        return ConcatenationOptions{t.axis, in.activation(t.fused_activation_function)};
    }
    case OpKind::reshape:
        return ReshapeOptions{in.as<wire::ReshapeOptionsT>().new_shape};
    case OpKind::squeeze:
        return SqueezeOptions{in.as<wire::SqueezeOptionsT>().squeeze_dims};
    case OpKind::softmax:
        return SoftmaxOptions{in.as<wire::SoftmaxOptionsT>().beta};
    case OpKind::leakyRelu:
        return LeakyReluOptions{in.as<wire::LeakyReluOptionsT>().alpha};
    case OpKind::mean:
        return ReduceOptions{in.as<wire::ReducerOptionsT>().keep_dims};
    case OpKind::stridedSlice: {
        const auto t = in.as<wire::StridedSliceOptionsT>();
        return StridedSliceOptions{t.begin_mask,    t.end_mask,         t.ellipsis_mask,
                                   t.new_axis_mask, t.shrink_axis_mask, t.offset};
    }
    case OpKind::split:
        return SplitOptions{in.as<wire::SplitOptionsT>().num_splits};
    case OpKind::pack: {
        const auto t = in.as<wire::PackOptionsT>();
        return PackOptions{t.values_count, t.axis};
    }
    case OpKind::unpack: {
        const auto t = in.as<wire::UnpackOptionsT>();
        return UnpackOptions{t.num, t.axis};
    }
    case OpKind::resizeBilinear: {
        const auto t = in.as<wire::ResizeBilinearOptionsT>();
        return ResizeOptions{t.align_corners, t.half_pixel_centers};
    }
    case OpKind::resizeNearestNeighbor: {
        const auto t = in.as<wire::ResizeNearestNeighborOptionsT>();
        return ResizeOptions{t.align_corners, t.half_pixel_centers};
    }
    case OpKind::dequantize:
    case OpKind::logistic:
    case OpKind::relu:
    case OpKind::relu6:
    case OpKind::tanh:
    case OpKind::pad:
    case OpKind::transpose:
    case OpKind::prelu:
    case OpKind::maximum:
    case OpKind::minimum:
    case OpKind::padV2:
    case OpKind::slice:
    case OpKind::expandDims:
    case OpKind::quantize:
    case OpKind::hardSwish:
    case OpKind::other:
        break;
    }
    return std::monostate();
}

template <class Native>
wire::BuiltinOptionsUnion unionOf(Native native)
{
    wire::BuiltinOptionsUnion result;
    result.Set(std::move(native));
    return result;
}

auto wirePadding(Padding padding)
{
    return wire::Padding(padding);
}
auto wireActivation(Activation activation)
{
    return wire::ActivationFunctionType(activation);
}
auto wireType(DType type)
{
    return wire::TensorType(type);
}

wire::BuiltinOptionsUnion translate(const Operator &, const Conv2DOptions &o)
{
    wire::Conv2DOptionsT t;
    t.padding = wirePadding(o.padding);
    t.stride_h = o.strideH;
    t.stride_w = o.strideW;
    t.dilation_h_factor = o.dilationH;
    t.dilation_w_factor = o.dilationW;
    t.fused_activation_function = wireActivation(o.activation);
    t.quantized_bias_type = wireType(o.quantizedBiasType);
    return unionOf(std::move(t));
}

wire::BuiltinOptionsUnion translate(const Operator &, const DepthwiseConv2DOptions &o)
{
    wire::DepthwiseConv2DOptionsT t;
    t.padding = wirePadding(o.padding);
    t.stride_h = o.strideH;
    t.stride_w = o.strideW;
    t.dilation_h_factor = o.dilationH;
    t.dilation_w_factor = o.dilationW;
    t.depth_multiplier = o.depthMultiplier;
    t.fused_activation_function = wireActivation(o.activation);
    return unionOf(std::move(t));
}

wire::BuiltinOptionsUnion translate(const Operator &, const TransposeConvOptions &o)
{
    wire::TransposeConvOptionsT t;
    t.padding = wirePadding(o.padding);
    t.stride_h = o.strideH;
    t.stride_w = o.strideW;
    t.fused_activation_function = wireActivation(o.activation);
    t.quantized_bias_type = wireType(o.quantizedBiasType);
    return unionOf(std::move(t));
}

wire::BuiltinOptionsUnion translate(const Operator &, const FullyConnectedOptions &o)
{
    wire::FullyConnectedOptionsT t;
    t.fused_activation_function = wireActivation(o.activation);
    t.weights_format = wire::FullyConnectedOptionsWeightsFormat(o.weightsFormat);
    t.keep_num_dims = o.keepNumDims;
    t.asymmetric_quantize_inputs = o.asymmetricQuantizeInputs;
    t.quantized_bias_type = wireType(o.quantizedBiasType);
    return unionOf(std::move(t));
}

wire::BuiltinOptionsUnion translate(const Operator &, const Pool2DOptions &o)
{
    wire::Pool2DOptionsT t;
    t.padding = wirePadding(o.padding);
    t.stride_h = o.strideH;
    t.stride_w = o.strideW;
    t.filter_height = o.filterH;
    t.filter_width = o.filterW;
    t.fused_activation_function = wireActivation(o.activation);
    return unionOf(std::move(t));
}

wire::BuiltinOptionsUnion translate(const Operator &op, const ArithmeticOptions &o)
{
    const auto scaled = [&](auto t) {
        t.fused_activation_function = wireActivation(o.activation);
        t.pot_scale_int16 = o.potScaleInt16;
        return unionOf(std::move(t));
    };
    if (op.kind == OpKind::add)
        return scaled(wire::AddOptionsT());
    if (op.kind == OpKind::sub)
        return scaled(wire::SubOptionsT());
    wire::MulOptionsT t;
    t.fused_activation_function = wireActivation(o.activation);
    return unionOf(std::move(t));
}

wire::BuiltinOptionsUnion translate(const Operator &, const ConcatenationOptions &o)
{
    wire::ConcatenationOptionsT t;
    t.axis = o.axis;
    t.fused_activation_function = wireActivation(o.activation);
    return unionOf(std::move(t));
}

wire::BuiltinOptionsUnion translate(const Operator &, const ReshapeOptions &o)
{
    wire::ReshapeOptionsT t;
    t.new_shape = o.newShape;
    return unionOf(std::move(t));
}

wire::BuiltinOptionsUnion translate(const Operator &, const SqueezeOptions &o)
{
    wire::SqueezeOptionsT t;
    t.squeeze_dims = o.axes;
    return unionOf(std::move(t));
}

wire::BuiltinOptionsUnion translate(const Operator &, const SoftmaxOptions &o)
{
    wire::SoftmaxOptionsT t;
    t.beta = o.beta;
    return unionOf(std::move(t));
}

wire::BuiltinOptionsUnion translate(const Operator &, const LeakyReluOptions &o)
{
    wire::LeakyReluOptionsT t;
    t.alpha = o.alpha;
    return unionOf(std::move(t));
}

wire::BuiltinOptionsUnion translate(const Operator &, const ReduceOptions &o)
{
    wire::ReducerOptionsT t;
    t.keep_dims = o.keepDims;
    return unionOf(std::move(t));
}

wire::BuiltinOptionsUnion translate(const Operator &, const StridedSliceOptions &o)
{
    wire::StridedSliceOptionsT t;
    t.begin_mask = o.beginMask;
    t.end_mask = o.endMask;
    t.ellipsis_mask = o.ellipsisMask;
    t.new_axis_mask = o.newAxisMask;
    t.shrink_axis_mask = o.shrinkAxisMask;
    t.offset = o.offset;
    return unionOf(std::move(t));
}

wire::BuiltinOptionsUnion translate(const Operator &, const SplitOptions &o)
{
    wire::SplitOptionsT t;
    t.num_splits = o.splits;
    return unionOf(std::move(t));
}

wire::BuiltinOptionsUnion translate(const Operator &, const PackOptions &o)
{
    wire::PackOptionsT t;
    t.values_count = o.count;
    t.axis = o.axis;
    return unionOf(std::move(t));
}

wire::BuiltinOptionsUnion translate(const Operator &, const UnpackOptions &o)
{
    wire::UnpackOptionsT t;
    t.num = o.count;
    t.axis = o.axis;
    return unionOf(std::move(t));
}

wire::BuiltinOptionsUnion translate(const Operator &op, const ResizeOptions &o)
{
    const auto filled = [&](auto t) {
        t.align_corners = o.alignCorners;
        t.half_pixel_centers = o.halfPixelCenters;
        return unionOf(std::move(t));
    };
    return op.kind == OpKind::resizeBilinear ? filled(wire::ResizeBilinearOptionsT())
                                             : filled(wire::ResizeNearestNeighborOptionsT());
}

/// Operators without settings: the empty table that TFLite's converter writes for them.
wire::BuiltinOptionsUnion translate(const Operator &op, std::monostate)
{
    switch (op.kind) {
    case OpKind::dequantize:
        return unionOf(wire::DequantizeOptionsT());
    case OpKind::pad:
        return unionOf(wire::PadOptionsT());
    case OpKind::padV2:
        return unionOf(wire::PadV2OptionsT());
    case OpKind::transpose:
        return unionOf(wire::TransposeOptionsT());
    case OpKind::maximum:
    case OpKind::minimum:
        return unionOf(wire::MaximumMinimumOptionsT());
    case OpKind::slice:
        return unionOf(wire::SliceOptionsT());
    case OpKind::expandDims:
        return unionOf(wire::ExpandDimsOptionsT());
    case OpKind::quantize:
        return unionOf(wire::QuantizeOptionsT());
    case OpKind::hardSwish:
        return unionOf(wire::HardSwishOptionsT());
    default:
        return {};
    }
}

} // namespace

Result<OpOptions> readOptions(OpKind kind, const wire::Operator &op)
{
    Reading reading{op};
    OpOptions options = translate(kind, reading);
    if (!reading.problem.empty())
        return unusableInput(reading.problem);
    return options;
}

wire::BuiltinOptionsUnion writeOptions(const Operator &op)
{
    return std::visit([&](const auto &options) { return translate(op, options); }, op.options);
}

} // namespace espalier::tflite
