// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/techniques/histogram.h"

namespace espalier {

/// Where an activation is clipped. Both ends are finite, and 0 lies between them or on one.
struct ClippedRange
{
    float minimum = 0, maximum = 0;
};

// How AIMET's encoding analyzers choose the range of an asymmetric n-bit grid from a histogram.

/// The left edges of the outermost bins with values, widened to hold 0 and to be 0.01 wide.
ClippedRange observedRange(const Histogram &histogram);

/// `percentile` (in %, from above 50 to 100) of the values lie below the upper end, and as many above the lower one.
/// 100 is observedRange().
ClippedRange percentileRange(const Histogram &histogram, double percentile);

/// The pair of bin edges, 0 among them, with the smallest mean square error of the quantized bin centres.
ClippedRange leastSquaresRange(const Histogram &histogram, int bits);

/// tf_enhanced: as leastSquaresRange() over a coarse set of steps and offsets, with errors of clipped values, which
/// count from the centre of the outermost bin kept, weighing three times as much.
ClippedRange enhancedRange(const Histogram &histogram, int bits);

/// The window of bins whose 255-level version diverges least (Kullback-Leibler) from the whole: TensorRT's idea. For a
/// histogram between() the extremes, and 8 bits.
ClippedRange entropyRange(const Histogram &histogram);

} // namespace espalier
