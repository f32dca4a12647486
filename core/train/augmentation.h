// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/random.h"
#include "core/graph/tensor.h"

#include <span>

namespace espalier {

/// How training samples are varied anew each time that they are seen. Images are [height, width] or [height, width,
/// channels]; series are [steps, channels], which only the settings tell from images without a channel.
struct Augmentation
{
    int shift = 0;     ///< images: moved by up to so many pixels each way, zeros come in
    bool flip = false; ///< images: left and right are swapped every other time
    int cutOut = 0;    ///< images: a square of this side at a random place becomes 0 (DeVries and Taylor, 1708.04552)
    double jitter = 0; ///< series: noise of this standard deviation on every value
    double scale = 0;  ///< series: all values times a factor within 1 +- this
    int timeShift = 0; ///< series: moved by up to so many steps, the first or last step is repeated

    bool isNone() const { return *this == Augmentation(); }
    bool operator==(const Augmentation &) const = default;
};

/// Varies one sample in place. `shape` is that of the network's input without the batch extent.
void augment(const Augmentation &settings, const Shape &shape, std::span<float> sample, Random &random);

} // namespace espalier
