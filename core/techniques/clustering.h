// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/progress.h"
#include "core/base/random.h"

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace espalier {

// Where the shared values of a layer start, as TF-MOT defines it. Of finite values, at least one; the centroids come in
// ascending order but from kMeansStart(), whose order is that of the draw. What takes long ends soon where `progress`
// is cancelled; what it then gives means nothing.

/// Evenly from the smallest to the largest value.
std::vector<float> linearStart(std::span<const float> values, std::size_t count);
/// At even steps of the cumulated share of the values, from 0.01 to 1, read from a grid of 30 points.
std::vector<float> densityStart(std::span<const float> values, std::size_t count);
/// k-means++: each next centroid is a value drawn with the square of its distance to the nearest so far as weight.
std::vector<float> kMeansStart(std::span<const float> values, std::size_t count, Random &random,
                               const Progress &progress = {});
/// Drawn evenly between the smallest and the largest value.
std::vector<float> randomStart(std::span<const float> values, std::size_t count, Random &random);

/// The number of the nearest centroid for each value, the lowest of equally near ones.
std::vector<std::uint16_t> nearestCentroids(std::span<const float> values, std::span<const float> centroids);

/// Lloyd's iteration: every centroid moves to the mean of its values until no value changes its centroid, 100 times at
/// most. One without values stays where it is.
std::vector<float> refined(std::span<const float> values, std::vector<float> centroids, const Progress &progress = {});

} // namespace espalier
