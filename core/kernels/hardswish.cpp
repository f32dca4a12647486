// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/kernels/elementwisekernel.h"
#include "core/kernels/quantizedparameters.h"

namespace espalier {

namespace {

struct Float
{
    float operator()(float x) const
    {
        const float low = x + 3 < 0 ? 0 : x + 3;
        return x * (low > 6 ? 6 : low) / 6;
    }
};

Result<KernelPtr> make(const Graph &graph, const Operator &op)
{
    OperatorCheck check(graph, op, 1, 1);
    const Tensor &in = check.input(0), &out = check.output();
    check.sameType(in, out);
    check.sameShape(in, out);
    if (!check)
        return check.error();
    if (in.type == DType::float32)
        return elementwise<float, float>(in, Float());
    const auto p = check.take(hardSwishParameters(in, out));
    if (!check)
        return check.error();
    return byteKernel(in, byteTable(in.type, [&](int x) { return rt::hardSwish(x, p); }));
}

} // namespace

extern const KernelKind hardSwishKernel = {OpKind::hardSwish, make};

} // namespace espalier
