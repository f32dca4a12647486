// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/kernels/broadcast.h"

#include <algorithm>

namespace espalier {

bool Broadcast::isPlain() const
{
    return std::ranges::all_of(dimensions,
                               [](const Dimension &d) { return d.extent == 1 || (d.a != 0 && d.b != 0); }) &&
           std::ranges::count_if(dimensions, [](const Dimension &d) { return d.extent != 1; }) <= 1;
}

std::optional<Broadcast> broadcast(const Shape &a, const Shape &b, const Shape &output)
{
    if (output.size() != std::max(a.size(), b.size()))
        return {};
    Broadcast plan;
    plan.elements = elementCount(output);
    std::ptrdiff_t strideA = 1, strideB = 1;
    std::vector<Broadcast::Dimension> innermostFirst;
    for (std::size_t i = 0; i < output.size(); ++i) {
        const std::int32_t extentA = i < a.size() ? a[a.size() - 1 - i] : 1;
        const std::int32_t extentB = i < b.size() ? b[b.size() - 1 - i] : 1;
        const std::int32_t extent = output[output.size() - 1 - i];
        if (extent != (extentA == 1 ? extentB : extentA) || (extentB != 1 && extentB != extent))
            return {};
        const Broadcast::Dimension next{std::size_t(extent), extentA == 1 ? 0 : strideA, extentB == 1 ? 0 : strideB};
        strideA *= extentA;
        strideB *= extentB;
        if (extent == 1)
            continue;
        if (!innermostFirst.empty()) {
            Broadcast::Dimension &inner = innermostFirst.back();
            const auto span = std::ptrdiff_t(inner.extent);
            if (next.a == inner.a * span && next.b == inner.b * span) {
                inner.extent *= next.extent;
                continue;
            }
        }
        innermostFirst.push_back(next);
    }
    if (innermostFirst.empty())
        innermostFirst.push_back({1, 1, 1});
    while (innermostFirst.size() < 2)
        innermostFirst.push_back({});
    plan.dimensions.assign(innermostFirst.rbegin(), innermostFirst.rend());
    return plan;
}

} // namespace espalier
