// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "device/plan/lowering/binary.h"
#include "device/plan/lowering/clustered.h"
#include "device/plan/lowering/dsp/linear.h"
#include "device/plan/lowering/grouped.h"
#include "device/plan/lowering/sparsefloat.h"
#include "device/plan/lowering/thumb/linear.h"

namespace espalier::device {

namespace {

Result<void> lowerFullyConnected(PlanBuilder &builder, const Operator &op)
{
    const auto &options = op.as<FullyConnectedOptions>();
    const TensorId inputId = op.input(0), weightsId = op.input(1), biasId = op.input(2);
    const Tensor &input = builder.tensor(inputId), &weights = builder.tensor(weightsId),
                 &output = builder.tensor(op.outputs[0]);
    if (!builder.isConstant(weightsId) || (biasId.valid() && !builder.isConstant(biasId)))
        return failed("the weights or the bias are not constants");
    const std::int32_t outputs = weights.shape[0], inputs = weights.shape[1];

    FullyConnectedDescription layer;
    layer.rows = std::int64_t(input.elements()) / inputs;
    layer.inputs = inputs;
    layer.outputs = outputs;
    layer.hasBias = biasId.valid();
    layer.activation = options.activation;

    if (lowerBinaryFullyConnected(builder, op) || lowerDspFullyConnected(builder, op) ||
        lowerDspWideFullyConnected(builder, op) || lowerThumbFullyConnected(builder, op) ||
        lowerThumbWideFullyConnected(builder, op))
        return {};
    if (isQuantized(input.type)) {
        const ChannelMultipliers multipliers = channelMultipliers(builder, input, weights, output, true);
        const auto rowLength = std::size_t(inputs);
        const PlanRef bias =
            foldedBias(builder, inputId, weightsId, biasId, outputs, [=](std::size_t i) { return i / rowLength; });
        const bool isInt4 = builder.stored(weightsId).type == DType::int4;
        const std::optional<UnpackedConstant> unpacked =
            input.type == DType::int8 ? unpackedConstant(builder, "weights", weightsId) : std::nullopt;
        const QuantizedRange range = activationRange(options.activation, output);
        PlanStep &step = builder.call("espalier/fullyconnected.h",
                                      unpacked ? "fullyConnected" + unpacked->form + "Quantized"
                                      : isInt4 ? "fullyConnectedInt4"
                                               : "fullyConnectedQuantized",
                                      "FullyConnectedLayer");
        layer.filterZeroPoint = zeroPoint(weights);
        layer.outputZeroPoint = zeroPoint(output);
        layer.range = range;
        layer.perChannel = multipliers.perChannel;
        describeFullyConnected(step, layer);
        step.arguments = {builder.input(inputId),
                          unpacked ? unpacked->table : builder.constant("weights", weightsId),
                          bias,
                          multipliers.multiplier,
                          multipliers.shift,
                          builder.output(op.outputs[0])};
        return {};
    }
    if (builder.stored(weightsId).type == DType::int8) {
        const PlanRef scratch = builder.scratch(DType::int8, std::size_t(inputs));
        const PlanRef weightsRef = builder.constant("weights", weightsId), scales = weightScales(builder, weights);
        const PlanRef bias = biasId.valid() ? builder.constant("bias", biasId) : scales;
        PlanStep &step = builder.call("espalier/hybrid.h", "fullyConnectedHybrid", "FullyConnectedLayer");
        layer.perChannel = weights.quantization.perChannel();
        layer.asymmetric = options.asymmetricQuantizeInputs;
        describeFullyConnected(step, layer);
        step.arguments = {builder.input(inputId), weightsRef, scales, bias, scratch, builder.output(op.outputs[0])};
        return {};
    }
    if (lowerSparseFloatFullyConnected(builder, op))
        return {};
    const std::optional<PlanRef> clustered = clusteredConstant(builder, "weights", weightsId);
    PlanStep &step =
        builder.call("espalier/fullyconnected.h", clustered ? "fullyConnectedClusteredFloat" : "fullyConnectedFloat",
                     "FullyConnectedLayer");
    describeFullyConnected(step, layer);
    if (clustered) {
        step.arguments = {builder.input(inputId), *clustered, biasOrNone(builder, biasId),
                          builder.output(op.outputs[0])};
        return {};
    }
    const PlanRef weightsRef = builder.constant("weights", weightsId);
    step.arguments = {builder.input(inputId), weightsRef,
                      biasId.valid() ? builder.constant("bias", biasId) : weightsRef, builder.output(op.outputs[0])};
    return {};
}

} // namespace

extern const Lowering fullyConnectedLowering;
const Lowering fullyConnectedLowering = {OpKind::fullyConnected, lowerFullyConnected};

} // namespace espalier::device
