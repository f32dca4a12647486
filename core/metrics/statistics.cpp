// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/metrics/statistics.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <vector>

namespace espalier {

namespace {
constexpr double z95 = 1.959963984540054; // the normal distribution's 97.5 % point
}

double wilsonHalfWidth(std::size_t right, std::size_t count)
{
    if (count == 0)
        return 0;
    const auto n = double(count);
    const double share = double(right) / n;
    return z95 / (1 + z95 * z95 / n) * std::sqrt(share * (1 - share) / n + z95 * z95 / (4 * n * n));
}

AreaUnderCurve areaUnderCurve(std::span<const float> scores, std::span<const std::int32_t> labels)
{
    std::vector<std::size_t> order(scores.size());
    std::iota(order.begin(), order.end(), std::size_t(0));
    // A score that is not a number ranks highest: a model that computes nonsense has found something unusual.
    const auto rank = [&](std::size_t i) {
        return std::isnan(scores[i]) ? std::numeric_limits<float>::infinity() : scores[i];
    };
    std::ranges::sort(order, {}, rank);

    double anomalies = 0, normals = 0, rankSum = 0; // of anomalies; equal scores share their mean rank
    for (std::size_t first = 0; first < order.size();) {
        std::size_t end = first;
        std::size_t anomalous = 0;
        for (; end < order.size() && rank(order[end]) == rank(order[first]); ++end)
            anomalous += labels[order[end]] != 0 ? 1 : 0;
        rankSum += double(anomalous) * (double(first + end) + 1) / 2;
        anomalies += double(anomalous);
        normals += double(end - first - anomalous);
        first = end;
    }
    if (anomalies == 0 || normals == 0)
        return {std::numeric_limits<double>::quiet_NaN(), 0};
    const double area = (rankSum - anomalies * (anomalies + 1) / 2) / (anomalies * normals);
    const double q1 = area / (2 - area), q2 = 2 * area * area / (1 + area);
    const double variance =
        (area * (1 - area) + (anomalies - 1) * (q1 - area * area) + (normals - 1) * (q2 - area * area)) /
        (anomalies * normals);
    return {area, z95 * std::sqrt(std::max(0.0, variance))};
}

} // namespace espalier
