// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/kernels/elementwisekernel.h"
#include "core/kernels/quantizedparameters.h"

namespace espalier {

namespace {

struct Float
{
    float alpha;
    float operator()(float x) const { return x > 0 ? x : x * alpha; }
};

struct Quantized
{
    rt::LeakyReluParameters p;
    std::int32_t operator()(std::int16_t x) const { return rt::leakyRelu(x, p); }
};

Result<KernelPtr> make(const Graph &graph, const Operator &op)
{
    OperatorCheck check(graph, op, 1, 1);
    const Tensor &in = check.input(0), &out = check.output();
    const float alpha = check.options<LeakyReluOptions>().alpha;
    check.sameType(in, out);
    check.sameShape(in, out);
    if (!check)
        return check.error();
    switch (out.type) {
    case DType::float32:
        return elementwise<float, float>(in, Float{alpha});
    case DType::int8:
    case DType::uint8:
    case DType::int16: {
        const auto p = check.take(leakyReluParameters(in, out, alpha));
        if (!check)
            return check.error();
        if (out.type == DType::int16)
            return elementwise<std::int16_t, std::int16_t>(in, Quantized{p});
        return byteKernel(in, byteTable(in.type, [&](int x) { return rt::leakyRelu(x, p); }));
    }
    default:
        return failed(std::string(name(out.type)) + " is not supported");
    }
}

} // namespace

extern const KernelKind leakyReluKernel = {OpKind::leakyRelu, make};

} // namespace espalier
