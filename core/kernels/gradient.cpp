// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/kernels/gradient.h"

#include "core/kernels/channelrows.h"
#include "core/kernels/vectorize.h"

#include <algorithm>
#include <limits>

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

namespace {

/// 0 where the output is at a limit or beyond.
ESPALIER_VECTORIZE void keepBetween(float low, float high, const float *output, float *gradient, std::size_t count)
{
    ESPALIER_INDEPENDENT
    for (std::size_t i = 0; i < count; ++i)
        gradient[i] = output[i] > low && output[i] < high ? gradient[i] : 0;
}

} // namespace

void undoActivation(Activation activation, const float *output, float *gradient, std::size_t count)
{
    constexpr float infinity = std::numeric_limits<float>::infinity();
    switch (activation) {
    case Activation::relu:
        return keepBetween(0, infinity, output, gradient, count);
    case Activation::relu6:
        return keepBetween(0, 6, output, gradient, count);
    case Activation::reluN1To1:
        return keepBetween(-1, 1, output, gradient, count);
    default:
        break;
    }
}

ESPALIER_VECTORIZE void addTo(float *to, const float *from, std::size_t count)
{
    ESPALIER_INDEPENDENT
    for (std::size_t i = 0; i < count; ++i)
        to[i] += from[i];
}

ESPALIER_VECTORIZE void addProducts(float *to, const float *from, const float *factor, std::size_t count)
{
    ESPALIER_INDEPENDENT
    for (std::size_t i = 0; i < count; ++i)
        to[i] += from[i] * factor[i];
}

void addChannelSums(const float *values, std::size_t pixels, std::size_t channels, float *sums)
{
    const ChannelRows rows(channels);
    if (rows.columns() == channels) {
        rows.forEach(pixels, [&](std::size_t first, std::size_t count) { addTo(sums, values + first, count); });
        return;
    }
    float row[ChannelRows::mostRepeated] = {};
    rows.forEach(pixels, [&](std::size_t first, std::size_t count) { addTo(row, values + first, count); });
    for (std::size_t c = 0; c < channels; ++c)
        sums[c] += float(rows.folded(row, c));
}

Result<void> checkTrainable(Activation activation)
{
    if (activation == Activation::tanh || activation == Activation::signBit)
        return failed("its fused activation cannot be trained");
    return {};
}

} // namespace espalier
