// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/kernels/gradient.h"

#include <algorithm>

namespace espalier {

#define GRADIENT(symbol, file) extern const GradientKind symbol;
#include "core/kernels/gradients.def"
#undef GRADIENT

const GradientKind *gradientKind(OpKind kind)
{
    static const GradientKind *const kinds[] = {
#define GRADIENT(symbol, file) &symbol,
#include "core/kernels/gradients.def"
#undef GRADIENT
    };
    const auto found = std::ranges::find(kinds, kind, [](const GradientKind *k) { return k->kind; });
    return found == std::end(kinds) ? nullptr : *found;
}

void undoActivation(Activation activation, const float *output, float *gradient, std::size_t count)
{
    switch (activation) {
    case Activation::relu:
        for (std::size_t i = 0; i < count; ++i)
            gradient[i] = output[i] > 0 ? gradient[i] : 0;
        break;
    case Activation::relu6:
        for (std::size_t i = 0; i < count; ++i)
            gradient[i] = output[i] > 0 && output[i] < 6 ? gradient[i] : 0;
        break;
    case Activation::reluN1To1:
        for (std::size_t i = 0; i < count; ++i)
            gradient[i] = output[i] > -1 && output[i] < 1 ? gradient[i] : 0;
        break;
    default:
        break;
    }
}

Result<void> checkTrainable(Activation activation)
{
    if (activation == Activation::tanh || activation == Activation::signBit)
        return failed("its fused activation cannot be trained");
    return {};
}

} // namespace espalier
