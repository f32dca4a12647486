// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace espalier {

/// Half-width of Wilson's 95 % interval for `right` of `count`.
double wilsonHalfWidth(std::size_t right, std::size_t count);

/// The area under the ROC curve: the chance that an anomaly (label not 0) scores higher than a normal sample, ties
/// counted half. NaN where one of the two kinds is absent. `halfWidth` of the 95 % interval after Hanley and McNeil.
struct AreaUnderCurve
{
    double area = 0, halfWidth = 0;
};
AreaUnderCurve areaUnderCurve(std::span<const float> scores, std::span<const std::int32_t> labels);

} // namespace espalier
