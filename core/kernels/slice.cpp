// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/kernels/stridedcopy.h"

namespace espalier {

namespace {

Result<KernelPtr> make(const Graph &graph, const Operator &op)
{
    OperatorCheck check(graph, op, 3, 3);
    const Tensor &in = check.input(0), &out = check.output();
    const std::vector<std::int64_t> begin = check.integers(1, "the begin"), size = check.integers(2, "the size");
    const std::size_t bytes = check.elementBytes(in);
    const std::size_t rank = in.shape.size();
    check.sameType(in, out);
    if (!check.require(begin.size() == rank && size.size() == rank && out.shape.size() == rank,
                       "its begin and size do not fit the rank"))
        return check.error();

    const auto strides = rowMajorStrides(in.shape);
    std::ptrdiff_t offset = 0;
    std::vector<std::size_t> extents;
    for (std::size_t i = 0; i < rank; ++i) {
        const std::int64_t extent = in.shape[i];
        if (!check.require(begin[i] >= 0 && begin[i] <= extent, "its begin is outside the input"))
            return check.error();
        const std::int64_t count = size[i] == -1 ? extent - begin[i] : size[i];
        if (!check.require(count >= 0 && count <= extent - begin[i], "its size reaches outside the input") ||
            !check.require(count == out.shape[i], "its output shape does not follow its size"))
            return check.error();
        offset += std::ptrdiff_t(begin[i]) * strides[i];
        extents.push_back(std::size_t(count));
    }
    StridedCopy box(bytes, extents, strides, offset, rowMajorStrides(out.shape), 0);
    return makeKernel<CopyKernel>(std::vector<CopyKernel::Job>{{0, 0, imageStride(in), out.bytes(), std::move(box)}});
}

} // namespace

extern const KernelKind sliceKernel = {OpKind::slice, make};

} // namespace espalier
