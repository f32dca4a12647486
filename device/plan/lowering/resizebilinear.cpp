// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "device/plan/lowering/support.h"

namespace espalier::device {

namespace {

Result<void> lowerResizeBilinear(PlanBuilder &builder, const Operator &op)
{
    const Tensor &input = builder.tensor(op.input(0)), &output = builder.tensor(op.outputs[0]);
    const auto &options = op.as<ResizeOptions>();
    if (!isQuantized(input.type) && input.type != DType::float32)
        return failed("its values are of type " + std::string(name(input.type)));
    PlanStep &step =
        builder.call("espalier/resizebilinear.h",
                     isQuantized(input.type) ? "resizeBilinearQuantized" : "resizeBilinearFloat", "ResizeLayer");
    Settings settings(step);
    settings.add("batches", input.shape[0]).add("inputHeight", input.shape[1]).add("inputWidth", input.shape[2]);
    settings.add("channels", input.shape[3]).add("outputHeight", output.shape[1]).add("outputWidth", output.shape[2]);
    settings.add("alignCorners", options.alignCorners).add("halfPixelCenters", options.halfPixelCenters);
    step.arguments = {builder.input(op.input(0)), builder.output(op.outputs[0])};
    return {};
}

} // namespace

extern const Lowering resizeBilinearLowering;
const Lowering resizeBilinearLowering = {OpKind::resizeBilinear, lowerResizeBilinear};

} // namespace espalier::device
