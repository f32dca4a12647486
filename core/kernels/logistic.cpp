// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/kernels/elementwisekernel.h"
#include "core/kernels/quantizedparameters.h"

#include <espalier/floatmath.h>

namespace espalier {

namespace {

struct Logistic
{
    float operator()(float x) const { return rt::logistic(x); }
};
struct Tanh
{
    float operator()(float x) const { return rt::tanh(x); }
};

Result<KernelPtr> makeLogistic(const Graph &graph, const Operator &op)
{
    OperatorCheck check(graph, op, 1, 1);
    const Tensor &in = check.input(0), &out = check.output();
    check.sameType(in, out);
    check.sameShape(in, out);
    if (!check)
        return check.error();
    if (in.type == DType::float32)
        return elementwise<float, float>(in, Logistic());
    const auto p = check.take(logisticParameters(in, out));
    if (!check)
        return check.error();
    return byteKernel(in, byteTable(in.type, [&](int x) { return rt::logistic(x, p); }));
}

Result<KernelPtr> makeTanh(const Graph &graph, const Operator &op)
{
    OperatorCheck check(graph, op, 1, 1);
    const Tensor &in = check.input(0), &out = check.output();
    check.sameType(in, out);
    check.sameShape(in, out);
    if (!check)
        return check.error();
    if (in.type == DType::float32)
        return elementwise<float, float>(in, Tanh());
    const auto p = check.take(tanhParameters(in, out));
    if (!check)
        return check.error();
    return byteKernel(in, byteTable(in.type, [&](int x) { return rt::tanh(x, p); }));
}

} // namespace

extern const KernelKind logisticKernel = {OpKind::logistic, makeLogistic};
extern const KernelKind tanhKernel = {OpKind::tanh, makeTanh};

} // namespace espalier
