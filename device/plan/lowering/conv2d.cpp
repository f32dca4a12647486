// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "device/plan/lowering/binary.h"
#include "device/plan/lowering/clustered.h"
#include "device/plan/lowering/dsp/linear.h"
#include "device/plan/lowering/grouped.h"
#include "device/plan/lowering/sparsefloat.h"
#include "device/plan/lowering/thumb/linear.h"

#include <espalier/clustered.h>

namespace espalier::device {

namespace {

Result<void> lowerConv2D(PlanBuilder &builder, const Operator &op)
{
    const auto &options = op.as<Conv2DOptions>();
    const TensorId inputId = op.input(0), filterId = op.input(1), biasId = op.input(2);
    const Tensor &input = builder.tensor(inputId), &filter = builder.tensor(filterId),
                 &output = builder.tensor(op.outputs[0]);
    if (!builder.isConstant(filterId) || (biasId.valid() && !builder.isConstant(biasId)))
        return failed("the filter or the bias is not a constant");

    const Window rows{input.shape[1],    filter.shape[1], options.strideH,
                      options.dilationH, output.shape[1], options.padding};
    const Window columns{input.shape[2],    filter.shape[2], options.strideW,
                         options.dilationW, output.shape[2], options.padding};
    const ConvolutionGeometry geometry{
        input,         filter,           output, options.strideH, options.strideW, options.dilationH, options.dilationW,
        rows.before(), columns.before(), 1};

    if (lowerBinaryConvolution(builder, op, geometry) || lowerDspConvolution(builder, op, geometry) ||
        lowerDspWideConvolution(builder, op, geometry) || lowerThumbConvolution(builder, op, geometry) ||
        lowerThumbWideConvolution(builder, op, geometry))
        return {};
    if (isQuantized(input.type)) {
        const ChannelMultipliers multipliers =
            channelMultipliers(builder, input, filter, output, input.type == DType::uint8);
        const std::size_t weightsOfOutput = filter.elements() / std::size_t(filter.shape[0]);
        const PlanRef bias = foldedBias(builder, inputId, filterId, biasId, filter.shape[0],
                                        [=](std::size_t i) { return i / weightsOfOutput; });
        const bool isInt4 = builder.stored(filterId).type == DType::int4;
        const std::optional<UnpackedConstant> unpacked =
            input.type == DType::int8 ? unpackedConstant(builder, "filter", filterId) : std::nullopt;
        const QuantizedRange range = activationRange(options.activation, output);
        PlanStep &step = builder.call("espalier/conv2d.h",
                                      unpacked ? "conv2d" + unpacked->form + "Quantized"
                                      : isInt4 ? "conv2dInt4"
                                               : "conv2dQuantized",
                                      "ConvolutionLayer");
        describeQuantized(step, geometry, range, multipliers.perChannel);
        step.arguments = {builder.input(inputId),
                          unpacked ? unpacked->table : builder.constant("filter", filterId),
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
        PlanStep &step = builder.call("espalier/hybrid.h", "conv2dHybrid", "ConvolutionLayer");
        // TFLite has two hybrid convolutions: that for one filter scale quantizes symmetrically.
        const bool perChannel = filter.quantization.perChannel();
        describeFloat(step, geometry, {perChannel, perChannel, biasId.valid(), options.activation});
        step.arguments = {builder.input(inputId), weightsRef, scales, bias, scratch, builder.output(op.outputs[0])};
        return {};
    }
    if (lowerSparseFloatConvolution(builder, op, geometry))
        return {};
    if (const std::optional<PlanRef> clustered = clusteredConstant(builder, "filter", filterId)) {
        const PlanRef scratch = builder.scratch(DType::float32, filter.elements() / std::size_t(filter.shape[0]) * 4);
        const PlanRef bias = biasOrNone(builder, biasId);
        PlanStep &step = builder.call("espalier/conv2d.h", "conv2dClusteredFloat", "ConvolutionLayer");
        describeFloat(step, geometry, {.hasBias = biasId.valid(), .activation = options.activation});
        step.arguments = {builder.input(inputId), *clustered, bias, scratch, builder.output(op.outputs[0])};
        builder.mayOverlap(inputId, op.outputs[0], groupLead(geometry, rt::clusteredPixels));
        return {};
    }
    PlanStep &step = builder.call("espalier/conv2d.h", "conv2dFloat", "ConvolutionLayer");
    describeFloat(step, geometry, {.hasBias = biasId.valid(), .activation = options.activation});
    const PlanRef filterRef = builder.constant("filter", filterId);
    step.arguments = {builder.input(inputId), filterRef, biasId.valid() ? builder.constant("bias", biasId) : filterRef,
                      builder.output(op.outputs[0])};
    // The second of two pixels that are made together is written while the first one's window is still read.
    const std::size_t pixelBytes = byteCount(output.type, std::size_t(output.shape[3]));
    builder.mayOverlap(inputId, op.outputs[0], rasterLead(geometry) + pixelBytes);
    return {};
}

} // namespace

extern const Lowering conv2DLowering;
const Lowering conv2DLowering = {OpKind::conv2D, lowerConv2D};

} // namespace espalier::device
