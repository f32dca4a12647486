// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/kernels/elementwisekernel.h"
#include "core/kernels/quantizedparameters.h"

#include <limits>

namespace espalier {

namespace {

struct Clamp
{
    float high;
    float operator()(float x) const
    {
        const float low = x < 0 ? 0 : x;
        return low > high ? high : low;
    }
};

struct Quantized
{
    rt::RequantizeParameters p;
    std::int32_t operator()(std::int16_t x) const { return rt::requantize(x, p); }
};

/// RELU and RELU6. Where input and output differ in scale the value is rescaled, but by an int8 RELU6: TFLite Micro's
/// reference kernel clamps the raw value between the input's 0 and 6 there and hands it on as it is.
Result<KernelPtr> makeBounded(const Graph &graph, const Operator &op, float bound)
{
    OperatorCheck check(graph, op, 1, 1);
    const Tensor &in = check.input(0), &out = check.output();
    check.sameType(in, out);
    check.sameShape(in, out);
    if (!check)
        return check.error();
    switch (out.type) {
    case DType::float32:
        return elementwise<float, float>(in, Clamp{bound});
    case DType::int8:
    case DType::uint8:
    case DType::int16: {
        const bool keepsRawValues = out.type == DType::int8 && op.kind == OpKind::relu6;
        const auto p = check.take(reluParameters(in, keepsRawValues ? in : out, bound));
        if (!check)
            return check.error();
        if (out.type == DType::int16)
            return elementwise<std::int16_t, std::int16_t>(in, Quantized{p});
        return byteKernel(in, byteTable(in.type, [&](int x) { return rt::requantize(x, p); }));
    }
    default:
        return failed(std::string(name(out.type)) + " is not supported");
    }
}

Result<KernelPtr> makeRelu(const Graph &graph, const Operator &op)
{
    return makeBounded(graph, op, std::numeric_limits<float>::infinity());
}

Result<KernelPtr> makeRelu6(const Graph &graph, const Operator &op)
{
    return makeBounded(graph, op, 6);
}

} // namespace

extern const KernelKind reluKernel = {OpKind::relu, makeRelu};
extern const KernelKind relu6Kernel = {OpKind::relu6, makeRelu6};

} // namespace espalier
