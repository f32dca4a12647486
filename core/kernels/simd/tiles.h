// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/kernels/simd/isa.h"

#include <cstddef>
#include <cstdint>

/// The inner loops of convolutions and dense layers. All work in units of 32 bits, each with as many products as its
/// kind holds; a vector has one unit per output channel. A sum runs through the units in filter order, so that float
/// results do not depend on the width of vectors.
namespace espalier {

enum class UnitKind : std::uint8_t {
    floats, ///< 1 float by 1 float, one fused multiply-add
    words,  ///< 2 int16 by 2 int16
    bytes,  ///< 4 uint8 (input) by 4 int8 (filter)
};
inline constexpr int unitKinds = 3;
inline constexpr int productsOfUnit[unitKinds] = {1, 2, 4};

/// sum + bias, clamped.
struct FloatFinish
{
    const float *bias;
    float low, high;
};
/// 8-bit: clamp(requantized(sum + bias) + zeroPoint), by multiplier and shift or, where there are factors, by these.
struct RequantizeFinish
{
    const std::int32_t *bias, *multiplier, *shift;
    std::int32_t zeroPoint, low, high;
    const float *factors;
};
/// int16 through 64 bits: clamp(rt::multiplyByQuantizedMultiplier64(sum + bias)).
struct WideFinish
{
    const std::int64_t *bias;
    const std::int32_t *multiplier, *shift;
    std::int32_t low, high;
};
/// Float from integers quantized at run time:
/// clamp((sum - inputOffset[p] * filterSums[c]) * filterScales[c] * inputScales[p] + bias[c]), products from the left.
struct HybridFinish
{
    const std::int32_t *filterSums;
    const float *filterScales, *bias;
    const std::int32_t *inputOffsets;
    const float *inputScales;
    bool perPixel; ///< whether inputs have an offset and scale for each pixel of the grid, or one for all
    float low, high;
};

/// Sums over the pixels of a grid for a group of output channels, and what becomes of them. Arrays per channel begin at
/// the group's first channel and are padded to whole vectors.
struct GridCall
{
    int rows, columns;                ///< of pixels
    std::ptrdiff_t rowIn, columnIn;   ///< bytes between pixels in what is read
    std::ptrdiff_t rowOut, columnOut; ///< and in what is written
    const std::byte *in;
    std::byte *out; ///< the first pixel's first channel of the group

    UnitKind kind;
    /// False: all channels read the same units, at segments[s] + 4 * u of a pixel for each segment s and
    /// u < segmentUnits; filter [segment][unit][vectors][lanes], between segments `filterGap` units that are skipped.
    /// True: channel c reads the unit at segments[s] + 4 * c; filter [vectors][segment][lanes].
    bool channelsApart;
    const std::int32_t *segments; ///< bytes from the pixel's start
    int segmentCount, segmentUnits, filterGap;
    const std::byte *filter;
    int vectors;
    int channels; ///< that exist, of vectors * lanes

    const FloatFinish *floats; ///< one of these is not null
    const RequantizeFinish *integers;
    const WideFinish *wide;
    const HybridFinish *hybrid;
};

/// One instruction set's functions.
struct SimdFunctions
{
    Isa isa;
    int lanes;
    int maxVectors;        ///< of a group of channels that read the same inputs
    int maxChannelVectors; ///< of a group of channels with inputs of their own
    bool hasBytes;         ///< whether it multiplies UnitKind::bytes
    void (*sumGrid)(const GridCall &);
    /// Bytes with the sign bit flipped.
    void (*flipSigns)(std::uint8_t *to, const std::uint8_t *from, std::size_t count);
    /// int16(value - zeroPoint) of int8 or, where `isSigned` is false, uint8.
    void (*widen)(std::int16_t *to, const std::byte *from, std::size_t count, std::int32_t zeroPoint, bool isSigned);
    /// Unit i holds from[i + j * step] for each j below the unit's products; 2-byte or 1-byte elements.
    void (*gatherWords)(std::uint32_t *to, const std::uint16_t *from, std::size_t count, std::size_t step);
    void (*gatherBytes)(std::uint32_t *to, const std::uint8_t *from, std::size_t count, std::size_t step);
};

/// The functions for layers with that many output channels: few of them do not fill the widest vectors.
const SimdFunctions &simdFunctions(Isa isa, int channels);

} // namespace espalier
