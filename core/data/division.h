// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/data/dataset.h"

#include <cstddef>
#include <cstdint>
#include <span>

namespace espalier {

/// Bytes of sample values that one data set may hold in memory; larger ones are refused.
inline constexpr std::uint64_t maxDataBytes = std::uint64_t(4) << 30;
/// Labels from 0 to this less one are taken for classes.
inline constexpr std::int32_t maxClasses = 65536;
/// How many samples are drawn from train where a set has no calibration samples of its own.
inline constexpr std::size_t drawnCalibration = 500;

/// The samples at `indices`, in that order; values are copied.
Samples selected(const Samples &samples, std::span<const std::size_t> indices);

/// Divides samples that the files do not assign to a split: 70 % of each class to train, 10 % to calibration, 20 % to
/// test, drawn with a fixed seed, in the order of the file within each split. Says so in `division`.
void divide(Dataset &dataset, const Samples &all);

/// Fills in what follows from the splits read: the number of classes; where there is train and no calibration, a
/// calibration split drawn from train; where there is train and no test, a division of train. What was divided is said
/// in `division`. Errors: no samples at all, splits of different shapes or types.
Result<void> complete(Dataset &dataset);

} // namespace espalier
