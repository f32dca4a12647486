// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/kernels/stridedcopy.h"

#include <algorithm>

namespace espalier {

namespace {

bool bitOf(std::int32_t mask, std::size_t i)
{
    return i < 31 && (mask >> i & 1) != 0;
}

/// The first index and the number of indices along one axis, as Python slices count.
struct AxisRange
{
    std::int64_t first = 0, count = 0;
};

AxisRange axisRange(std::int64_t begin, std::int64_t end, std::int64_t stride, bool fromStart, bool toEnd,
                    std::int64_t extent)
{
    const std::int64_t lowest = stride > 0 ? 0 : -1, highest = stride > 0 ? extent : extent - 1;
    const auto place = [&](std::int64_t index) {
        return std::clamp(index < 0 ? index + extent : index, lowest, highest);
    };
    const std::int64_t first = fromStart ? (stride > 0 ? 0 : extent - 1) : place(begin);
    const std::int64_t last = toEnd ? (stride > 0 ? extent : -1) : place(end);
    const std::int64_t distance = stride > 0 ? last - first : first - last;
    const std::int64_t step = stride > 0 ? stride : -stride;
    return {first, distance <= 0 ? 0 : (distance + step - 1) / step};
}

Result<KernelPtr> make(const Graph &graph, const Operator &op)
{
    OperatorCheck check(graph, op, 4, 4);
    const Tensor &in = check.input(0), &out = check.output();
    const auto begin = check.integers(1, "the begin"), end = check.integers(2, "the end"),
               step = check.integers(3, "the stride");
    const auto options = check.options<StridedSliceOptions>();
    const std::size_t bytes = check.elementBytes(in);
    const std::size_t rank = in.shape.size(), entries = begin.size();
    check.sameType(in, out);
    if (!check.require(end.size() == entries && step.size() == entries, "its begin, end and stride differ in length"))
        return check.error();

    // Entries that stand for an axis of the input each; an ellipsis stands for all the others.
    std::size_t named = 0, ellipses = 0;
    for (std::size_t i = 0; i < entries; ++i) {
        if (bitOf(options.ellipsisMask, i))
            ++ellipses;
        else if (!bitOf(options.newAxisMask, i))
            ++named;
    }
    if (!check.require(ellipses <= 1 && named <= rank, "its begin does not fit the rank"))
        return check.error();

    const auto strides = rowMajorStrides(in.shape);
    std::vector<std::size_t> extents;
    std::vector<std::ptrdiff_t> from;
    Shape shape;
    std::ptrdiff_t offset = 0;
    std::size_t axis = 0;
    const auto whole = [&] {
        extents.push_back(std::size_t(in.shape[axis]));
        from.push_back(strides[axis]);
        shape.push_back(in.shape[axis++]);
    };
    for (std::size_t i = 0; i < entries; ++i) {
        if (bitOf(options.ellipsisMask, i)) {
            for (std::size_t k = named; k < rank; ++k)
                whole();
            continue;
        }
        if (bitOf(options.newAxisMask, i)) {
            shape.push_back(1);
            continue;
        }
        const std::int64_t extent = in.shape[axis];
        if (!check.require(step[i] != 0 && std::abs(step[i]) <= INT32_MAX, "its stride is zero or out of range") ||
            !check.require(std::abs(begin[i]) <= INT32_MAX + std::int64_t(1) &&
                               std::abs(end[i]) <= INT32_MAX + std::int64_t(1),
                           "its begin or end is out of range"))
            return check.error();
        AxisRange range;
        if (bitOf(options.shrinkAxisMask, i)) {
            const std::int64_t index = begin[i] < 0 ? begin[i] + extent : begin[i];
            range = {bitOf(options.beginMask, i) ? 0 : index, 1};
            if (!check.require(range.first >= 0 && range.first < extent, "its begin is outside the input"))
                return check.error();
        } else {
            const bool toEnd = bitOf(options.endMask, i), fromStart = bitOf(options.beginMask, i);
            const std::int64_t last = options.offset && !toEnd ? begin[i] + end[i] : end[i];
            range = axisRange(begin[i], last, step[i], fromStart, toEnd, extent);
            shape.push_back(std::int32_t(range.count));
        }
        if (range.count > 0)
            offset += std::ptrdiff_t(range.first) * strides[axis];
        extents.push_back(std::size_t(range.count));
        from.push_back(strides[axis] * std::ptrdiff_t(step[i]));
        ++axis;
    }
    while (axis < rank)
        whole();
    if (!check.require(shape == out.shape,
                       "its output shape is " + shapeText(out.shape) + " where its settings give " + shapeText(shape)))
        return check.error();

    Shape packed;
    for (const std::size_t extent : extents)
        packed.push_back(std::int32_t(extent));
    StridedCopy box(bytes, extents, from, offset, rowMajorStrides(packed), 0);
    return makeKernel<CopyKernel>(std::vector<CopyKernel::Job>{{0, 0, imageStride(in), out.bytes(), std::move(box)}});
}

} // namespace

extern const KernelKind stridedSliceKernel = {OpKind::stridedSlice, make};

} // namespace espalier
