// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>

namespace espalier {

enum class RateSchedule {
    cosine,   ///< half a cosine from the learning rate to 0
    constant, ///< the learning rate throughout
    step      ///< a tenth of it from half of the steps on, a hundredth from three quarters on
};

struct ScheduleSettings
{
    RateSchedule kind = RateSchedule::cosine;
    double warmUp = 0; ///< share of the steps in which the rate grows evenly from near 0
};

/// The learning rate at a step from 0 to `steps`: half a cosine from `start` to 0. Computed without the C library's
/// cosine, whose last bit differs between libraries.
double cosineRate(double start, std::int64_t step, std::int64_t steps);

/// The learning rate of a step from 0 on.
double rateAt(const ScheduleSettings &settings, double start, std::int64_t step, std::int64_t steps);

} // namespace espalier
