// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/kernels/quantizedparameters.h"
#include "device/plan/lowering/loops.h"

namespace espalier::device {

namespace {

// Extents and strides of some dimensions, merged, as four of each.
struct Dimensions
{
    std::vector<std::int64_t> extents, strides;

    void add(std::int64_t extent, std::int64_t stride)
    {
        if (extent == 1)
            return;
        if (!extents.empty() && strides.back() == stride * extent) {
            extents.back() *= extent;
            strides.back() = stride;
        } else {
            extents.push_back(extent);
            strides.push_back(stride);
        }
    }
    void describe(Settings &settings, const std::string &extentName, const std::string &strideName)
    {
        const std::size_t missing = 4 - extents.size();
        extents.insert(extents.begin(), missing, 1);
        strides.insert(strides.begin(), missing, 0);
        for (std::size_t i = 0; i < 4; ++i)
            settings.add(extentName + std::to_string(i), extents[i]).add(strideName + std::to_string(i), strides[i]);
    }
};

Result<void> lowerMean(PlanBuilder &builder, const Operator &op)
{
    const Tensor &input = builder.tensor(op.input(0)), &output = builder.tensor(op.outputs[0]);
    if (!builder.isConstant(op.input(1)))
        return failed("its axes are not constant");
    std::vector<bool> isReduced(input.shape.size(), false);
    for (const std::int32_t axis : builder.values<std::int32_t>(op.input(1)))
        isReduced[std::size_t(axis < 0 ? axis + std::int32_t(input.shape.size()) : axis)] = true;

    const std::vector<std::int64_t> strides = denseStrides(input.shape);
    Dimensions kept, reduced;
    std::int64_t count = 1;
    for (std::size_t i = 0; i < input.shape.size(); ++i) {
        (isReduced[i] ? reduced : kept).add(input.shape[i], strides[i]);
        count *= isReduced[i] ? input.shape[i] : 1;
    }
    if (kept.extents.size() > 4 || reduced.extents.size() > 4)
        return failed("its input has too many dimensions");

    const bool quantized = isQuantized(input.type);
    PlanStep &step = builder.call("espalier/mean.h", quantized ? "meanQuantized" : "meanFloat", "MeanLayer");
    Settings settings(step);
    kept.describe(settings, "k", "ks");
    reduced.describe(settings, "r", "rs");
    settings.add("count", count);
    rt::RequantizeParameters parameters;
    if (quantized) {
        const auto p = meanParameters(input, output, count);
        if (!p)
            return p.error();
        parameters = *p;
    }
    settings.add("zeroIn", parameters.zeroIn).add("zeroOut", parameters.zeroOut);
    settings.add("multiplier", parameters.scale.multiplier).add("shift", parameters.scale.shift);
    settings.add("low", parameters.low).add("high", parameters.high);
    step.arguments = {builder.input(op.input(0)), builder.output(op.outputs[0])};
    return {};
}

} // namespace

extern const Lowering meanLowering;
const Lowering meanLowering = {OpKind::mean, lowerMean};

} // namespace espalier::device
