// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/kernels/stridedcopy.h"

namespace espalier {

namespace {

/// Copies the part of `whole` that starts at `first` along `axis`, as long as `part` is there; both have the same rank.
StridedCopy partOf(const Shape &whole, const Shape &part, std::size_t axis, std::size_t first, std::size_t bytes)
{
    std::vector<std::size_t> extents(part.begin(), part.end());
    const auto strides = rowMajorStrides(whole);
    return {bytes, extents, strides, std::ptrdiff_t(first) * strides[axis], rowMajorStrides(part), 0};
}

Result<KernelPtr> makeSplit(const Graph &graph, const Operator &op)
{
    OperatorCheck check(graph, op, 2, 2, op.outputs.size());
    const Tensor &in = check.input(1);
    const auto options = check.options<SplitOptions>();
    const auto given = check.integers(0, "the axis");
    const std::size_t bytes = check.elementBytes(in);
    const std::size_t count = op.outputs.size();
    check.require(count > 0 && options.splits == std::int32_t(count),
                  "its number of outputs is not its number of parts");
    check.require(given.size() == 1, "the axis is not one value");
    if (!check)
        return check.error();
    const std::size_t axis = check.axis(given[0], in.shape.size());
    if (!check || !check.require(std::size_t(in.shape[axis]) % count == 0, "its parts are not equal"))
        return check.error();
    Shape part = in.shape;
    part[axis] /= std::int32_t(count);
    std::vector<CopyKernel::Job> jobs;
    for (std::size_t i = 0; i < count; ++i) {
        const Tensor &out = check.output(i);
        check.sameType(in, out);
        if (!check.require(out.shape == part, "its output shape is not an equal part"))
            return check.error();
        jobs.push_back(
            {1, i, imageStride(in), out.bytes(), partOf(in.shape, part, axis, i * std::size_t(part[axis]), bytes)});
    }
    return makeKernel<CopyKernel>(std::move(jobs));
}

Result<KernelPtr> makeUnpack(const Graph &graph, const Operator &op)
{
    OperatorCheck check(graph, op, 1, 1, op.outputs.size());
    const Tensor &in = check.input(0);
    const auto options = check.options<UnpackOptions>();
    const std::size_t bytes = check.elementBytes(in);
    const std::size_t axis = check.axis(options.axis, in.shape.size());
    if (!check || !check.require(std::size_t(in.shape[axis]) == op.outputs.size(),
                                 "its number of outputs is not the extent of its axis"))
        return check.error();
    Shape part = in.shape;
    part[axis] = 1;
    Shape shape = in.shape;
    shape.erase(shape.begin() + std::ptrdiff_t(axis));
    std::vector<CopyKernel::Job> jobs;
    for (std::size_t i = 0; i < op.outputs.size(); ++i) {
        const Tensor &out = check.output(i);
        check.sameType(in, out);
        if (!check.require(out.shape == shape, "its output shape is not the input's without the axis"))
            return check.error();
        jobs.push_back({0, i, imageStride(in), out.bytes(), partOf(in.shape, part, axis, i, bytes)});
    }
    return makeKernel<CopyKernel>(std::move(jobs));
}

} // namespace

extern const KernelKind splitKernel = {OpKind::split, makeSplit};
extern const KernelKind unpackKernel = {OpKind::unpack, makeUnpack};

} // namespace espalier
