// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "device/plan/lowering/support.h"

namespace espalier::device {

namespace {

Result<void> lowerPool(PlanBuilder &builder, const Operator &op)
{
    const auto &options = op.as<Pool2DOptions>();
    const Tensor &input = builder.tensor(op.input(0)), &output = builder.tensor(op.outputs[0]);
    const Window rows{input.shape[1], options.filterH, options.strideH, 1, output.shape[1], options.padding};
    const Window columns{input.shape[2], options.filterW, options.strideW, 1, output.shape[2], options.padding};
    const std::string name = op.kind == OpKind::averagePool2D ? "averagePool2d" : "maxPool2d";

    PlanStep &step =
        builder.call("espalier/pool2d.h", name + (isQuantized(input.type) ? "Quantized" : "Float"), "PoolLayer");
    Settings settings(step);
    settings.add("batches", input.shape[0]).add("inputHeight", input.shape[1]).add("inputWidth", input.shape[2]);
    settings.add("channels", input.shape[3]).add("filterHeight", options.filterH).add("filterWidth", options.filterW);
    settings.add("outputHeight", output.shape[1]).add("outputWidth", output.shape[2]);
    settings.add("strideHeight", options.strideH).add("strideWidth", options.strideW);
    settings.add("padTop", rows.before()).add("padLeft", columns.before());
    const QuantizedRange range =
        isQuantized(input.type) ? activationRange(options.activation, output) : QuantizedRange();
    settings.add("outputMin", range.low).add("outputMax", range.high);
    settings.add("activation", activationNumber(options.activation));
    step.arguments = {builder.input(op.input(0)), builder.output(op.outputs[0])};
    const ConvolutionGeometry geometry{input, input, output,        options.strideH,  options.strideW,
                                       1,     1,     rows.before(), columns.before(), 1};
    builder.mayOverlap(op.input(0), op.outputs[0], rasterLead(geometry));
    return {};
}

} // namespace

extern const Lowering averagePool2DLowering, maxPool2DLowering;
const Lowering averagePool2DLowering = {OpKind::averagePool2D, lowerPool};
const Lowering maxPool2DLowering = {OpKind::maxPool2D, lowerPool};

} // namespace espalier::device
