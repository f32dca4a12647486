// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/kernels/stridedcopy.h"

namespace espalier {

namespace {

Result<KernelPtr> make(const Graph &graph, const Operator &op)
{
    OperatorCheck check(graph, op, 2, 2);
    const Tensor &in = check.input(0), &out = check.output();
    const std::vector<std::int64_t> order = check.integers(1, "the permutation");
    const std::size_t size = check.elementBytes(in);
    check.sameType(in, out);
    if (!check.require(order.size() == in.shape.size() && out.shape.size() == in.shape.size(),
                       "the permutation does not fit the rank"))
        return check.error();

    const auto strides = rowMajorStrides(in.shape);
    std::vector<std::size_t> extents;
    std::vector<std::ptrdiff_t> from;
    std::vector<bool> seen(order.size());
    for (std::size_t i = 0; i < order.size(); ++i) {
        const std::size_t axis = check.axis(order[i], order.size());
        if (!check.require(!seen[axis], "the permutation names an axis twice") ||
            !check.require(out.shape[i] == in.shape[axis], "its output shape does not follow the permutation"))
            return check.error();
        seen[axis] = true;
        extents.push_back(std::size_t(in.shape[axis]));
        from.push_back(strides[axis]);
    }
    if (!check)
        return check.error();
    StridedCopy box(size, extents, from, 0, rowMajorStrides(out.shape), 0);
    return makeKernel<CopyKernel>(std::vector<CopyKernel::Job>{{0, 0, imageStride(in), out.bytes(), std::move(box)}});
}

} // namespace

extern const KernelKind transposeKernel = {OpKind::transpose, make};

} // namespace espalier
