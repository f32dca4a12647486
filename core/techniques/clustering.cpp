// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/techniques/clustering.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

namespace espalier {

namespace {

/// `count` numbers evenly from one to another, both included.
std::vector<float> evenly(double from, double to, std::size_t count)
{
    std::vector<float> numbers(count, float(from));
    for (std::size_t i = 1; i < count; ++i)
        numbers[i] = float(from + (to - from) * double(i) / double(count - 1));
    return numbers;
}

/// std::lower_bound without its branches, which go the wrong way half of the time: of weights that takes longest.
std::size_t lowerBound(const std::vector<float> &sorted, float value)
{
    const float *first = sorted.data();
    for (std::size_t count = sorted.size(); count > 1;) {
        const std::size_t half = count / 2;
        first += first[half - 1] < value ? half : 0;
        count -= half;
    }
    return std::size_t(first - sorted.data()) + (*first < value ? 1 : 0);
}

} // namespace

std::vector<float> linearStart(std::span<const float> values, std::size_t count)
{
    const auto [low, high] = std::ranges::minmax(values);
    return evenly(low, high, count);
}

std::vector<float> densityStart(std::span<const float> values, std::size_t count)
{
    constexpr std::size_t points = 30;
    const auto [low, high] = std::ranges::minmax(values);
    const std::vector<float> grid = evenly(low - 0.01f, high + 0.01f, points);
    std::vector<float> sorted(values.begin(), values.end());
    std::ranges::sort(sorted);
    std::vector<float> share;
    for (const float x : grid)
        share.push_back(float(std::ranges::upper_bound(sorted, x) - sorted.begin()) / float(sorted.size()));

    std::vector<float> centroids;
    for (const float wanted : evenly(0.01, 1, count)) {
        const auto above = std::size_t(std::ranges::upper_bound(share, wanted) - share.begin());
        if (above == 0 || above == points) {
            centroids.push_back(above == 0 ? grid.front() : grid.back());
            continue;
        }
        const float part = (wanted - share[above - 1]) / (share[above] - share[above - 1]);
        centroids.push_back(grid[above - 1] + part * (grid[above] - grid[above - 1]));
    }
    return centroids;
}

std::vector<float> kMeansStart(std::span<const float> values, std::size_t count, Random &random,
                               const Progress &progress)
{
    std::vector<float> centroids = {values[std::size_t(random.below(values.size()))]};
    std::vector<double> squares(values.size(), std::numeric_limits<double>::infinity());
    while (centroids.size() < count && !progress.cancelled()) {
        double sum = 0;
        for (std::size_t i = 0; i < values.size(); ++i) {
            const double distance = double(values[i]) - double(centroids.back());
            squares[i] = std::min(squares[i], distance * distance);
            sum += squares[i];
        }
        if (sum == 0) // fewer different values than centroids
            break;
        double rest = random.uniform() * sum;
        std::size_t drawn = 0;
        for (std::size_t i = 0; i < values.size(); ++i) {
            if (squares[i] == 0)
                continue;
            drawn = i;
            rest -= squares[i];
            if (rest < 0)
                break;
        }
        centroids.push_back(values[drawn]);
    }
    return centroids;
}

std::vector<float> randomStart(std::span<const float> values, std::size_t count, Random &random)
{
    const auto [low, high] = std::ranges::minmax(values);
    std::vector<float> centroids(count);
    for (float &centroid : centroids)
        centroid = float(double(low) + random.uniform() * (double(high) - double(low)));
    std::ranges::sort(centroids);
    return centroids;
}

std::vector<std::uint16_t> nearestCentroids(std::span<const float> values, std::span<const float> centroids)
{
    std::vector<std::uint16_t> order(centroids.size());
    std::iota(order.begin(), order.end(), std::uint16_t(0));
    std::ranges::stable_sort(order, {}, [&](std::uint16_t i) { return centroids[i]; });
    // Of equal centroids only the first can be the nearest.
    const auto isSame = [&](std::uint16_t a, std::uint16_t b) { return centroids[a] == centroids[b]; };
    order.erase(std::unique(order.begin(), order.end(), isSame), order.end());
    std::vector<float> sorted;
    for (const std::uint16_t i : order)
        sorted.push_back(centroids[i]);
    std::vector<std::uint16_t> nearest;
    nearest.reserve(values.size());
    for (const float value : values) {
        const std::size_t above = std::min(lowerBound(sorted, value), sorted.size() - 1);
        std::uint16_t best = order[above];
        if (above > 0) {
            const std::uint16_t below = order[above - 1];
            const float up = std::abs(value - centroids[best]), down = std::abs(value - centroids[below]);
            if (down < up || (down == up && below < best))
                best = below;
        }
        nearest.push_back(best);
    }
    return nearest;
}

std::vector<float> refined(std::span<const float> values, std::vector<float> centroids, const Progress &progress)
{
    constexpr int mostRounds = 100;
    std::vector<std::uint16_t> nearest = nearestCentroids(values, centroids);
    for (int round = 0; round < mostRounds && !progress.cancelled(); ++round) {
        std::vector<double> sums(centroids.size(), 0);
        std::vector<std::size_t> counts(centroids.size(), 0);
        for (std::size_t i = 0; i < values.size(); ++i) {
            sums[nearest[i]] += double(values[i]);
            ++counts[nearest[i]];
        }
        for (std::size_t c = 0; c < centroids.size(); ++c)
            if (counts[c] > 0)
                centroids[c] = float(sums[c] / double(counts[c]));
        std::vector<std::uint16_t> next = nearestCentroids(values, centroids);
        if (next == nearest)
            break;
        nearest = std::move(next);
    }
    return centroids;
}

} // namespace espalier
