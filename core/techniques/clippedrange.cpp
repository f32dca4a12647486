// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/techniques/clippedrange.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <vector>

namespace espalier {

namespace {

constexpr float narrowest = 0.01f;

/// The numbers of the outermost bins with values; a histogram without any gives its ends.
std::pair<std::size_t, std::size_t> outermostBins(const Histogram &histogram)
{
    std::size_t first = 0, last = Histogram::bins - 1;
    while (first < last && histogram.count(first) == 0)
        ++first;
    while (last > first && histogram.count(last) == 0)
        --last;
    return {first, last};
}

struct Grid
{
    float step, offset; ///< value = step * (q + offset), q from 0
};

Grid gridOf(ClippedRange range, float levels)
{
    const float step = (range.maximum - range.minimum) / levels;
    return {step, std::round(range.minimum / step)};
}

/// A bin's place and share, of those that hold any.
struct Mass
{
    float centre;
    double share;
    std::size_t bin;
};

std::vector<Mass> massesOf(const Histogram &histogram)
{
    std::vector<Mass> masses;
    for (std::size_t i = 0; i < Histogram::bins; ++i)
        if (histogram.count(i) > 0)
            masses.push_back(
                {histogram.left(i) + histogram.width() / 2, double(histogram.count(i)) / double(histogram.total()), i});
    return masses;
}

double squareError(std::span<const Mass> masses, ClippedRange range, float levels)
{
    const Grid grid = gridOf(range, levels);
    double sum = 0;
    for (const Mass &mass : masses) {
        const float clipped = std::clamp(mass.centre, range.minimum, range.maximum);
        const float error = mass.centre - grid.step * (std::round(clipped / grid.step - grid.offset) + grid.offset);
        sum += mass.share * error * error;
    }
    return sum;
}

double enhancedCost(const Histogram &histogram, std::span<const Mass> masses, Grid grid, float levels)
{
    const float low = grid.step * grid.offset, high = grid.step * (grid.offset + levels);
    const std::size_t lowest = histogram.binOf(low), highest = histogram.binOf(high);
    double rounding = 0, clipping = 0;
    for (const Mass &mass : masses) {
        if (mass.bin < lowest || mass.bin >= highest) {
            const std::size_t end = mass.bin < lowest ? lowest : highest;
            const float distance = mass.centre - (histogram.left(end) + histogram.width() / 2);
            clipping += mass.share * distance * distance;
        } else {
            const float error =
                mass.centre - grid.step * (std::round(mass.centre / grid.step - grid.offset) + grid.offset);
            rounding += mass.share * error * error;
        }
    }
    return rounding + 3 * clipping;
}

/// Moves a little of the mass to the empty bins, so that no quotient of shares is 0 or infinite.
void fillGaps(std::vector<double> &masses)
{
    constexpr double little = 1e-4;
    const auto empty = std::ranges::count(masses, 0.0);
    const double taken = little * double(empty) / double(std::ptrdiff_t(masses.size()) - empty);
    if (taken >= 1)
        return;
    for (double &mass : masses)
        mass += mass == 0 ? little : -taken;
}

double divergence(const std::vector<double> &p, const std::vector<double> &q)
{
    const double sumP = std::accumulate(p.begin(), p.end(), 0.0), sumQ = std::accumulate(q.begin(), q.end(), 0.0);
    double sum = 0;
    for (std::size_t i = 0; i < p.size(); ++i)
        if (p[i] > 0 && q[i] > 0)
            sum += p[i] / sumP * std::log(p[i] / sumP / (q[i] / sumQ));
    return sum;
}

/// The window with what lies outside it added to its end bins, against its own bins merged into a few levels, each
/// spread evenly over its bins that are not empty. Infinite where the window is empty.
double windowDivergence(std::span<const double> all, std::size_t first, std::size_t last, std::size_t levels)
{
    const std::size_t size = last - first + 1;
    const std::span<const double> window = all.subspan(first, size);
    std::vector<double> p(window.begin(), window.end()), q(size, 0.0);
    p.front() = std::accumulate(all.begin(), all.begin() + std::ptrdiff_t(first) + 1, 0.0);
    p.back() = std::accumulate(all.begin() + std::ptrdiff_t(last), all.end(), 0.0);
    const double merged = double(size) / double(levels);
    for (std::size_t level = 0; level < levels; ++level) {
        const auto from = std::size_t(std::ceil(double(level) * merged));
        const std::size_t to = level + 1 < levels ? std::size_t(std::ceil(double(level + 1) * merged)) : size;
        double sum = 0, filled = 0;
        for (std::size_t i = from; i < to; ++i) {
            sum += window[i];
            filled += window[i] != 0 ? 1 : 0;
        }
        for (std::size_t i = from; i < to; ++i)
            q[i] = window[i] != 0 ? sum / filled : 0;
    }
    if (std::ranges::all_of(q, [](double mass) { return mass == 0; }))
        return std::numeric_limits<double>::infinity();
    fillGaps(p);
    fillGaps(q);
    return divergence(p, q);
}

} // namespace

ClippedRange observedRange(const Histogram &histogram)
{
    const auto [first, last] = outermostBins(histogram);
    const float minimum = std::min(histogram.left(first), 0.0f);
    return {minimum, std::max({histogram.left(last), 0.0f, minimum + narrowest})};
}

ClippedRange percentileRange(const Histogram &histogram, double percentile)
{
    if (percentile >= 100)
        return observedRange(histogram);
    const float above = float(percentile) / 100, below = 1 - above;
    std::vector<double> reached(Histogram::bins);
    double sum = 0;
    for (std::size_t i = 0; i < Histogram::bins; ++i)
        reached[i] = sum += double(histogram.count(i)) / double(histogram.total());
    float minimum = histogram.left(0), maximum = histogram.left(Histogram::bins);
    const auto low = std::ranges::find_if(reached, [&](double share) { return share >= below; });
    if (low != reached.end())
        minimum = histogram.left(std::size_t(low - reached.begin()));
    for (std::size_t i = Histogram::bins; i-- > 0;)
        if (reached[i] < above) {
            maximum = histogram.left(std::min(i + 1, Histogram::bins - 1));
            break;
        }
    if (minimum == maximum)
        maximum += histogram.width();
    return {std::min(minimum, 0.0f), std::max(maximum, 0.0f)};
}

ClippedRange leastSquaresRange(const Histogram &histogram, int bits)
{
    const float levels = float((1 << bits) - 1);
    const ClippedRange seen = observedRange(histogram);
    // The centres are laid from the smallest value, which is 0 and no edge where all values are positive.
    std::vector<Mass> masses;
    for (std::size_t i = 0; i < Histogram::bins; ++i) {
        const float centre = seen.minimum + (float(i) + 0.5f) * histogram.width();
        const std::size_t bin = histogram.binOf(centre);
        if (centre < seen.maximum + histogram.width() && histogram.count(bin) > 0)
            masses.push_back({centre, double(histogram.count(bin)) / double(histogram.total()), bin});
    }
    std::vector<float> lows, highs;
    for (std::size_t i = 0; i < Histogram::bins; ++i) {
        const float edge = histogram.left(i);
        if (edge < seen.minimum || edge > seen.maximum + histogram.width())
            continue;
        if (edge < 0)
            lows.push_back(edge);
        else if (edge > 0)
            highs.push_back(edge);
    }
    lows.push_back(0);
    highs.push_back(0);
    ClippedRange best = seen;
    double least = std::numeric_limits<double>::infinity();
    for (const float low : lows)
        for (const float high : highs) {
            if (low == high)
                continue;
            const double error = squareError(masses, {low, high}, levels);
            if (error < least) {
                least = error;
                best = {low, high};
            }
        }
    return best;
}

ClippedRange enhancedRange(const Histogram &histogram, int bits)
{
    const float levels = float((1 << bits) - 1);
    const std::vector<Mass> masses = massesOf(histogram);
    ClippedRange seen = observedRange(histogram);
    const Grid widest = gridOf(seen, levels);
    seen = {widest.step * widest.offset, widest.step * (widest.offset + levels)};

    std::vector<Grid> candidates;
    for (int f = 1; f <= 17; ++f)
        for (int i = 0; i <= 20; ++i) {
            const float step = widest.step * float(f) / 16, offset = std::trunc(-levels + levels * float(i) / 20);
            ClippedRange range = {step * offset, step * (offset + levels)};
            if (range.minimum < seen.minimum && range.maximum > seen.maximum)
                continue;
            range = {std::max(range.minimum, seen.minimum), std::min(range.maximum, seen.maximum)};
            if (range.minimum < range.maximum)
                candidates.push_back(gridOf(range, levels));
        }
    candidates.push_back(widest);

    Grid best = widest;
    double least = std::numeric_limits<double>::infinity();
    for (const Grid &grid : candidates) {
        const double cost = enhancedCost(histogram, masses, grid, levels);
        if (cost < least) {
            least = cost;
            best = grid;
        }
    }
    return {std::min(best.step * best.offset, 0.0f), std::max(best.step * (best.offset + levels), 0.0f)};
}

ClippedRange entropyRange(const Histogram &histogram)
{
    constexpr std::size_t levels = 255;
    std::vector<double> all(Histogram::bins);
    for (std::size_t i = 0; i < Histogram::bins; ++i)
        all[i] = double(histogram.count(i));
    std::size_t first = 0, last = Histogram::bins - 1, bestFirst = first, bestLast = last;
    double least = std::numeric_limits<double>::infinity();
    while (last - first + 1 >= levels) {
        const double apart = windowDivergence(all, first, last, levels);
        if (std::isinf(apart))
            break;
        if (apart < least) {
            least = apart;
            bestFirst = first;
            bestLast = last;
        }
        // The two outer bins that hold least go; 0 must stay inside.
        const double both = all[first] + all[last], left = all[first] + all[first + 1],
                     right = all[last] + all[last - 1];
        int side = both <= left && both <= right ? 0 : left <= right ? -1 : 1;
        if (side <= 0 && histogram.left(first + (side == 0 ? 1 : 2)) > 0)
            side = 1;
        else if (side >= 0 && histogram.left(last - (side == 0 ? 0 : 1)) < 0)
            side = -1;
        first += side == 0 ? 1 : side < 0 ? 2 : 0;
        last -= side == 0 ? 1 : side > 0 ? 2 : 0;
    }
    return {std::min(histogram.left(bestFirst), 0.0f), std::max(histogram.left(bestLast + 1), 0.0f)};
}

} // namespace espalier
