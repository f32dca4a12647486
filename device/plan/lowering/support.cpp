// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "device/plan/lowering/support.h"

#include <algorithm>
#include <cmath>

namespace espalier::device {

FixedMultiplier fixedMultiplier(double real)
{
    if (real == 0)
        return {};
    int shift = 0;
    auto value = std::int64_t(std::round(std::frexp(real, &shift) * double(std::int64_t(1) << 31)));
    if (value == std::int64_t(1) << 31) {
        value /= 2;
        ++shift;
    }
    if (shift < -31) // too small to matter
        return {};
    if (shift > 30)
        return {INT32_MAX, 30};
    return {std::int32_t(value), shift};
}

QuantizedRange activationRange(Activation activation, const Tensor &output)
{
    const std::int32_t lowest = output.type == DType::uint8 ? 0 : -128, highest = lowest + 255;
    const auto quantized = [&](float value) {
        return zeroPoint(output) + std::int32_t(std::round(value / scale(output)));
    };
    switch (activation) {
    case Activation::relu:
        return {std::max(lowest, quantized(0)), highest};
    case Activation::relu6:
        return {std::max(lowest, quantized(0)), std::min(highest, quantized(6))};
    case Activation::reluN1To1:
        return {std::max(lowest, quantized(-1)), std::min(highest, quantized(1))};
    default:
        return {lowest, highest};
    }
}

std::int32_t Window::before() const
{
    if (padding == Padding::valid)
        return 0;
    const std::int32_t reach = (filter - 1) * dilation + 1;
    return std::max(0, (output - 1) * stride + reach - input) / 2;
}

std::int32_t activationNumber(Activation activation)
{
    switch (activation) {
    case Activation::relu:
        return 1;
    case Activation::reluN1To1:
        return 2;
    case Activation::relu6:
        return 3;
    default:
        return 0;
    }
}

ChannelMultipliers channelMultipliers(PlanBuilder &builder, const Tensor &input, const Tensor &weights,
                                      const Tensor &output)
{
    std::vector<std::int32_t> multipliers;
    std::vector<std::int8_t> shifts;
    for (const float weightScale : weights.quantization.scale) {
        const FixedMultiplier fixed =
            fixedMultiplier(double(scale(input)) * double(weightScale) / double(scale(output)));
        multipliers.push_back(fixed.value);
        shifts.push_back(std::int8_t(fixed.shift));
    }
    const bool perChannel = multipliers.size() > 1;
    return {builder.constant("multiplier", DType::int32, multipliers), builder.constant("shift", DType::int8, shifts),
            perChannel};
}

} // namespace espalier::device
