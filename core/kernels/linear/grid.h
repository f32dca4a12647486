// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/kernels/linear/arithmetic.h"
#include "core/kernels/linear/packedfilter.h"
#include "core/kernels/linear/runtimequantization.h"

#include <limits>

namespace espalier {

/// Where pixels lie: bytes from one to the next, in what is read and in what is written.
struct Grid
{
    int rows = 1, columns = 1;
    std::ptrdiff_t rowIn = 0, columnIn = 0;
    std::ptrdiff_t rowOut = 0, columnOut = 0;
    /// Which of the filter's segments, and of each segment's units, count where its channels read the same inputs; the
    /// rest would read zeros.
    int firstSegment = 0, endSegment = std::numeric_limits<int>::max();
    int firstUnit = 0, endUnit = std::numeric_limits<int>::max();
};

/// What the sums of inputs that were quantized at run time have to be scaled by and corrected for.
struct RunTimeQuantization
{
    struct Entry
    {
        float scale = 1;
        std::int32_t offset = 0;
    };
    const float *scales = nullptr;
    const std::int32_t *offsets = nullptr;
    bool perPixel = false; ///< an entry for each pixel of the grid rather than one
};

/// Sums over packed inputs and what becomes of them: the work that convolutions and dense layers share.
class LinearSums
{
public:
    LinearSums(const SimdFunctions &simd, LinearLayer layer, PackedFilter filter, bool channelsApart);

    /// `in` is the first pixel's row start, `out` its first output channel.
    void run(const Grid &grid, const std::byte *in, std::byte *out, const RunTimeQuantization &quantization = {}) const;

    /// For RunTimeQuantization, of inputs that were quantized so.
    RunTimeQuantization::Entry entryOf(const QuantizedAtRunTime &q) const;

    UnitKind kind() const { return m_filter.kind; }

private:
    const SimdFunctions &m_simd;
    LinearLayer m_layer; // arrays padded to whole vectors
    PackedFilter m_filter;
    bool m_channelsApart;
    float m_filterScale = 1; // hybrid with one scale for the whole filter
};

} // namespace espalier
