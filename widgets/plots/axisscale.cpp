// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/plots/axisscale.h"

#include <algorithm>
#include <cmath>

namespace espalier::ui {

namespace {

constexpr double margin = 0.08; // of the span, at each end

std::vector<double> linearTicks(double lower, double upper, int count)
{
    const double rough = (upper - lower) / std::max(1, count);
    const double power = std::pow(10, std::floor(std::log10(rough)));
    double step = power * 10;
    for (const double nice : {1.0, 2.0, 2.5, 5.0})
        if (nice * power >= rough) {
            step = nice * power;
            break;
        }
    std::vector<double> result;
    for (double i = std::ceil(lower / step - 1e-9); i * step <= upper * (1 + 1e-12) + 1e-300; ++i)
        result.push_back(i == 0 ? 0 : i * step);
    return result;
}

std::vector<double> logarithmicTicks(double lower, double upper, std::span<const double> mantissas)
{
    std::vector<double> result;
    for (double decade = std::floor(std::log10(lower)); decade <= std::ceil(std::log10(upper)); ++decade)
        for (const double mantissa : mantissas)
            if (const double tick = mantissa * std::pow(10, decade); tick >= lower && tick <= upper)
                result.push_back(tick);
    return result;
}

} // namespace

double AxisScale::share(double value) const
{
    if (logarithmic)
        return std::log(value / lower) / std::log(upper / lower);
    return (value - lower) / (upper - lower);
}

AxisScale scaleFor(std::span<const double> values, bool logarithmic)
{
    if (values.empty())
        return {};
    const auto [least, most] = std::ranges::minmax(values);
    if (logarithmic && least > 0) {
        const double ratio = std::max(most / least, 1.2);
        return {least / std::pow(ratio, margin), least * std::pow(ratio, 1 + margin), true};
    }
    double span = most - least;
    if (span <= 0)
        span = std::max(std::abs(most) * 0.1, 1e-6);
    AxisScale scale{least - span * margin, least + span * (1 + margin), false};
    if (least >= 0 && scale.lower < 0)
        scale.lower = -span * 0.03; // the dot at zero stays whole, and the axis does not suggest negative figures
    return scale;
}

std::vector<double> ticks(const AxisScale &scale, int count)
{
    if (!scale.logarithmic)
        return linearTicks(scale.lower, scale.upper, count);
    static constexpr double one[] = {1}, three[] = {1, 2, 5}, many[] = {1, 1.5, 2, 3, 4, 5, 6, 7, 8, 9};
    for (const std::span<const double> mantissas :
         {std::span<const double>(one), std::span<const double>(three), std::span<const double>(many)})
        if (auto result = logarithmicTicks(scale.lower, scale.upper, mantissas);
            int(result.size()) >= std::max(2, count / 2))
            return result;
    return linearTicks(scale.lower, scale.upper, count);
}

std::vector<QString> tickTexts(std::span<const double> ticks, const QLocale &locale)
{
    std::vector<QString> texts;
    for (int decimals = 0; decimals <= 6; ++decimals) {
        texts.clear();
        bool exact = true;
        for (const double tick : ticks) {
            const double shown = std::round(tick * std::pow(10, decimals)) / std::pow(10, decimals);
            exact = exact && std::abs(shown - tick) <= 1e-9 * std::max(std::abs(tick), 1e-6);
            texts.push_back(locale.toString(tick, 'f', decimals).replace(QLatin1Char('-'), QChar(0x2212)));
        }
        if (exact)
            break;
    }
    return texts;
}

} // namespace espalier::ui
