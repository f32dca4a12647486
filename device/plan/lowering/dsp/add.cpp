// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/kernels/quantizedparameters.h"
#include "device/plan/lowering/dsp/linear.h"

#include <optional>

namespace espalier::device {

namespace {

struct Term
{
    std::int32_t lift, zero, multiplier, rounding, right;
};

// TFLite Micro lifts by 20 bits; a doubling multiplication is a plain one of twice the value.
std::optional<Term> termOf(std::int32_t zero, rt::QuantizedMultiplier scale)
{
    constexpr std::int32_t half = std::int32_t(1) << 30;
    if (scale.shift == 0 && scale.multiplier == half) // exactly 1/2: once more doubled, the rounding changes nothing
        return Term{22, zero * (1 << 22), half, 1, 1};
    if (scale.shift > -1 || scale.shift < -22)
        return std::nullopt;
    return Term{21, zero * (1 << 21), scale.multiplier, std::int32_t(1) << (-scale.shift - 1), -scale.shift};
}

} // namespace

bool lowerDspAdd(PlanBuilder &builder, const Operator &op)
{
    const Tensor &a = builder.tensor(op.input(0)), &b = builder.tensor(op.input(1)),
                 &output = builder.tensor(op.outputs[0]);
    if (builder.family() != KernelFamily::dsp || output.type != DType::int8 || a.shape != output.shape ||
        b.shape != output.shape)
        return false;
    const auto p = addParameters(a, b, output, op.as<ArithmeticOptions>().activation);
    if (!p || p->leftShift != 20)
        return false;
    const auto left = termOf(p->zero1, p->scale1), right = termOf(p->zero2, p->scale2);
    const std::int32_t shift = -p->scaleOut.shift;
    if (!left || !right || shift < 1 || shift > 22)
        return false;
    PlanStep &step = builder.call("espalier/dsp/add.h", "dsp::add", "DspAddLayer");
    Settings settings(step);
    settings.add("elements", std::int64_t(output.elements()));
    const auto describe = [&](const Term &term, const std::string &number) {
        settings.add("lift" + number, term.lift).add("zero" + number, term.zero);
        settings.add("multiplier" + number, term.multiplier).add("rounding" + number, term.rounding);
        settings.add("right" + number, term.right);
    };
    describe(*left, "1");
    describe(*right, "2");
    const std::int64_t rounding =
        (std::int64_t(1) << (shift - 1)) + std::int64_t(p->zeroOut) * (std::int64_t(1) << shift);
    settings.add("multiplierOut", p->scaleOut.multiplier).add("roundingOut", rounding).add("rightOut", shift);
    settings.add("outputMin", p->low).add("outputMax", p->high);
    step.arguments = {builder.input(op.input(0)), builder.input(op.input(1)), builder.output(op.outputs[0])};
    builder.mayOverlap(op.input(0), op.outputs[0]);
    builder.mayOverlap(op.input(1), op.outputs[0]);
    return true;
}

} // namespace espalier::device
