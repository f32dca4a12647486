// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/kernels/broadcast.h"
#include "core/kernels/quantizedparameters.h"

namespace espalier {

namespace {

template <class T>
struct Quantized
{
    rt::MultiplyParameters p;
    std::int32_t operator()(T a, T b) const { return rt::multiply(a, b, p); }
};

struct Float
{
    FloatRange range;
    float operator()(float a, float b) const
    {
        const float product = a * b;
        const float bounded = product < range.low ? range.low : product;
        return bounded > range.high ? range.high : bounded;
    }
};

/// Wraps, as the reference does.
template <class Unsigned>
struct Integer
{
    Unsigned operator()(Unsigned a, Unsigned b) const { return a * b; }
};

template <class T, class Function>
KernelPtr kernel(const Tensor &a, const Tensor &b, Broadcast plan, Function function)
{
    return makeKernel<BinaryKernel<T, T, T, Function>>(a, b, std::move(plan), function);
}

Result<KernelPtr> make(const Graph &graph, const Operator &op)
{
    OperatorCheck check(graph, op, 2, 2);
    const Tensor &a = check.input(0), &b = check.input(1), &out = check.output();
    const auto activation = check.options<ArithmeticOptions>().activation;
    check.sameType(a, b);
    check.sameType(a, out);
    const auto plan = broadcast(a.shape, b.shape, out.shape);
    check.require(plan.has_value(),
                  shapeText(a.shape) + " and " + shapeText(b.shape) + " do not broadcast to " + shapeText(out.shape));
    FloatRange range;
    rt::MultiplyParameters p;
    switch (out.type) {
    case DType::float32:
        range = check.take(floatRange(activation));
        break;
    case DType::int16:
        p = check.take(multiplyParameters(a, b, out, activation));
        check.require(p.zero1 == 0 && p.zero2 == 0 && p.zeroOut == 0, "a zero point of int16 is not zero");
        break;
    case DType::int8:
    case DType::uint8:
        p = check.take(multiplyParameters(a, b, out, activation));
        break;
    case DType::int32:
    case DType::int64:
        check.require(activation == Activation::none, "a fused activation on integers is not supported");
        break;
    default:
        check.require(false, std::string(name(out.type)) + " is not supported");
    }
    if (!check)
        return check.error();
    switch (out.type) {
    case DType::float32:
        return kernel<float>(a, b, *plan, Float{range});
    case DType::int8:
        return kernel<std::int8_t>(a, b, *plan, Quantized<std::int8_t>{p});
    case DType::uint8:
        return kernel<std::uint8_t>(a, b, *plan, Quantized<std::uint8_t>{p});
    case DType::int16:
        return kernel<std::int16_t>(a, b, *plan, Quantized<std::int16_t>{p});
    case DType::int32:
        return kernel<std::uint32_t>(a, b, *plan, Integer<std::uint32_t>());
    default:
        return kernel<std::uint64_t>(a, b, *plan, Integer<std::uint64_t>());
    }
}

} // namespace

extern const KernelKind mulKernel = {OpKind::mul, make};

} // namespace espalier
