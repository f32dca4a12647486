// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "device/plan/planbuilder.h"

#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

namespace espalier::device {

/// An int8 layer whose filter is a constant without a zero point, as the kernels of the dsp family take it.
struct DspLayer
{
    TensorId input, filter, bias, output;
    Activation activation = Activation::none;
    bool floatProduct = false; ///< see channelMultipliers()
    std::int32_t outputs = 0;
    std::int64_t weightsOfOutput = 0;
    /// The weight of one output channel at a place of the kernel's order.
    std::function<std::int8_t(std::int32_t output, std::int64_t place)> weight;
};

/// rt::dsp::Channel of every output channel, or nothing where some sum or rounding could leave what the kernels'
/// shorter arithmetic holds: then the plain kernels are called.
std::optional<std::vector<std::int32_t>> dspChannels(const PlanBuilder &builder, const DspLayer &layer);

/// Two channels in one halfword, 256 * second + first, or nothing where that or a sum does not fit. An absent second
/// channel is zero.
class PairPacker
{
public:
    explicit PairPacker(const DspLayer &layer) : m_layer(layer) {}
    /// Whether all pairs of neighbouring channels fit.
    bool fits() const;
    std::int16_t packed(std::int32_t firstOutput, std::int64_t place) const;

private:
    const DspLayer &m_layer;
};

/// The order in which SXTB16 takes four bytes apart: 0, 2, 1, 3.
inline std::int64_t unpackedPlace(std::int64_t i)
{
    constexpr std::int64_t order[] = {0, 2, 1, 3};
    return (i & ~std::int64_t(3)) + order[i & 3];
}

} // namespace espalier::device
