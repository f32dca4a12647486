// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/kernels/broadcastgradient.h"

namespace espalier {

namespace {

/// MAXIMUM and MINIMUM: the side that was taken gets the derivative; of equal ones the second, which the kernel takes.
template <bool isMaximum>
struct ChoiceRow
{
    void operator()(BroadcastSide a, BroadcastSide b, const float *g, const Broadcast::Dimension &d) const
    {
        for (std::size_t i = 0; i < d.extent; ++i, a = a.moved(d.a), b = b.moved(d.b)) {
            const bool isFirst = isMaximum ? *a.values > *b.values : *a.values < *b.values;
            if (float *const to = isFirst ? a.gradients : b.gradients)
                *to += g[i];
        }
    }
};

template <bool isMaximum>
Result<std::unique_ptr<const Gradient>> make(const Graph &graph, const Operator &op)
{
    return makeBroadcastGradient(graph, op, ChoiceRow<isMaximum>());
}

} // namespace

extern const GradientKind maximumGradient, minimumGradient;
const GradientKind maximumGradient{OpKind::maximum, make<true>};
const GradientKind minimumGradient{OpKind::minimum, make<false>};

} // namespace espalier
