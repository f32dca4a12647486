// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/kernels/broadcastgradient.h"

namespace espalier {

namespace {

void addAlong(float *to, std::ptrdiff_t step, const float *g, std::size_t count, float sign)
{
    if (!to)
        return;
    if (sign == 1 && step == 1)
        return addTo(to, g, count);
    for (std::size_t i = 0; i < count; ++i)
        to[std::ptrdiff_t(i) * step] += g[i] * sign;
}

void addProducts(float *to, std::ptrdiff_t step, const float *g, const float *other, std::ptrdiff_t otherStep,
                 std::size_t count)
{
    for (std::size_t i = 0; to && i < count; ++i)
        to[std::ptrdiff_t(i) * step] += g[i] * other[std::ptrdiff_t(i) * otherStep];
}

/// ADD, or SUB by a sign of -1.
struct SumRow
{
    float sign;
    void operator()(BroadcastSide a, BroadcastSide b, const float *g, const Broadcast::Dimension &d) const
    {
        addAlong(a.gradients, d.a, g, d.extent, 1);
        addAlong(b.gradients, d.b, g, d.extent, sign);
    }
};

struct ProductRow
{
    void operator()(BroadcastSide a, BroadcastSide b, const float *g, const Broadcast::Dimension &d) const
    {
        addProducts(a.gradients, d.a, g, b.values, d.b, d.extent);
        addProducts(b.gradients, d.b, g, a.values, d.a, d.extent);
    }
};

template <class Row>
Result<std::unique_ptr<const Gradient>> make(const Graph &graph, const Operator &op, Row row)
{
    const Activation activation = op.as<ArithmeticOptions>().activation;
    if (const Result<void> trainable = checkTrainable(activation); !trainable)
        return trainable.error();
    return makeBroadcastGradient(graph, op, row, activation);
}

} // namespace

extern const GradientKind addGradient, subGradient, mulGradient;
const GradientKind addGradient{OpKind::add, [](const Graph &g, const Operator &op) { return make(g, op, SumRow{1}); }};
const GradientKind subGradient{OpKind::sub, [](const Graph &g, const Operator &op) { return make(g, op, SumRow{-1}); }};
const GradientKind mulGradient{OpKind::mul,
                               [](const Graph &g, const Operator &op) { return make(g, op, ProductRow()); }};

} // namespace espalier
