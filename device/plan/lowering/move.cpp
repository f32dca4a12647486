// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Operators whose outputs are blocks of their input: TRANSPOSE, SLICE, STRIDED_SLICE, SPLIT, UNPACK.
#include "device/plan/lowering/hostprobe.h"
#include "device/plan/lowering/loops.h"

#include <algorithm>

namespace espalier::device {

namespace {

// The strides with which a list of source indices goes through the source, for each dimension of the output.
std::vector<std::int64_t> sourceStrides(const Shape &shape, const std::vector<std::int32_t> &indices)
{
    const std::vector<std::int64_t> dense = denseStrides(shape);
    std::vector<std::int64_t> strides(shape.size(), 0);
    for (std::size_t i = 0; i < shape.size(); ++i) {
        if (shape[i] > 1)
            strides[i] = std::int64_t(indices[std::size_t(dense[i])]) - indices[0];
    }
    return strides;
}

Result<void> lowerMove(PlanBuilder &builder, const Operator &op)
{
    const std::size_t dataInput = op.kind == OpKind::split ? 1 : 0;
    const TensorId inputId = op.input(dataInput);
    const auto indices = sourceIndices(builder, op, dataInput);
    if (!indices)
        return indices.error();
    for (std::size_t i = 0; i < op.outputs.size(); ++i) {
        if (!builder.isNeeded(op.outputs[i]))
            continue;
        const Shape &shape = builder.tensor(op.outputs[i]).shape;
        const auto loops = merged({shape, {sourceStrides(shape, (*indices)[i]), denseStrides(shape)}});
        if (!loops)
            return loops.error();
        PlanStep &step = builder.call("espalier/copy.h", "copyBlock", "CopyLayer");
        Settings settings(step);
        describe(settings, *loops, {"from", "to"});
        settings.add("fromStart", (*indices)[i][0]).add("toStart", 0);
        step.arguments = {builder.plainInput(inputId), builder.output(op.outputs[i])};
    }
    return {};
}

} // namespace

extern const Lowering transposeLowering, sliceLowering, stridedSliceLowering, splitLowering, unpackLowering;
const Lowering transposeLowering = {OpKind::transpose, lowerMove, true};
const Lowering sliceLowering = {OpKind::slice, lowerMove, true};
const Lowering stridedSliceLowering = {OpKind::stridedSlice, lowerMove, true};
const Lowering splitLowering = {OpKind::split, lowerMove, true};
const Lowering unpackLowering = {OpKind::unpack, lowerMove, true};

} // namespace espalier::device
