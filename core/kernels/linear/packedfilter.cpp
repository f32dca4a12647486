// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/kernels/linear/packedfilter.h"

#include <cstring>

namespace espalier {

namespace {

/// Writes a value's bits into a unit: the float, or one of the integers.
void put(std::byte *unit, UnitKind kind, int product, float value)
{
    if (kind == UnitKind::floats) {
        std::memcpy(unit, &value, sizeof value);
    } else if (kind == UnitKind::words) {
        const auto word = std::int16_t(value);
        std::memcpy(unit + 2 * product, &word, sizeof word);
    } else {
        unit[product] = std::byte(std::int8_t(value));
    }
}

/// Splits channels into groups of about equal numbers of vectors.
std::vector<PackedFilter::Group> split(int channels, int lanes, int maxVectors, std::size_t unitsPerLane)
{
    const int vectors = (channels + lanes - 1) / lanes;
    const int count = (vectors + maxVectors - 1) / maxVectors;
    std::vector<PackedFilter::Group> groups;
    int first = 0;
    for (int g = 0; g < count; ++g) {
        const int end = vectors * (g + 1) / count;
        const int firstChannel = first * lanes;
        groups.push_back({firstChannel, std::min(channels, end * lanes) - firstChannel, end - first,
                          std::size_t(firstChannel) * unitsPerLane * 4});
        first = end;
    }
    return groups;
}

} // namespace

PackedFilter packFilter(const SimdFunctions &simd, UnitKind kind, std::vector<std::int32_t> places,
                        const FilterSegments &segments)
{
    const auto &[filter, layer, length, first, step] = segments;
    const int products = productsOfUnit[int(kind)];
    PackedFilter packed;
    packed.kind = kind;
    packed.segments = std::move(places);
    packed.segmentUnits = (length + products - 1) / products;
    const std::size_t unitsPerLane = packed.segments.size() * std::size_t(packed.segmentUnits);
    packed.groups = split(layer.outChannels, simd.lanes, simd.maxVectors, unitsPerLane);
    packed.paddedChannels = (layer.outChannels + simd.lanes - 1) / simd.lanes * simd.lanes;
    packed.sums.resize(std::size_t(packed.paddedChannels));
    const std::size_t bytes = std::size_t(packed.paddedChannels) * unitsPerLane * 4;
    packed.units = AlignedBuffer(bytes);
    std::memset(packed.units.data(), 0, bytes);
    for (const PackedFilter::Group &group : packed.groups)
        for (int c = 0; c < group.channels; ++c)
            for (int s = 0; s < int(packed.segments.size()); ++s) {
                const int channel = group.firstChannel + c;
                const std::size_t from = first(channel, s), unitBytes = std::size_t(group.vectors * simd.lanes) * 4;
                std::byte *const to = packed.units.data() + group.offset + 4 * std::size_t(c) +
                                      std::size_t(s) * std::size_t(packed.segmentUnits) * unitBytes;
                if (kind == UnitKind::floats && filter.type == DType::float32) { // training packs after every step
                    const float *const values = espalier::values<float>(filter).data() + from;
                    for (std::size_t i = 0; i < std::size_t(length); ++i)
                        std::memcpy(to + i * unitBytes, &values[i * step], sizeof(float));
                    continue;
                }
                for (int i = 0; i < length; ++i) {
                    const float v = filterValue(filter, layer, from + std::size_t(i) * step);
                    put(to + std::size_t(i / products) * unitBytes, kind, i % products, v);
                    if (kind != UnitKind::floats)
                        packed.sums[std::size_t(channel)] += std::int32_t(v);
                }
            }
    return packed;
}

PackedFilter packChannelFilter(const SimdFunctions &simd, UnitKind kind, int channels, std::vector<std::int32_t> taps,
                               const FilterValue &value)
{
    PackedFilter packed;
    packed.kind = kind;
    packed.segments = std::move(taps);
    packed.groups = split(channels, simd.lanes, simd.maxChannelVectors, packed.segments.size());
    packed.paddedChannels = (channels + simd.lanes - 1) / simd.lanes * simd.lanes;
    packed.sums.resize(std::size_t(packed.paddedChannels));
    const std::size_t bytes = std::size_t(packed.paddedChannels) * packed.segments.size() * 4;
    packed.units = AlignedBuffer(bytes);
    std::memset(packed.units.data(), 0, bytes);
    for (const PackedFilter::Group &group : packed.groups)
        for (int c = 0; c < group.channels; ++c)
            for (int t = 0; t < int(packed.segments.size()); ++t)
                for (int i = 0; i < productsOfUnit[int(kind)]; ++i) {
                    const int channel = group.firstChannel + c;
                    const int tapCount = int(packed.segments.size());
                    const auto lane = std::size_t((c / simd.lanes * tapCount + t) * simd.lanes + c % simd.lanes);
                    const float v = value(channel, t, i);
                    put(packed.units.data() + group.offset + 4 * lane, kind, i, v);
                    if (kind != UnitKind::floats)
                        packed.sums[std::size_t(channel)] += std::int32_t(v);
                }
    return packed;
}

} // namespace espalier
