// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/train/schedule.h"

namespace espalier {

double cosineRate(double start, std::int64_t step, std::int64_t steps)
{
    // (1 + cos x) / 2 = cos^2 (x / 2), and x / 2 is at most pi / 2, where the series is exact after 14 terms.
    constexpr double halfPi = 1.5707963267948966;
    const double x = halfPi * double(step) / double(steps);
    double cosine = 1;
    for (int n = 28; n > 0; n -= 2)
        cosine = 1 - x * x / (n * (n - 1)) * cosine;
    return start * cosine * cosine;
}

double rateAt(const ScheduleSettings &settings, double start, std::int64_t step, std::int64_t steps)
{
    const auto warmUp = std::int64_t(settings.warmUp * double(steps));
    if (step < warmUp)
        return start * double(step + 1) / double(warmUp);
    switch (settings.kind) {
    case RateSchedule::cosine:
        return cosineRate(start, step - warmUp, steps - warmUp);
    case RateSchedule::step:
        return start * (4 * step < 2 * steps ? 1 : 4 * step < 3 * steps ? 0.1 : 0.01);
    case RateSchedule::constant:
        break;
    }
    return start;
}

} // namespace espalier
