// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/kernels/quantizedparameters.h"
#include "device/plan/lowering/thumb/linear.h"

namespace espalier::device {

bool lowerThumbAdd(PlanBuilder &builder, const Operator &op)
{
    constexpr std::size_t worthTables = 2048; // below, the tables would take longer to make than they save
    const Tensor &a = builder.tensor(op.input(0)), &b = builder.tensor(op.input(1)),
                 &output = builder.tensor(op.outputs[0]);
    if (builder.family() != KernelFamily::thumb || output.type != DType::int8 || a.shape != output.shape ||
        b.shape != output.shape || output.elements() < worthTables)
        return false;
    const auto p = addParameters(a, b, output, op.as<ArithmeticOptions>().activation);
    if (!p || p->scaleOut.shift > -1 || p->scaleOut.shift < -22)
        return false;
    const PlanRef scratch = builder.scratch(DType::int32, 512);
    PlanStep &step = builder.call("espalier/thumb/add.h", "thumb::add", "ThumbAddLayer");
    const std::int32_t shift = -p->scaleOut.shift;
    const std::int64_t rounding =
        (std::int64_t(1) << (shift - 1)) + std::int64_t(p->zeroOut) * (std::int64_t(1) << shift);
    Settings settings(step);
    settings.add("elements", std::int64_t(output.elements()));
    settings.add("zero1", p->zero1).add("zero2", p->zero2).add("leftShift", p->leftShift);
    settings.add("multiplier1", p->scale1.multiplier).add("shift1", p->scale1.shift);
    settings.add("multiplier2", p->scale2.multiplier).add("shift2", p->scale2.shift);
    settings.add("multiplierOut", p->scaleOut.multiplier).add("roundingOut", rounding).add("rightOut", shift);
    settings.add("outputMin", p->low).add("outputMax", p->high);
    step.arguments = {builder.input(op.input(0)), builder.input(op.input(1)), scratch, builder.output(op.outputs[0])};
    builder.mayOverlap(op.input(0), op.outputs[0]);
    builder.mayOverlap(op.input(1), op.outputs[0]);
    return true;
}

} // namespace espalier::device
