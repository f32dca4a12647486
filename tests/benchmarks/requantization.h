// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

namespace espalier::benchmarks {

/// What the engine's rounding of sums to int8 takes for each output, bias, zero point and limits included, beside
/// TensorFlow Lite's reference code for it, and in how many outputs they differ.
struct RequantizationFigures
{
    double nanoseconds = 0, scalarNanoseconds = 0;
    int outputs = 0, mismatches = 0;
};

RequantizationFigures measureRequantization();

} // namespace espalier::benchmarks
