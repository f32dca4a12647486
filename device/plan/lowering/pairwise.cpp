// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Operators on two inputs, either of which may be broadcast: ADD, SUB, MUL, MAXIMUM, MINIMUM, PRELU.
#include "device/plan/lowering/dsp/linear.h"
#include "device/plan/lowering/loops.h"
#include "device/plan/lowering/thumb/linear.h"

#include "core/kernels/quantizedparameters.h"

namespace espalier::device {

namespace {

void add(Settings &settings, const std::string &suffix, rt::QuantizedMultiplier by)
{
    settings.add("multiplier" + suffix, by.multiplier).add("shift" + suffix, by.shift);
}

Result<void> describeSum(Settings &settings, const Result<rt::AddParameters> &p)
{
    if (!p)
        return p.error();
    settings.add("zero1", p->zero1).add("zero2", p->zero2).add("zeroOut", p->zeroOut).add("leftShift", p->leftShift);
    add(settings, "1", p->scale1);
    add(settings, "2", p->scale2);
    add(settings, "Out", p->scaleOut);
    settings.add("low", p->low).add("high", p->high);
    return {};
}

Result<void> describeProduct(Settings &settings, const Result<rt::MultiplyParameters> &p)
{
    if (!p)
        return p.error();
    settings.add("zero1", p->zero1).add("zero2", p->zero2).add("zeroOut", p->zeroOut);
    add(settings, "", p->scale);
    settings.add("low", p->low).add("high", p->high);
    return {};
}

Result<void> describePrelu(Settings &settings, const Result<rt::PreluParameters> &p)
{
    if (!p)
        return p.error();
    settings.add("zero1", p->zeroIn).add("zero2", p->zeroSlope).add("zeroOut", p->zeroOut);
    add(settings, "1", p->identity);
    add(settings, "2", p->slope);
    settings.add("low", p->low).add("high", p->high);
    return {};
}

std::string_view functionOf(OpKind kind)
{
    switch (kind) {
    case OpKind::add:
        return "add";
    case OpKind::sub:
        return "subtract";
    case OpKind::mul:
        return "multiply";
    case OpKind::prelu:
        return "prelu";
    case OpKind::maximum:
        return "maximum";
    default:
        return "minimum";
    }
}

Result<void> lowerPairwise(PlanBuilder &builder, const Operator &op)
{
    const Tensor &a = builder.tensor(op.input(0)), &b = builder.tensor(op.input(1)),
                 &output = builder.tensor(op.outputs[0]);
    const auto loops =
        merged({output.shape, {broadcastStrides(a.shape, output.shape), broadcastStrides(b.shape, output.shape)}});
    if (!loops)
        return loops.error();
    const bool selects = op.kind == OpKind::maximum || op.kind == OpKind::minimum;
    const bool quantized = isQuantized(output.type);
    if (!quantized && output.type != DType::float32 && !selects)
        return failed("its values are of type " + std::string(name(output.type)));

    if (op.kind == OpKind::add && (lowerDspAdd(builder, op) || lowerThumbAdd(builder, op)))
        return {};
    const PlanRef left = builder.plainInput(op.input(0)), right = builder.plainInput(op.input(1));
    PlanStep &step = builder.call("espalier/pairwise.h",
                                  std::string(functionOf(op.kind)) + (selects     ? ""
                                                                      : quantized ? "Quantized"
                                                                                  : "Float"),
                                  selects || !quantized      ? "PairLayer"
                                  : op.kind == OpKind::mul   ? "MultiplyLayer"
                                  : op.kind == OpKind::prelu ? "PreluLayer"
                                                             : "AddLayer");
    Settings settings(step);
    describe(settings, *loops, {"a", "b"});
    Result<void> described;
    if (quantized && op.kind == OpKind::add)
        described = describeSum(settings, addParameters(a, b, output, op.as<ArithmeticOptions>().activation));
    else if (quantized && op.kind == OpKind::sub)
        described = describeSum(settings, subtractParameters(a, b, output, op.as<ArithmeticOptions>().activation));
    else if (quantized && op.kind == OpKind::mul)
        described = describeProduct(settings, multiplyParameters(a, b, output, op.as<ArithmeticOptions>().activation));
    else if (quantized && op.kind == OpKind::prelu)
        described = describePrelu(settings, preluParameters(a, b, output));
    else
        settings.add("activation",
                     selects || op.kind == OpKind::prelu ? 0 : activationNumber(op.as<ArithmeticOptions>().activation));
    if (!described)
        return described;
    step.arguments = {left, right, builder.output(op.outputs[0])};
    if (a.shape == output.shape)
        builder.mayOverlap(op.input(0), op.outputs[0]);
    if (b.shape == output.shape)
        builder.mayOverlap(op.input(1), op.outputs[0]);
    return {};
}

} // namespace

extern const Lowering addLowering, subLowering, mulLowering, maximumLowering, minimumLowering, preluLowering;
const Lowering addLowering = {OpKind::add, lowerPairwise};
const Lowering subLowering = {OpKind::sub, lowerPairwise};
const Lowering mulLowering = {OpKind::mul, lowerPairwise};
const Lowering maximumLowering = {OpKind::maximum, lowerPairwise, true};
const Lowering minimumLowering = {OpKind::minimum, lowerPairwise, true};
const Lowering preluLowering = {OpKind::prelu, lowerPairwise};

} // namespace espalier::device
