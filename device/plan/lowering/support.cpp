// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "device/plan/lowering/support.h"

#include "core/kernels/quantizedmultiplier.h"

#include <algorithm>
#include <cmath>

namespace espalier::device {

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
                                      const Tensor &output, bool floatProduct)
{
    std::vector<std::int32_t> multipliers;
    std::vector<std::int8_t> shifts;
    const std::vector<float> &scales = weights.quantization.scale;
    for (const float by : scales) {
        const float in = scale(input);
        const double product = floatProduct && scales.size() == 1 ? double(in * by) : double(in) * double(by);
        const rt::QuantizedMultiplier fixed = quantizeMultiplier(product / double(scale(output)));
        multipliers.push_back(fixed.multiplier);
        shifts.push_back(std::int8_t(fixed.shift));
    }
    return {builder.constant("multiplier", DType::int32, multipliers), builder.constant("shift", DType::int8, shifts),
            multipliers.size() > 1};
}

PlanRef weightScales(PlanBuilder &builder, const Tensor &weights)
{
    return builder.constant("scale", DType::float32, weights.quantization.scale);
}

} // namespace espalier::device
