// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Operators that put their inputs into places of their output: CONCATENATION, PACK, PAD, PADV2.
#include "device/plan/lowering/hostprobe.h"
#include "device/plan/lowering/loops.h"

namespace espalier::device {

namespace {

// Copies a dense block of `extents` into a place of the output.
Result<void> copyInto(PlanBuilder &builder, PlanRef input, const Shape &extents, TensorId output,
                      const std::vector<std::int64_t> &outputStrides, std::int64_t start)
{
    const auto loops = merged({extents, {denseStrides(extents), outputStrides}});
    if (!loops)
        return loops.error();
    PlanStep &step = builder.call("espalier/copy.h", "copyBlock", "CopyLayer");
    Settings settings(step);
    describe(settings, *loops, {"from", "to"});
    settings.add("fromStart", 0).add("toStart", start);
    step.arguments = {input, builder.output(output)};
    return {};
}

// An input of CONCATENATION on the output's scale: uint8 inputs may have one of their own.
Result<PlanRef> onOutputScale(PlanBuilder &builder, const Operator &op, std::size_t index)
{
    const Tensor &input = builder.tensor(op.inputs[index]), &output = builder.tensor(op.outputs[0]);
    if (output.type != DType::uint8 || (scale(input) == scale(output) && zeroPoint(input) == zeroPoint(output)))
        return builder.plainInput(op.inputs[index]);
    const auto table = resultsForAllBytes(builder, op, index);
    if (!table)
        return table.error();
    const PlanRef constant =
        builder.constant("table", "results for all inputs", DType::uint8, std::make_shared<const Bytes>(*table));
    const PlanRef rescaled = builder.scratch(DType::uint8, input.elements());
    PlanStep &step = builder.call("espalier/lookup.h", "lookup", "ElementsLayer");
    Settings(step).add("elements", std::int64_t(input.elements()));
    step.arguments = {builder.input(op.inputs[index]), constant, rescaled};
    return rescaled;
}

Result<void> lowerConcatenation(PlanBuilder &builder, const Operator &op)
{
    const TensorId output = op.outputs[0];
    const Shape &shape = builder.tensor(output).shape;
    const auto rank = std::int32_t(shape.size());
    const bool pack = op.kind == OpKind::pack;
    const std::int32_t given = pack ? op.as<PackOptions>().axis : op.as<ConcatenationOptions>().axis;
    const auto axis = std::size_t(given < 0 ? given + rank : given);
    const std::vector<std::int64_t> strides = denseStrides(shape);
    std::int64_t position = 0;
    for (std::size_t i = 0; i < op.inputs.size(); ++i) {
        Shape extents = builder.tensor(op.inputs[i]).shape;
        if (pack)
            extents.insert(extents.begin() + std::ptrdiff_t(axis), 1);
        if (elementCount(extents) > 0) {
            const Result<PlanRef> input = pack ? builder.plainInput(op.inputs[i]) : onOutputScale(builder, op, i);
            if (!input)
                return input.error();
            if (const auto done = copyInto(builder, *input, extents, output, strides, position * strides[axis]); !done)
                return done;
        }
        position += extents[axis];
    }
    return {};
}

Result<void> lowerPad(PlanBuilder &builder, const Operator &op)
{
    const TensorId input = op.input(0), output = op.outputs[0], paddings = op.input(1), value = op.input(2);
    if (!builder.isConstant(paddings) || (value.valid() && !builder.isConstant(value)))
        return failed("its paddings are not constant");
    const Tensor &to = builder.tensor(output);

    PlanStep &fill =
        builder.call("espalier/copy.h", "fill", to.type == DType::float32 ? "FillFloatLayer" : "FillLayer");
    Settings settings(fill);
    settings.add("elements", std::int64_t(to.elements()));
    if (to.type == DType::float32)
        settings.addReal("value", value.valid() ? builder.floats(value)[0] : 0.0f);
    else if (isQuantized(to.type) && value.valid())
        settings.add("value", to.type == DType::int8    ? builder.values<std::int8_t>(value)[0]
                              : to.type == DType::uint8 ? builder.values<std::uint8_t>(value)[0]
                                                        : builder.values<std::int16_t>(value)[0]);
    else if (isQuantized(to.type))
        settings.add("value", zeroPoint(to));
    else if (!value.valid())
        settings.add("value", 0);
    else
        return failed("it pads with a value of type " + std::string(name(to.type)));
    fill.arguments = {builder.output(output)};

    const std::vector<std::int64_t> strides = denseStrides(to.shape);
    std::int64_t start = 0;
    for (std::size_t i = 0; i < to.shape.size(); ++i) {
        const std::int64_t before = builder.stored(paddings).type == DType::int64
                                        ? builder.values<std::int64_t>(paddings)[2 * i]
                                        : builder.values<std::int32_t>(paddings)[2 * i];
        start += before * strides[i];
    }
    return copyInto(builder, builder.plainInput(input), builder.tensor(input).shape, output, strides, start);
}

} // namespace

extern const Lowering concatenationLowering, packLowering, padLowering, padV2Lowering;
const Lowering concatenationLowering = {OpKind::concatenation, lowerConcatenation, true};
const Lowering packLowering = {OpKind::pack, lowerConcatenation, true};
const Lowering padLowering = {OpKind::pad, lowerPad, true};
const Lowering padV2Lowering = {OpKind::padV2, lowerPad, true};

} // namespace espalier::device
