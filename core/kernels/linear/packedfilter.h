// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/alignedbuffer.h"
#include "core/kernels/linear/arithmetic.h"
#include "core/kernels/simd/tiles.h"

#include <functional>
#include <vector>

namespace espalier {

/// A filter in the order in which the inner loops read it.
struct PackedFilter
{
    /// Channels whose sums one tile holds.
    struct Group
    {
        int firstChannel = 0, channels = 0, vectors = 0;
        std::size_t offset = 0; ///< bytes into `units`
    };

    UnitKind kind = UnitKind::floats;
    std::vector<Group> groups;
    std::vector<std::int32_t> segments; ///< bytes from a pixel's row start; per tap where channels are apart
    int segmentUnits = 1;
    AlignedBuffer units;
    int paddedChannels = 0;
    std::vector<std::int32_t> sums; ///< integer kinds: of each channel's filter, padded
};

/// The values of a filter that are read as segments of equal length.
struct FilterSegments
{
    const Tensor &filter;
    const LinearLayer &layer;
    int length;
    std::function<std::size_t(int channel, int segment)> first; ///< index of the first value of a segment
    std::size_t step = 1;                                       ///< from each value of a segment to the next
};

/// For layers whose output channels all read the same inputs: `places` says where each segment meets them.
PackedFilter packFilter(const SimdFunctions &simd, UnitKind kind, std::vector<std::int32_t> places,
                        const FilterSegments &segments);

using FilterValue = std::function<float(int channel, int segment, int product)>;

/// For layers whose channels have inputs of their own: per tap one unit, of which `value` gives the products.
PackedFilter packChannelFilter(const SimdFunctions &simd, UnitKind kind, int channels, std::vector<std::int32_t> taps,
                               const FilterValue &value);

/// A copy padded with zeros to whole vectors.
template <class T>
std::vector<T> padded(std::vector<T> values, int count)
{
    values.resize(std::size_t(count));
    return values;
}

} // namespace espalier
