// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/kernels/elementwisekernel.h"
#include "core/kernels/interpolationtables.h"
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

struct WideLogistic
{
    rt::WideSigmoidParameters p;
    const std::int16_t *table = sigmoidTable().data();
    std::int32_t operator()(std::int16_t x) const { return rt::wideLogistic(x, p, table); }
};
struct WideTanh
{
    rt::WideSigmoidParameters p;
    const std::int16_t *table = sigmoidTable().data();
    std::int32_t operator()(std::int16_t x) const { return rt::wideTanh(x, p, table); }
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
    if (in.type == DType::int16) {
        const auto p = check.take(wideLogisticParameters(in, out));
        if (!check)
            return check.error();
        return elementwise<std::int16_t, std::int16_t>(in, WideLogistic{p});
    }
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
    if (in.type == DType::int16) {
        const auto p = check.take(wideTanhParameters(in, out));
        if (!check)
            return check.error();
        return elementwise<std::int16_t, std::int16_t>(in, WideTanh{p});
    }
    const auto p = check.take(tanhParameters(in, out));
    if (!check)
        return check.error();
    return byteKernel(in, byteTable(in.type, [&](int x) { return rt::tanh(x, p); }));
}

} // namespace

extern const KernelKind logisticKernel = {OpKind::logistic, makeLogistic};
extern const KernelKind tanhKernel = {OpKind::tanh, makeTanh};

} // namespace espalier
