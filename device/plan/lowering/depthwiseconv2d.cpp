// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "device/plan/lowering/clustered.h"
#include "device/plan/lowering/dsp/linear.h"
#include "device/plan/lowering/thumb/linear.h"

namespace espalier::device {

namespace {

Result<void> lowerDepthwise(PlanBuilder &builder, const Operator &op)
{
    const auto &options = op.as<DepthwiseConv2DOptions>();
    const TensorId inputId = op.input(0), filterId = op.input(1), biasId = op.input(2);
    const Tensor &input = builder.tensor(inputId), &filter = builder.tensor(filterId),
                 &output = builder.tensor(op.outputs[0]);
    if (!builder.isConstant(filterId) || (biasId.valid() && !builder.isConstant(biasId)))
        return failed("the filter or the bias is not a constant");

    const Window rows{input.shape[1],    filter.shape[1], options.strideH,
                      options.dilationH, output.shape[1], options.padding};
    const Window columns{input.shape[2],    filter.shape[2], options.strideW,
                         options.dilationW, output.shape[2], options.padding};
    const ConvolutionGeometry geometry{input,
                                       filter,
                                       output,
                                       options.strideH,
                                       options.strideW,
                                       options.dilationH,
                                       options.dilationW,
                                       rows.before(),
                                       columns.before(),
                                       filter.shape[3] / input.shape[3]};

    if (lowerDspDepthwise(builder, op, geometry) || lowerDspWideDepthwise(builder, op, geometry) ||
        lowerThumbDepthwise(builder, op, geometry) || lowerThumbWideDepthwise(builder, op, geometry))
        return {};
    if (isQuantized(input.type)) {
        const ChannelMultipliers multipliers =
            channelMultipliers(builder, input, filter, output, input.type == DType::uint8);
        const auto channels = std::size_t(filter.shape[3]);
        const PlanRef bias = foldedBias(builder, inputId, filterId, biasId, filter.shape[3],
                                        [=](std::size_t i) { return i % channels; });
        const bool isInt4 = builder.stored(filterId).type == DType::int4;
        const std::optional<PlanRef> clustered =
            input.type == DType::int8 ? clusteredConstant(builder, "filter", filterId) : std::nullopt;
        const QuantizedRange range = activationRange(options.activation, output);
        PlanStep &step = builder.call("espalier/depthwiseconv2d.h",
                                      clustered ? "depthwiseConv2dClusteredQuantized"
                                      : isInt4  ? "depthwiseConv2dInt4"
                                                : "depthwiseConv2dQuantized",
                                      "ConvolutionLayer");
        describeQuantized(step, geometry, range, multipliers.perChannel);
        step.arguments = {builder.input(inputId),
                          clustered ? *clustered : builder.constant("filter", filterId),
                          bias,
                          multipliers.multiplier,
                          multipliers.shift,
                          builder.output(op.outputs[0])};
        builder.mayOverlap(inputId, op.outputs[0], rasterLead(geometry));
        return {};
    }
    if (builder.stored(filterId).type == DType::int8) {
        const PlanRef scratch = builder.scratch(DType::int8, input.elements() / std::size_t(input.shape[0]));
        const PlanRef weightsRef = builder.constant("filter", filterId), scales = weightScales(builder, filter);
        const PlanRef bias = biasId.valid() ? builder.constant("bias", biasId) : scales;
        PlanStep &step = builder.call("espalier/hybrid.h", "depthwiseConv2dHybrid", "ConvolutionLayer");
        describeFloat(step, geometry, {filter.quantization.perChannel(), true, biasId.valid(), options.activation});
        step.arguments = {builder.input(inputId), weightsRef, scales, bias, scratch, builder.output(op.outputs[0])};
        return {};
    }
    const std::optional<PlanRef> clustered = clusteredConstant(builder, "filter", filterId);
    PlanStep &step =
        builder.call("espalier/depthwiseconv2d.h", clustered ? "depthwiseConv2dClusteredFloat" : "depthwiseConv2dFloat",
                     "ConvolutionLayer");
    describeFloat(step, geometry, {.hasBias = biasId.valid(), .activation = options.activation});
    if (clustered) {
        step.arguments = {builder.input(inputId), *clustered, biasOrNone(builder, biasId),
                          builder.output(op.outputs[0])};
    } else {
        const PlanRef filterRef = builder.constant("filter", filterId);
        step.arguments = {builder.input(inputId), filterRef,
                          biasId.valid() ? builder.constant("bias", biasId) : filterRef, builder.output(op.outputs[0])};
    }
    builder.mayOverlap(inputId, op.outputs[0], rasterLead(geometry));
    return {};
}

} // namespace

extern const Lowering depthwiseConv2DLowering;
const Lowering depthwiseConv2DLowering = {OpKind::depthwiseConv2D, lowerDepthwise};

} // namespace espalier::device
