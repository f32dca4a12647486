// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/kernels/broadcast.h"
#include "core/kernels/quantizedparameters.h"

namespace espalier {

namespace {

struct Float
{
    float operator()(float x, float slope) const { return x >= 0 ? x : x * slope; }
};

template <class T>
struct Quantized
{
    rt::PreluParameters p;
    std::int32_t operator()(T x, T slope) const { return rt::prelu(x, slope, p); }
};

template <class T, class Function>
KernelPtr kernel(const Tensor &in, const Tensor &slope, Broadcast plan, Function function)
{
    return makeKernel<BinaryKernel<T, T, T, Function>>(in, slope, std::move(plan), function);
}

Result<KernelPtr> make(const Graph &graph, const Operator &op)
{
    OperatorCheck check(graph, op, 2, 2);
    const Tensor &in = check.input(0), &slope = check.input(1), &out = check.output();
    check.sameType(in, slope);
    check.sameType(in, out);
    check.sameShape(in, out);
    const auto plan = broadcast(in.shape, slope.shape, out.shape);
    check.require(plan.has_value(),
                  "the slope's shape " + shapeText(slope.shape) + " does not fit " + shapeText(in.shape));
    if (!check)
        return check.error();
    if (out.type == DType::float32)
        return kernel<float>(in, slope, *plan, Float());
    if (!check.require(out.type == DType::int8 || out.type == DType::uint8,
                       std::string(name(out.type)) + " is not supported"))
        return check.error();
    const auto p = check.take(preluParameters(in, slope, out));
    if (!check)
        return check.error();
    if (out.type == DType::int8)
        return kernel<std::int8_t>(in, slope, *plan, Quantized<std::int8_t>{p});
    return kernel<std::uint8_t>(in, slope, *plan, Quantized<std::uint8_t>{p});
}

} // namespace

extern const KernelKind preluKernel = {OpKind::prelu, make};

} // namespace espalier
