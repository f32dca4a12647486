// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Operators on single values: activations, QUANTIZE, DEQUANTIZE.
#include "device/plan/lowering/hostprobe.h"
#include "device/plan/lowering/support.h"

namespace espalier::device {

namespace {

Result<void> lowerTable(PlanBuilder &builder, const Operator &op)
{
    const auto table = resultsForAllBytes(builder, op);
    if (!table)
        return table.error();
    const PlanRef constant = builder.constant("table", "results for all inputs", builder.tensor(op.outputs[0]).type,
                                              std::make_shared<const Bytes>(*table));
    PlanStep &step = builder.call("espalier/lookup.h", "lookup", "ElementsLayer");
    Settings(step).add("elements", std::int64_t(builder.tensor(op.input(0)).elements()));
    step.arguments = {builder.input(op.input(0)), constant, builder.output(op.outputs[0])};
    builder.mayOverlap(op.input(0), op.outputs[0]);
    return {};
}

Result<void> lowerUnary(PlanBuilder &builder, const Operator &op)
{
    const Tensor &input = builder.tensor(op.input(0)), &output = builder.tensor(op.outputs[0]);
    if (isQuantized8(input.type) && isQuantized8(output.type))
        return lowerTable(builder, op);
    PlanStep &step = builder.call("espalier/unary.h", "", "ElementsLayer");
    Settings settings(step);
    settings.add("elements", std::int64_t(input.elements()));
    switch (op.kind) {
    case OpKind::logistic:
        step.function = "logisticFloat";
        break;
    case OpKind::tanh:
        step.function = "tanhFloat";
        break;
    case OpKind::relu:
        step.function = "reluFloat";
        step.layer = "ActivationLayer";
        settings.add("activation", activationNumber(Activation::relu));
        break;
    case OpKind::relu6:
        step.function = "reluFloat";
        step.layer = "ActivationLayer";
        settings.add("activation", activationNumber(Activation::relu6));
        break;
    case OpKind::leakyRelu:
        step.function = "leakyReluFloat";
        step.layer = "LeakyReluLayer";
        settings.addReal("alpha", op.as<LeakyReluOptions>().alpha);
        break;
    case OpKind::hardSwish:
        step.function = "hardSwishFloat";
        break;
    case OpKind::quantize:
        if (input.type != DType::float32 || !isQuantized8(output.type))
            return failed("it converts " + std::string(name(input.type)) + " to " + std::string(name(output.type)));
        step.function = "quantizeFloat";
        step.layer = "QuantizeLayer";
        settings.addReal("scale", scale(output)).add("zeroPoint", zeroPoint(output));
        settings.add("low", output.type == DType::uint8 ? 0 : -128)
            .add("high", output.type == DType::uint8 ? 255 : 127);
        break;
    default:
        if (!isQuantized8(input.type))
            return failed("it converts run-time values of type " + std::string(name(input.type)));
        step.function = "dequantize";
        step.layer = "DequantizeLayer";
        settings.addReal("scale", scale(input)).add("zeroPoint", zeroPoint(input));
    }
    if (op.kind != OpKind::dequantize && input.type != DType::float32)
        return failed("its values are of type " + std::string(name(input.type)));
    step.arguments = {builder.input(op.input(0)), builder.output(op.outputs[0])};
    if (op.kind != OpKind::dequantize) // a wider result would run over inputs that are still to be read
        builder.mayOverlap(op.input(0), op.outputs[0]);
    return {};
}

} // namespace

extern const Lowering logisticLowering, tanhLowering, reluLowering, relu6Lowering, leakyReluLowering, hardSwishLowering,
    quantizeLowering, dequantizeLowering;
const Lowering logisticLowering = {OpKind::logistic, lowerUnary};
const Lowering tanhLowering = {OpKind::tanh, lowerUnary};
const Lowering reluLowering = {OpKind::relu, lowerUnary};
const Lowering relu6Lowering = {OpKind::relu6, lowerUnary};
const Lowering leakyReluLowering = {OpKind::leakyRelu, lowerUnary};
const Lowering hardSwishLowering = {OpKind::hardSwish, lowerUnary};
const Lowering quantizeLowering = {OpKind::quantize, lowerUnary};
const Lowering dequantizeLowering = {OpKind::dequantize, lowerUnary};

} // namespace espalier::device
