// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/graph/int4.h"
#include "device/plan/lowering/support.h"

namespace espalier::device {

inline PlanRef zeroBias(PlanBuilder &builder, TensorId input, std::int32_t outputs)
{
    if (builder.tensor(input).type == DType::int16)
        return builder.constant("bias", DType::int64, std::vector<std::int64_t>(std::size_t(outputs), 0));
    return builder.constant("bias", DType::int32, std::vector<std::int32_t>(std::size_t(outputs), 0));
}

template <class OutputOf>
PlanRef foldedBias(PlanBuilder &builder, TensorId input, TensorId weights, TensorId bias, std::int32_t outputs,
                   OutputOf outputOf)
{
    if (builder.tensor(input).type == DType::int16)
        return bias.valid() ? builder.constant("bias", bias) : zeroBias(builder, input, outputs);
    std::vector<std::int32_t> folded(std::size_t(outputs), 0);
    if (bias.valid()) {
        const auto given = builder.values<std::int32_t>(bias);
        folded.assign(given.begin(), given.end());
    }
    const auto offset = std::uint32_t(zeroPoint(builder.tensor(input)));
    const std::int32_t weightZero = zeroPoint(builder.tensor(weights));
    const DType type = builder.stored(weights).type;
    const auto bytes = builder.values<std::uint8_t>(weights);
    for (std::size_t i = 0; i < builder.tensor(weights).elements(); ++i) {
        const std::int32_t weight = (type == DType::int4   ? int4At(bytes.data(), i)
                                     : type == DType::int8 ? std::int8_t(bytes[i])
                                                           : std::int32_t(bytes[i])) -
                                    weightZero;
        std::int32_t &sum = folded[std::size_t(outputOf(i))];
        sum = std::int32_t(std::uint32_t(sum) - offset * std::uint32_t(weight));
    }
    return builder.constant("bias", DType::int32, folded);
}

} // namespace espalier::device
