// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: MIT
#pragma once

#include <espalier/fixedpoint.h>

#include <stdint.h>

/// What TensorFlow Lite Micro's reference kernels compute for one element of a quantized tensor. All 8-bit and 16-bit
/// types pass as int32; `low` and `high` bound the result: the type's range, narrowed by the fused activation. The
/// parameters come from core/kernels/quantizedparameters.h.
namespace espalier {
namespace rt {

/// QUANTIZE between integer types, RELU, MEAN's last step: (x - zeroIn) * scale + zeroOut.
struct RequantizeParameters
{
    int32_t zeroIn = 0, zeroOut = 0;
    QuantizedMultiplier scale;
    int32_t low = 0, high = 0;
};

constexpr int32_t requantize(int32_t x, const RequantizeParameters &p)
{
    return clamp(wrappingAdd(multiplyByQuantizedMultiplier(wrappingAdd(x, -p.zeroIn), p.scale), p.zeroOut), p.low,
                 p.high);
}

/// ADD and SUB: both inputs lifted by leftShift and brought to twice the larger scale.
struct AddParameters
{
    int32_t zero1 = 0, zero2 = 0, zeroOut = 0;
    int32_t leftShift = 0;
    QuantizedMultiplier scale1, scale2, scaleOut;
    int32_t low = 0, high = 0;
};

constexpr int32_t addTerm(int32_t x, int32_t zero, int32_t leftShift, QuantizedMultiplier scale)
{
    return multiplyByQuantizedMultiplier(int32_t(uint32_t(x - zero) << leftShift), scale);
}

constexpr int32_t add(int32_t a, int32_t b, const AddParameters &p)
{
    const int32_t sum = addTerm(a, p.zero1, p.leftShift, p.scale1) + addTerm(b, p.zero2, p.leftShift, p.scale2);
    return clamp(wrappingAdd(multiplyByQuantizedMultiplier(sum, p.scaleOut), p.zeroOut), p.low, p.high);
}

constexpr int32_t subtract(int32_t a, int32_t b, const AddParameters &p)
{
    const int32_t difference = addTerm(a, p.zero1, p.leftShift, p.scale1) - addTerm(b, p.zero2, p.leftShift, p.scale2);
    return clamp(wrappingAdd(multiplyByQuantizedMultiplier(difference, p.scaleOut), p.zeroOut), p.low, p.high);
}

/// MUL.
struct MultiplyParameters
{
    int32_t zero1 = 0, zero2 = 0, zeroOut = 0;
    QuantizedMultiplier scale;
    int32_t low = 0, high = 0;
};

constexpr int32_t multiply(int32_t a, int32_t b, const MultiplyParameters &p)
{
    const int32_t product = (a - p.zero1) * (b - p.zero2);
    return clamp(wrappingAdd(multiplyByQuantizedMultiplier(product, p.scale), p.zeroOut), p.low, p.high);
}

/// LEAKY_RELU. A negative slope has a positive multiplier and `negativeSlope` set.
struct LeakyReluParameters
{
    int32_t zeroIn = 0, zeroOut = 0;
    QuantizedMultiplier identity, slope;
    bool negativeSlope = false;
    int32_t low = 0, high = 0;
};

constexpr int32_t leakyRelu(int32_t x, const LeakyReluParameters &p)
{
    const int32_t value = x - p.zeroIn;
    int32_t result = multiplyByQuantizedMultiplier(value, value >= 0 ? p.identity : p.slope);
    if (value < 0 && p.negativeSlope)
        result = int32_t(0 - uint32_t(result));
    return clamp(wrappingAdd(result, p.zeroOut), p.low, p.high);
}

/// PRELU: the slope is a tensor of its own.
struct PreluParameters
{
    int32_t zeroIn = 0, zeroSlope = 0, zeroOut = 0;
    QuantizedMultiplier identity, slope;
    int32_t low = 0, high = 0;
};

constexpr int32_t prelu(int32_t x, int32_t slope, const PreluParameters &p)
{
    const int32_t value = x - p.zeroIn;
    const int32_t result = value >= 0 ? multiplyByQuantizedMultiplier(value, p.identity)
                                      : multiplyByQuantizedMultiplier(value * (slope - p.zeroSlope), p.slope);
    return clamp(wrappingAdd(result, p.zeroOut), p.low, p.high);
}

/// HARD_SWISH of 8-bit values: x * relu6(x + 3) / 6 in 16-bit fixed point.
struct HardSwishParameters
{
    int32_t zeroIn = 0, zeroOut = 0;
    int16_t outputMultiplier = 0;
    int32_t outputExponent = 0; ///< at most 0
    int16_t reluishMultiplier = 0;
    int32_t reluishExponent = 0;
    int32_t low = 0, high = 0;
};

constexpr int16_t saturated16(int64_t value)
{
    return int16_t(value > INT16_MAX ? INT16_MAX : value < INT16_MIN ? INT16_MIN : value);
}

constexpr int32_t hardSwish(int32_t x, const HardSwishParameters &p)
{
    const auto fine = int16_t((x - p.zeroIn) * 128);
    const int16_t onOutputScale = saturatingRoundingDoublingHighMul(fine, p.outputMultiplier);
    // The gate: [-3, 3] onto [-1, 1] with saturation, then onto [0, 1].
    int16_t gate = fine;
    if (p.reluishExponent > 0)
        gate = saturated16(int64_t(gate) * (int64_t(1) << (p.reluishExponent - 1)));
    gate = saturatingRoundingDoublingHighMul(gate, p.reluishMultiplier);
    if (p.reluishExponent > 0)
        gate = saturated16(int64_t(gate) * 2);
    if (p.reluishExponent < 0)
        gate = int16_t(roundingDivideByPowerOfTwo(gate, -int(p.reluishExponent)));
    gate = int16_t((gate + (1 << 15)) >> 1);
    // Truncating here cancels the bias of the rounding above.
    const auto product = int16_t(int32_t(gate) * onOutputScale / (1 << 15));
    const auto result = int16_t(roundingDivideByPowerOfTwo(product, -int(p.outputExponent)) + p.zeroOut);
    return clamp(result, p.low, p.high);
}

/// LOGISTIC and TANH of 8-bit values.
struct SigmoidParameters
{
    int32_t zeroIn = 0;
    int32_t radius = 0;        ///< from here on the result saturates
    QuantizedMultiplier scale; ///< to Q4.27
    int32_t low = 0, high = 0; ///< the type's range; logistic's zero point is `low`, tanh's its middle
};

constexpr int32_t logistic(int32_t x, const SigmoidParameters &p)
{
    const int32_t value = x - p.zeroIn;
    if (value <= -p.radius)
        return p.low;
    if (value >= p.radius)
        return p.high;
    const int32_t result = logistic<4>(multiplyByQuantizedMultiplier(value, p.scale));
    return clamp(roundingDivideByPowerOfTwo(result, 31 - 8) + p.low, p.low, p.high);
}

constexpr int32_t tanh(int32_t x, const SigmoidParameters &p)
{
    const int32_t value = x - p.zeroIn;
    if (value <= -p.radius)
        return p.low;
    if (value >= p.radius)
        return p.high;
    const int32_t result = tanh<4>(multiplyByQuantizedMultiplier(value, p.scale));
    return clamp(roundingDivideByPowerOfTwo(result, 31 - 7) + p.low + 128, p.low, p.high);
}

/// AVERAGE_POOL_2D: sum / count to the nearest integer, ties away from zero; not yet clamped.
constexpr int32_t roundedMean(int32_t sum, int32_t count)
{
    return sum > 0 ? (sum + count / 2) / count : (sum - count / 2) / count;
}

/// SOFTMAX of int8 or uint8 to int8, uint8 or int16 (scale 1/256 or 1/65536, zero point the type's lowest value).
struct SoftmaxParameters
{
    QuantizedMultiplier scale; ///< to Q5.26; its shift is not negative
    int32_t lowestDifference = 0;
};

/// e^(x - max) in Q0.31 for difference = x - max, at most 0; -1 where it counts as nothing.
constexpr int32_t softmaxExp(int32_t difference, const SoftmaxParameters &p)
{
    return difference < p.lowestDifference ? -1
                                           : expOnNegativeValues<5>(multiplyByQuantizedMultiplier(difference, p.scale));
}

/// One exponential as the next summand of a row, in Q12.19.
constexpr int32_t softmaxSummand(int32_t exponential)
{
    return exponential < 0 ? 0 : roundingDivideByPowerOfTwo(exponential, 12);
}

/// The result for one exponential. `inverse` and `bitsOverUnit` are reciprocal(sum, 12, bitsOverUnit); outputBits is 8
/// or 16, low the type's lowest value.
constexpr int32_t softmaxResult(int32_t exponential, int32_t inverse, int bitsOverUnit, int outputBits, int32_t low)
{
    const int exponent = bitsOverUnit + 31 - outputBits;
    if (exponential < 0 || exponent > 31)
        return low;
    const int32_t result =
        roundingDivideByPowerOfTwo(saturatingRoundingDoublingHighMul(inverse, exponential), exponent);
    return clamp(result + low, low, low + (int32_t(1) << outputBits) - 1);
}

} // namespace rt
} // namespace espalier
