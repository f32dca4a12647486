// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "device/plan/planbuilder.h"

#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

namespace espalier::device {

/// An int8 layer whose filter is a constant without a zero point, as the kernels for one family of processors take it.
struct Int8Layer
{
    TensorId input, filter, bias, output;
    Activation activation = Activation::none;
    bool floatProduct = false; ///< see channelMultipliers()
    std::int32_t outputs = 0;
    std::int64_t weightsOfOutput = 0;
    /// The weight of one output channel at a place of the kernel's order.
    std::function<std::int8_t(std::int32_t output, std::int64_t place)> weight;
};

/// Whether the operator is such a layer: input int8, filter int8 or int4, no zero point in the filter. An int4 filter,
/// of at most 16 values, is a clustered one where it is not tiny, and so keeps its 4 bits in flash.
bool isInt8Layer(const PlanBuilder &builder, const Operator &op);

/// The weights of such a filter.
std::vector<std::int8_t> int8Weights(const PlanBuilder &builder, TensorId filter);

/// Of one output channel: the sum of its weights, and that of their magnitudes.
struct WeightSums
{
    std::int64_t sum = 0, magnitude = 0;
};
WeightSums weightSums(const Int8Layer &layer, std::int32_t output);

/// A Channel (rt::dsp, rt::thumb) of every output channel: biasFactor times its bias, multiplier, rounding, shift. Or
/// nothing where some sum or rounding could leave what the kernels' shorter arithmetic holds: then the plain kernels
/// are called.
std::optional<std::vector<std::int32_t>> channelTable(const PlanBuilder &builder, const Int8Layer &layer,
                                                      std::int32_t biasFactor);

} // namespace espalier::device
