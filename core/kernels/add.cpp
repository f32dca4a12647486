// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/kernels/broadcast.h"
#include "core/kernels/quantizedparameters.h"
#include "core/kernels/rounding.h"

#include <algorithm>
#include <cmath>

namespace espalier {

namespace {

/// int16.
template <class T, bool subtracts>
struct Quantized
{
    rt::AddParameters p;
    std::int32_t operator()(T a, T b) const { return subtracts ? rt::subtract(a, b, p) : rt::add(a, b, p); }
};

/// rt::roundingDivideByPowerOfTwo for |x| up to 2^30, without a branch on the sign.
struct RoundingShift
{
    std::int32_t half = 0, tie = 0, shift = 0;

    RoundingShift() = default;
    explicit RoundingShift(std::int32_t exponent)
        : half(exponent > 0 ? 1 << (exponent - 1) : 0), tie(exponent > 0 ? -1 : 0), shift(exponent)
    {
    }
    std::int32_t operator()(std::int32_t x) const { return (x + half + ((x >> 31) & tie)) >> shift; }
};

/// rt::addTerm for bytes without a 64-bit product. With the multiplier split into 16-bit halves u and l,
/// (v 2^20 (u 2^16 + l) + 2^30) / 2^31 rounded down is 32 v u + (v l + 2^10) / 2^11 rounded down.
struct ByteTerm
{
    std::int32_t zero = 0, upper = 0, lower = 0;
    RoundingShift shift;

    ByteTerm() = default;
    ByteTerm(std::int32_t zeroPoint, rt::QuantizedMultiplier scale)
        : zero(zeroPoint), upper(scale.multiplier >> 16), lower(scale.multiplier & 0xffff), shift(-scale.shift)
    {
    }
    std::int32_t operator()(std::int32_t x) const
    {
        const std::int32_t v = x - zero;
        return shift(v * upper * 32 + ((v * lower + (1 << 10)) >> 11));
    }
};

/// The same numbers as Quantized, in a form that vectorises well.
template <class T, bool subtracts>
struct QuantizedBytes
{
    ByteTerm term1, term2;
    std::int64_t multiplier;
    RoundingShift shift;
    std::int32_t zeroOut, low, high;

    explicit QuantizedBytes(const rt::AddParameters &p)
        : term1(p.zero1, p.scale1), term2(p.zero2, p.scale2), multiplier(p.scaleOut.multiplier),
          shift(-p.scaleOut.shift), zeroOut(p.zeroOut), low(p.low), high(p.high)
    {
    }
    std::int32_t operator()(T a, T b) const
    {
        const std::int32_t sum = subtracts ? term1(a) - term2(b) : term1(a) + term2(b);
        const auto scaled = std::int32_t(std::uint64_t(sum * multiplier + (std::int64_t(1) << 30)) >> 31);
        return rt::clamp(shift(scaled) + zeroOut, low, high);
    }
};

/// XNNPACK's: each input times a fixed-point number of at most 21 bits, the sum rounded once, ties upwards.
struct SumRoundedOnce
{
    std::int32_t multiplierA = 0, multiplierB = 0, bias = 0, shift = 0;
    std::int32_t zeroOut = 0, low = 0, high = 0;

    SumRoundedOnce(const Tensor &a, const Tensor &b, const Tensor &out, const rt::AddParameters &p, bool subtracts)
        : zeroOut(p.zeroOut), low(p.low), high(p.high)
    {
        const float scale = out.quantization.scale[0];
        const float ofA = a.quantization.scale[0] / scale, ofB = b.quantization.scale[0] / scale;
        shift = 20 - std::ilogb(std::max(ofA, ofB));
        multiplierA = std::int32_t(std::lrint(std::ldexp(ofA, shift)));
        multiplierB = std::int32_t(std::lrint(std::ldexp(subtracts ? -ofB : ofB, shift)));
        bias = (1 << (shift - 1)) - multiplierA * zeroOf(a) - multiplierB * zeroOf(b);
    }
    std::int32_t operator()(std::int32_t a, std::int32_t b) const
    {
        return rt::clamp(((bias + a * multiplierA + b * multiplierB) >> shift) + zeroOut, low, high);
    }

    /// XNNPACK leaves other factors to the usual kernel.
    static bool canDo(const Tensor &a, const Tensor &b, const Tensor &out)
    {
        const auto isWithin = [&](const Tensor &in) {
            const float factor = in.quantization.scale[0] / out.quantization.scale[0];
            return factor >= 0x1p-10f && factor < 0x1p8f;
        };
        return isWithin(a) && isWithin(b);
    }

private:
    static std::int32_t zeroOf(const Tensor &tensor) { return std::int32_t(tensor.quantization.zeroPoint[0]); }
};

template <bool subtracts>
struct Float
{
    FloatRange range;
    float operator()(float a, float b) const
    {
        const float sum = subtracts ? a - b : a + b;
        const float bounded = sum < range.low ? range.low : sum;
        return bounded > range.high ? range.high : bounded;
    }
};

/// Wraps, as the reference does.
template <class Unsigned, bool subtracts>
struct Integer
{
    Unsigned operator()(Unsigned a, Unsigned b) const { return subtracts ? a - b : a + b; }
};

template <class T, class Function>
KernelPtr kernel(const Tensor &a, const Tensor &b, Broadcast plan, Function function)
{
    return makeKernel<BinaryKernel<T, T, T, Function>>(a, b, std::move(plan), function);
}

/// ADD and SUB differ in a sign and in how their scales are divided.
template <bool subtracts, Rounding rounding>
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
    rt::AddParameters p;
    switch (out.type) {
    case DType::float32:
        range = check.take(floatRange(activation));
        break;
    case DType::int8:
    case DType::uint8:
    case DType::int16:
        p = check.take(subtracts ? subtractParameters(a, b, out, activation) : addParameters(a, b, out, activation));
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
    const bool isByte = out.type == DType::int8 || out.type == DType::uint8;
    if (rounding == Rounding::tflite && isByte && SumRoundedOnce::canDo(a, b, out)) {
        if (out.type == DType::int8)
            return kernel<std::int8_t>(a, b, *plan, SumRoundedOnce(a, b, out, p, subtracts));
        if (out.type == DType::uint8)
            return kernel<std::uint8_t>(a, b, *plan, SumRoundedOnce(a, b, out, p, subtracts));
    }
    switch (out.type) {
    case DType::float32:
        return kernel<float>(a, b, *plan, Float<subtracts>{range});
    case DType::int8:
        return kernel<std::int8_t>(a, b, *plan, QuantizedBytes<std::int8_t, subtracts>(p));
    case DType::uint8:
        return kernel<std::uint8_t>(a, b, *plan, QuantizedBytes<std::uint8_t, subtracts>(p));
    case DType::int16:
        return kernel<std::int16_t>(a, b, *plan, Quantized<std::int16_t, subtracts>{p});
    case DType::int32:
        return kernel<std::uint32_t>(a, b, *plan, Integer<std::uint32_t, subtracts>());
    default:
        return kernel<std::uint64_t>(a, b, *plan, Integer<std::uint64_t, subtracts>());
    }
}

} // namespace

extern const KernelKind addKernel = {OpKind::add, make<false, Rounding::micro>, make<false, Rounding::tflite>};
extern const KernelKind subKernel = {OpKind::sub, make<true, Rounding::micro>, make<true, Rounding::tflite>};

} // namespace espalier
