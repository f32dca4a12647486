// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/kernels/interpolationtables.h"
#include "core/kernels/quantizedparameters.h"
#include "device/plan/lowering/support.h"

namespace espalier::device {

namespace {

template <std::size_t size>
PlanRef tableConstant(PlanBuilder &builder, const std::string &role, const std::array<std::int16_t, size> &table)
{
    return builder.constant(role, DType::int16, std::vector<std::int16_t>(table.begin(), table.end()));
}

Result<void> lowerWide(PlanBuilder &builder, const Operator &op)
{
    const Tensor &input = builder.tensor(op.input(0));
    const auto scale = wideSoftmaxScale(input, builder.tensor(op.outputs[0]), op.as<SoftmaxOptions>().beta);
    if (!scale)
        return scale.error();
    const PlanRef exponentials = tableConstant(builder, "exponentials", exponentialTable()),
                  reciprocals = tableConstant(builder, "reciprocals", reciprocalTable());
    PlanStep &step = builder.call("espalier/interpolation.h", "softmaxWide", "WideSoftmaxLayer");
    const std::int64_t depth = input.shape.back();
    Settings(step)
        .add("rows", std::int64_t(input.elements()) / depth)
        .add("depth", depth)
        .add("multiplier", scale->multiplier)
        .add("shift", scale->shift);
    step.arguments = {builder.input(op.input(0)), exponentials, reciprocals, builder.output(op.outputs[0])};
    builder.mayOverlap(op.input(0), op.outputs[0]);
    return {};
}

Result<void> lowerSoftmax(PlanBuilder &builder, const Operator &op)
{
    const Tensor &input = builder.tensor(op.input(0)), &output = builder.tensor(op.outputs[0]);
    if (input.type == DType::int16)
        return lowerWide(builder, op);
    const float beta = op.as<SoftmaxOptions>().beta;
    const bool quantized = isQuantized8(input.type);
    PlanStep &step = builder.call("espalier/softmax.h", quantized ? "softmaxQuantized" : "softmaxFloat",
                                  quantized ? "SoftmaxLayer" : "SoftmaxFloatLayer");
    const std::int64_t depth = input.shape.empty() ? 1 : input.shape.back();
    Settings settings(step);
    settings.add("rows", std::int64_t(input.elements()) / depth).add("depth", depth);
    if (quantized) {
        const auto p = softmaxParameters(input, output, beta);
        if (!p)
            return p.error();
        settings.add("multiplier", p->scale.multiplier).add("shift", p->scale.shift);
        settings.add("lowestDifference", p->lowestDifference).add("low", typeRange(output.type).low);
    } else {
        settings.addReal("beta", beta);
    }
    step.arguments = {builder.input(op.input(0)), builder.output(op.outputs[0])};
    if (input.type == output.type)
        builder.mayOverlap(op.input(0), op.outputs[0]);
    return {};
}

} // namespace

extern const Lowering softmaxLowering;
const Lowering softmaxLowering = {OpKind::softmax, lowerSoftmax};

} // namespace espalier::device
