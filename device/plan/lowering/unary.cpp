// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Operators on single values: activations, QUANTIZE, DEQUANTIZE.
#include "core/kernels/interpolationtables.h"
#include "core/kernels/quantizedparameters.h"
#include "device/plan/lowering/hostprobe.h"
#include "device/plan/lowering/support.h"

#include <limits>

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

Result<void> describeRequantize(PlanStep &step, Settings &settings, const Result<rt::RequantizeParameters> &p)
{
    if (!p)
        return p.error();
    step.function = "requantizeElements";
    step.layer = "RequantizeLayer";
    settings.add("zeroIn", p->zeroIn).add("zeroOut", p->zeroOut);
    settings.add("multiplier", p->scale.multiplier).add("shift", p->scale.shift);
    settings.add("low", p->low).add("high", p->high);
    return {};
}

Result<void> describeLeakyRelu(PlanStep &step, Settings &settings, const Result<rt::LeakyReluParameters> &p)
{
    if (!p)
        return p.error();
    step.function = "leakyReluQuantized";
    step.layer = "LeakyReluQuantizedLayer";
    settings.add("zeroIn", p->zeroIn).add("zeroOut", p->zeroOut);
    settings.add("multiplier1", p->identity.multiplier).add("shift1", p->identity.shift);
    settings.add("multiplier2", p->slope.multiplier).add("shift2", p->slope.shift);
    settings.add("negativeSlope", p->negativeSlope).add("low", p->low).add("high", p->high);
    return {};
}

// LOGISTIC and TANH of int16.
Result<void> lowerSigmoid(PlanBuilder &builder, const Operator &op)
{
    const Tensor &input = builder.tensor(op.input(0)), &output = builder.tensor(op.outputs[0]);
    const bool isTanh = op.kind == OpKind::tanh;
    const auto p = isTanh ? wideTanhParameters(input, output) : wideLogisticParameters(input, output);
    if (!p)
        return p.error();
    const PlanRef table = builder.constant("table", DType::int16,
                                           std::vector<std::int16_t>(sigmoidTable().begin(), sigmoidTable().end()));
    PlanStep &step = builder.call("espalier/interpolation.h", isTanh ? "tanhWide" : "logisticWide", "WideSigmoidLayer");
    Settings(step)
        .add("elements", std::int64_t(input.elements()))
        .add("multiplier", p->multiplier)
        .add("shift", p->shift);
    step.arguments = {builder.input(op.input(0)), table, builder.output(op.outputs[0])};
    builder.mayOverlap(op.input(0), op.outputs[0]);
    return {};
}

// Integers of which one at least has 16 bits.
Result<void> lowerWide(PlanBuilder &builder, const Operator &op)
{
    if (op.kind == OpKind::logistic || op.kind == OpKind::tanh)
        return lowerSigmoid(builder, op);
    const Tensor &input = builder.tensor(op.input(0)), &output = builder.tensor(op.outputs[0]);
    PlanStep &step = builder.call("espalier/unary.h", "", "");
    Settings settings(step);
    settings.add("elements", std::int64_t(input.elements()));
    Result<void> described;
    if (op.kind == OpKind::quantize)
        described = describeRequantize(step, settings, requantizeParameters(input, output));
    else if (op.kind == OpKind::relu)
        described =
            describeRequantize(step, settings, reluParameters(input, output, std::numeric_limits<float>::infinity()));
    else if (op.kind == OpKind::relu6)
        described = describeRequantize(step, settings, reluParameters(input, output, 6));
    else if (op.kind == OpKind::leakyRelu)
        described =
            describeLeakyRelu(step, settings, leakyReluParameters(input, output, op.as<LeakyReluOptions>().alpha));
    else
        return failed("its values are of type " + std::string(name(input.type)));
    if (!described)
        return described;
    step.arguments = {builder.input(op.input(0)), builder.output(op.outputs[0])};
    if (input.type == DType::int16) // a wider result would run over inputs that are still to be read
        builder.mayOverlap(op.input(0), op.outputs[0]);
    return {};
}

Result<void> lowerUnary(PlanBuilder &builder, const Operator &op)
{
    const Tensor &input = builder.tensor(op.input(0)), &output = builder.tensor(op.outputs[0]);
    if (isQuantized8(input.type) && isQuantized8(output.type))
        return lowerTable(builder, op);
    if (isQuantized(input.type) && isQuantized(output.type))
        return lowerWide(builder, op);
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
        if (input.type != DType::float32 || !isQuantized(output.type))
            return failed("it converts " + std::string(name(input.type)) + " to " + std::string(name(output.type)));
        step.function = "quantizeFloat";
        step.layer = "QuantizeLayer";
        settings.addReal("scale", scale(output)).add("zeroPoint", zeroPoint(output));
        settings.add("low", typeRange(output.type).low).add("high", typeRange(output.type).high);
        break;
    default:
        if (!isQuantized(input.type))
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
