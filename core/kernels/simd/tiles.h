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

/// Sums of a tile: some pixels by some vectors of output channels. Pixel p reads units at
/// rows[p] + segments[s] + 4 * u for each segment s and u < segmentUnits; all channels read the same ones.
struct TileCall
{
    const std::byte *const *rows;
    int pixels;
    const std::int32_t *segments; ///< bytes from the row's start
    int segmentCount, segmentUnits;
    const std::byte *filter; ///< [segment][unit][vectors][lanes] units
    int vectors;
    void *sums; ///< [pixels][vectors][lanes] of float or int32, 64-byte aligned
};

/// Sums of pixels by one vector of channels where each channel has inputs of its own: channel c of pixel p reads the
/// unit at rows[p] + taps[t] + 4 * c for each tap.
struct ChannelTileCall
{
    const std::byte *const *rows;
    int pixels;
    const std::int32_t *taps; ///< bytes from the row's start
    int tapCount;
    const std::byte *filter; ///< [tap][lanes] units
    void *sums;              ///< [pixels][lanes] of float or int32, 64-byte aligned
};

/// What becomes of a tile's sums. Arrays per channel begin at the tile's first channel and are padded to whole vectors.
struct TileOutput
{
    const void *sums;
    int pixels, vectors;
    int channels;           ///< that exist, of vectors * lanes
    std::byte *const *outs; ///< per pixel, the tile's first channel
};
/// sum + bias, clamped.
struct FloatFinish
{
    const float *bias;
    float low, high;
};
/// 8-bit: clamp(requantized(sum + bias) + zeroPoint).
struct RequantizeFinish
{
    const std::int32_t *bias, *multiplier, *shift;
    std::int32_t zeroPoint, low, high;
};
/// Float from integers quantized at run time:
/// clamp((sum - inputOffset[p] * filterSums[c]) * filterScales[c] * inputScales[p] + bias[c]), products from the left.
struct HybridFinish
{
    const std::int32_t *filterSums;
    const float *filterScales, *bias;
    const std::int32_t *inputOffsets; ///< per pixel
    const float *inputScales;         ///< per pixel
    float low, high;
};

/// One instruction set's functions.
struct SimdFunctions
{
    Isa isa;
    int lanes;
    int maxVectors;                                          ///< of a tile
    const int *tilePixels;                                   ///< most pixels of a tile, by its vectors - 1
    int channelTilePixels;                                   ///< most pixels of a channel tile
    void (*tile[unitKinds])(const TileCall &);               ///< null where the instruction set lacks the products
    void (*channelTile[unitKinds])(const ChannelTileCall &); ///< null likewise
    void (*finishFloat)(const TileOutput &, const FloatFinish &);
    void (*requantize)(const TileOutput &, const RequantizeFinish &);
    void (*finishHybrid)(const TileOutput &, const HybridFinish &);
    /// Bytes with the sign bit flipped.
    void (*flipSigns)(std::uint8_t *to, const std::uint8_t *from, std::size_t count);
    /// int16(value - zeroPoint) of int8 or, where `isSigned` is false, uint8.
    void (*widen)(std::int16_t *to, const std::byte *from, std::size_t count, std::int32_t zeroPoint, bool isSigned);
    /// Unit i holds from[i + j * step] for each j below the unit's products; 2-byte or 1-byte elements.
    void (*gatherWords)(std::uint32_t *to, const std::uint16_t *from, std::size_t count, std::size_t step);
    void (*gatherBytes)(std::uint32_t *to, const std::uint8_t *from, std::size_t count, std::size_t step);
};

/// The most sums a tile has in any instruction set.
inline constexpr std::size_t maxTileSums = 8 * 64;
inline constexpr int maxTilePixels = 8;

const SimdFunctions &simdFunctions(Isa isa);

} // namespace espalier
