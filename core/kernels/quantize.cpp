// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/kernels/elementwisekernel.h"
#include "core/kernels/quantizedparameters.h"

#include <espalier/floatmath.h>

namespace espalier {

namespace {

struct FromFloat
{
    float scale;
    std::int32_t zero, low, high;
    std::int32_t operator()(float x) const { return rt::clamp(rt::roundToInt(x / scale) + zero, low, high); }
};

template <class In>
struct Requantize
{
    rt::RequantizeParameters p;
    std::int32_t operator()(In x) const { return rt::requantize(x, p); }
};

template <class In>
Result<KernelPtr> requantizing(const Tensor &in, const Tensor &out)
{
    const auto p = requantizeParameters(in, out);
    if (!p)
        return p.error();
    switch (out.type) {
    case DType::int8:
        return elementwise<In, std::int8_t>(in, Requantize<In>{*p});
    case DType::uint8:
        return elementwise<In, std::uint8_t>(in, Requantize<In>{*p});
    case DType::int16:
        return elementwise<In, std::int16_t>(in, Requantize<In>{*p});
    case DType::int32:
        return elementwise<In, std::int32_t>(in, Requantize<In>{*p});
    default:
        return failed(std::string(name(out.type)) + " is not supported");
    }
}

Result<KernelPtr> quantizing(const Tensor &in, const Tensor &out)
{
    if (const auto checked = checkQuantized(out); !checked)
        return checked.error();
    const IntegerRange range = typeRange(out.type);
    const FromFloat function{out.quantization.scale[0], std::int32_t(out.quantization.zeroPoint[0]), range.low,
                             range.high};
    switch (out.type) {
    case DType::int8:
        return elementwise<float, std::int8_t>(in, function);
    case DType::uint8:
        return elementwise<float, std::uint8_t>(in, function);
    case DType::int16:
        return elementwise<float, std::int16_t>(in, function);
    default:
        return failed("float32 to " + std::string(name(out.type)) + " is not supported");
    }
}

Result<KernelPtr> make(const Graph &graph, const Operator &op)
{
    OperatorCheck check(graph, op, 1, 1);
    const Tensor &in = check.input(0), &out = check.output();
    check.sameShape(in, out);
    if (!check)
        return check.error();
    switch (in.type) {
    case DType::float32:
        return quantizing(in, out);
    case DType::int8:
        return requantizing<std::int8_t>(in, out);
    case DType::uint8:
        return requantizing<std::uint8_t>(in, out);
    case DType::int16:
        return requantizing<std::int16_t>(in, out);
    case DType::int32:
        return requantizing<std::int32_t>(in, out);
    default:
        return failed(std::string(name(in.type)) + " is not supported");
    }
}

} // namespace

extern const KernelKind quantizeKernel = {OpKind::quantize, make};

} // namespace espalier
