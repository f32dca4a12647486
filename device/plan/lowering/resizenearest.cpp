// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "device/plan/lowering/hostprobe.h"
#include "device/plan/lowering/support.h"

namespace espalier::device {

namespace {

Result<void> lowerResizeNearest(PlanBuilder &builder, const Operator &op)
{
    const Tensor &input = builder.tensor(op.input(0)), &output = builder.tensor(op.outputs[0]);
    const auto indices = sourceIndices(builder, op);
    if (!indices)
        return indices.error();
    const std::int32_t channels = input.shape[3], width = input.shape[2];
    std::vector<std::int32_t> rows, columns;
    for (std::int32_t y = 0; y < output.shape[1]; ++y)
        rows.push_back((*indices)[0][std::size_t(y * output.shape[2] * channels)] / (width * channels));
    for (std::int32_t x = 0; x < output.shape[2]; ++x)
        columns.push_back((*indices)[0][std::size_t(x * channels)] / channels % width);
    PlanStep &step = builder.call("espalier/resizenearest.h", "resizeNearest", "ResizeLayer");
    Settings settings(step);
    settings.add("batches", input.shape[0]).add("inputHeight", input.shape[1]).add("inputWidth", width);
    settings.add("channels", channels).add("outputHeight", output.shape[1]).add("outputWidth", output.shape[2]);
    settings.add("alignCorners", 0).add("halfPixelCenters", 0); // the tables know
    step.arguments = {builder.plainInput(op.input(0)), builder.constant("rows", DType::int32, rows),
                      builder.constant("columns", DType::int32, columns), builder.output(op.outputs[0])};
    return {};
}

} // namespace

extern const Lowering resizeNearestNeighborLowering;
const Lowering resizeNearestNeighborLowering = {OpKind::resizeNearestNeighbor, lowerResizeNearest, true};

} // namespace espalier::device
