// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "device/plan/lowering/support.h"

namespace espalier::device {

namespace {

Result<void> lowerTransposeConv(PlanBuilder &builder, const Operator &op)
{
    const auto &options = op.as<TransposeConvOptions>();
    const TensorId inputId = op.input(2), filterId = op.input(1), biasId = op.input(3);
    const Tensor &input = builder.tensor(inputId), &filter = builder.tensor(filterId),
                 &output = builder.tensor(op.outputs[0]);
    if (!builder.isConstant(filterId) || (biasId.valid() && !builder.isConstant(biasId)))
        return failed("the filter or the bias is not a constant");

    // Padding is that of the convolution from this output to this input.
    const Window rows{output.shape[1], filter.shape[1], options.strideH, 1, input.shape[1], options.padding};
    const Window columns{output.shape[2], filter.shape[2], options.strideW, 1, input.shape[2], options.padding};
    const ConvolutionGeometry geometry{input, filter, output,        options.strideH,  options.strideW,
                                       1,     1,      rows.before(), columns.before(), 1};

    const PlanRef filterRef = builder.constant("filter", filterId);
    if (isQuantized(input.type)) {
        const ChannelMultipliers multipliers =
            channelMultipliers(builder, input, filter, output, input.type == DType::uint8);
        const PlanRef bias =
            biasId.valid() ? builder.constant("bias", biasId) : zeroBias(builder, inputId, filter.shape[0]);
        const QuantizedRange range = activationRange(options.activation, output);
        PlanStep &step = builder.call("espalier/transposeconv.h", "transposeConvQuantized", "ConvolutionLayer");
        describeQuantized(step, geometry, range, multipliers.perChannel);
        step.arguments = {builder.input(inputId), filterRef,         bias,
                          multipliers.multiplier, multipliers.shift, builder.output(op.outputs[0])};
        return {};
    }
    PlanStep &step = builder.call("espalier/transposeconv.h", "transposeConvFloat", "ConvolutionLayer");
    describeFloat(step, geometry, {.hasBias = biasId.valid(), .activation = options.activation});
    step.arguments = {builder.input(inputId), filterRef, biasId.valid() ? builder.constant("bias", biasId) : filterRef,
                      builder.output(op.outputs[0])};
    return {};
}

} // namespace

extern const Lowering transposeConvLowering;
const Lowering transposeConvLowering = {OpKind::transposeConv, lowerTransposeConv};

} // namespace espalier::device
