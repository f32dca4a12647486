// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/graph/operator.h"

#include <limits>
#include <optional>

namespace espalier {

/// The values between which a fused activation keeps a float output.
struct FloatRange
{
    float low = -std::numeric_limits<float>::infinity(), high = std::numeric_limits<float>::infinity();
};

/// Nothing where the activation is no clamp.
constexpr std::optional<FloatRange> floatRange(Activation activation)
{
    switch (activation) {
    case Activation::none:
        return FloatRange();
    case Activation::relu:
        return FloatRange{0};
    case Activation::reluN1To1:
        return FloatRange{-1, 1};
    case Activation::relu6:
        return FloatRange{0, 6};
    case Activation::tanh:
    case Activation::signBit:
        break;
    }
    return std::nullopt;
}

} // namespace espalier
