// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/kernels/simd/tiles.h"

// The loops of tiles.h, written once over a class of vectors. Each instruction set's source file includes this within
// compile options of its own; everything has internal linkage and calls nothing from the standard library, so that no
// other file ends up with instructions its processor may lack.
//
// V provides: lanes; Floats, Ints (registers); and the functions used below.

namespace espalier {
namespace {

/// Some pixels by some vectors of channels, and where their sums go.
struct TileCall
{
    const std::byte *const *rows; ///< per pixel
    int pixels;
    const GridCall &grid;
    void *sums; ///< [pixels][vectors][lanes] of float or int32
};
constexpr int maxTilePixels = 8;
constexpr int maxTileSums = 8 * 64;

/// What becomes of a tile's sums.
struct TileOutput
{
    const std::int32_t *sums; ///< or floats
    int pixels, vectors, channels;
    std::byte *const *outs; ///< per pixel
};

template <class V>
struct FloatUnits
{
    using Sums = typename V::Floats;
    using Scalar = float;
    static Sums zero() { return V::zeroFloats(); }
    static Sums load(const std::byte *from) { return V::loadFloats(reinterpret_cast<const float *>(from)); }
    static Sums broadcast(const std::byte *from) { return V::broadcastFloat(reinterpret_cast<const float *>(from)); }
    static Sums add(Sums sums, Sums x, Sums w) { return V::fma(x, w, sums); }
    static void store(float *to, Sums sums) { V::storeFloats(to, sums); }
};

template <class V>
struct WordUnits
{
    using Sums = typename V::Ints;
    using Scalar = std::int32_t;
    static Sums zero() { return V::zeroInts(); }
    static Sums load(const std::byte *from) { return V::loadInts(reinterpret_cast<const std::int32_t *>(from)); }
    static Sums broadcast(const std::byte *from) { return V::broadcastUnit(from); }
    static Sums add(Sums sums, Sums x, Sums w) { return V::addWordProducts(sums, x, w); }
    static void store(std::int32_t *to, Sums sums) { V::storeInts(to, sums); }
};

template <class V>
struct ByteUnits : WordUnits<V>
{
    using Sums = typename V::Ints;
    static Sums add(Sums sums, Sums x, Sums w) { return V::addByteProducts(sums, x, w); }
};

template <class V, class Units, int Pixels, int Vectors>
void sumTile(const TileCall &call)
{
    using Sums = typename Units::Sums;
    constexpr int vectorBytes = V::lanes * 4;
    Sums sums[Pixels][Vectors];
#pragma GCC unroll 8
    for (int p = 0; p < Pixels; ++p)
#pragma GCC unroll 4
        for (int v = 0; v < Vectors; ++v)
            sums[p][v] = Units::zero();
    const std::byte *rows[Pixels];
#pragma GCC unroll 8
    for (int p = 0; p < Pixels; ++p)
        rows[p] = call.rows[p];
    const std::byte *filter = call.grid.filter;
    const std::int32_t *segments = call.grid.segments;
    const int segmentCount = call.grid.segmentCount;
    const std::ptrdiff_t segmentBytes = 4 * std::ptrdiff_t(call.grid.segmentUnits);
    const std::ptrdiff_t gapBytes = std::ptrdiff_t(call.grid.filterGap) * Vectors * vectorBytes;
    for (int s = 0; s < segmentCount; ++s, filter += gapBytes) {
        std::ptrdiff_t at = segments[s];
        const std::ptrdiff_t end = at + segmentBytes;
        for (; at != end; at += 4) {
            Sums w[Vectors];
#pragma GCC unroll 4
            for (int v = 0; v < Vectors; ++v)
                w[v] = Units::load(filter + v * vectorBytes);
            filter += Vectors * vectorBytes;
#pragma GCC unroll 8
            for (int p = 0; p < Pixels; ++p) {
                const Sums x = Units::broadcast(rows[p] + at);
#pragma GCC unroll 4
                for (int v = 0; v < Vectors; ++v)
                    sums[p][v] = Units::add(sums[p][v], x, w[v]);
            }
        }
    }
    auto *to = static_cast<typename Units::Scalar *>(call.sums);
#pragma GCC unroll 8
    for (int p = 0; p < Pixels; ++p)
#pragma GCC unroll 4
        for (int v = 0; v < Vectors; ++v)
            Units::store(to + (p * Vectors + v) * V::lanes, sums[p][v]);
}

template <class V, class Units, int Vectors, int Pixels = 1>
void sumTileOfVectors(const TileCall &call)
{
    if (call.pixels == Pixels)
        sumTile<V, Units, Pixels, Vectors>(call);
    else if constexpr (Pixels < V::tilePixels[Vectors - 1])
        sumTileOfVectors<V, Units, Vectors, Pixels + 1>(call);
}

template <class V, class Units, int Vectors = 1>
void tile(const TileCall &call)
{
    if (call.grid.vectors == Vectors)
        sumTileOfVectors<V, Units, Vectors>(call);
    else if constexpr (Vectors < V::maxVectors)
        tile<V, Units, Vectors + 1>(call);
}

template <class V, class Units, int Pixels>
void sumChannelTile(const TileCall &call)
{
    using Sums = typename Units::Sums;
    constexpr int vectorBytes = V::lanes * 4;
    const std::byte *rows[Pixels];
#pragma GCC unroll 8
    for (int p = 0; p < Pixels; ++p)
        rows[p] = call.rows[p];
    const std::byte *filter = call.grid.filter;
    const std::int32_t *taps = call.grid.segments;
    const int tapCount = call.grid.segmentCount, vectors = call.grid.vectors;
    auto *to = static_cast<typename Units::Scalar *>(call.sums);
    for (int v = 0; v < vectors; ++v) {
        Sums sums[Pixels];
#pragma GCC unroll 8
        for (int p = 0; p < Pixels; ++p)
            sums[p] = Units::zero();
        for (int t = 0; t < tapCount; ++t, filter += vectorBytes) {
            const Sums w = Units::load(filter);
            const std::ptrdiff_t at = taps[t] + std::ptrdiff_t(v) * vectorBytes;
#pragma GCC unroll 8
            for (int p = 0; p < Pixels; ++p)
                sums[p] = Units::add(sums[p], Units::load(rows[p] + at), w);
        }
#pragma GCC unroll 8
        for (int p = 0; p < Pixels; ++p)
            Units::store(to + (p * vectors + v) * V::lanes, sums[p]);
    }
}

template <class V, class Units, int Pixels = 1>
void channelTile(const TileCall &call)
{
    if (call.pixels == Pixels)
        sumChannelTile<V, Units, Pixels>(call);
    else if constexpr (Pixels < V::channelTilePixels)
        channelTile<V, Units, Pixels + 1>(call);
}

/// How many of a vector's lanes are channels that exist.
template <class V>
int existing(const TileOutput &output, int vector)
{
    const int left = output.channels - vector * V::lanes;
    return left < V::lanes ? left : V::lanes;
}

template <class V>
void finishFloat(const TileOutput &output, const FloatFinish &finish)
{
    const auto *sums = reinterpret_cast<const float *>(output.sums);
    const auto low = V::broadcastFloat(&finish.low), high = V::broadcastFloat(&finish.high);
    for (int v = 0; v < output.vectors; ++v) {
        const auto bias = V::loadFloats(finish.bias + v * V::lanes);
        const int count = existing<V>(output, v);
        for (int p = 0; p < output.pixels; ++p) {
            const auto sum = V::addFloats(V::loadFloats(sums + (p * output.vectors + v) * V::lanes), bias);
            V::storeFloats(reinterpret_cast<float *>(output.outs[p]) + v * V::lanes, V::clampFloats(sum, low, high),
                           count);
        }
    }
}

template <class V>
void requantize(const TileOutput &output, const RequantizeFinish &finish)
{
    const std::int32_t *sums = output.sums;
    const auto zeroPoint = V::broadcastInt(finish.zeroPoint);
    const auto low = V::broadcastInt(finish.low), high = V::broadcastInt(finish.high);
    for (int v = 0; v < output.vectors; ++v) {
        const auto bias = V::loadInts(finish.bias + v * V::lanes);
        const typename V::Requantizer requantizer(V::loadInts(finish.multiplier + v * V::lanes),
                                                  V::loadInts(finish.shift + v * V::lanes));
        const int count = existing<V>(output, v);
        for (int p = 0; p < output.pixels; ++p) {
            const auto sum = V::addInts(V::loadInts(sums + (p * output.vectors + v) * V::lanes), bias);
            const auto scaled = V::addInts(requantizer(sum), zeroPoint);
            V::storeLowBytes(output.outs[p] + v * V::lanes, V::clampInts(scaled, low, high), count);
        }
    }
}

template <class V>
void requantizeByFloats(const TileOutput &output, const RequantizeFinish &finish)
{
    const std::int32_t *sums = output.sums;
    const auto zeroPoint = V::broadcastInt(finish.zeroPoint);
    // Clamped before it is rounded, so that it fits an integer.
    const auto lowest = float(finish.low - finish.zeroPoint), highest = float(finish.high - finish.zeroPoint);
    const auto low = V::broadcastFloat(&lowest), high = V::broadcastFloat(&highest);
    for (int v = 0; v < output.vectors; ++v) {
        const auto bias = V::loadInts(finish.bias + v * V::lanes);
        const auto factors = V::loadFloats(finish.factors + v * V::lanes);
        const int count = existing<V>(output, v);
        for (int p = 0; p < output.pixels; ++p) {
            const auto sum = V::addInts(V::loadInts(sums + (p * output.vectors + v) * V::lanes), bias);
            const auto scaled = V::clampFloats(V::multiplyFloats(V::toFloats(sum), factors), low, high);
            V::storeLowBytes(output.outs[p] + v * V::lanes, V::addInts(V::roundFloats(scaled), zeroPoint), count);
        }
    }
}

template <class V>
void finishWide(const TileOutput &output, const WideFinish &finish)
{
    for (int p = 0; p < output.pixels; ++p) {
        const std::int32_t *sums = output.sums + p * output.vectors * V::lanes;
        auto *to = reinterpret_cast<std::int16_t *>(output.outs[p]);
        for (int c = 0; c < output.channels; ++c) {
            const std::int32_t multiplier = finish.multiplier[c];
            const std::int64_t reduced = multiplier < 0x7fff0000 ? (multiplier + (1 << 15)) >> 16 : 0x7fff;
            const int total = 15 - finish.shift[c];
            const std::int64_t product = (sums[c] + finish.bias[c]) * reduced;
            const auto scaled = std::int32_t((product + (std::int64_t(1) << (total - 1))) >> total);
            to[c] = std::int16_t(scaled < finish.low ? finish.low : scaled > finish.high ? finish.high : scaled);
        }
    }
}

template <class V>
void finishHybrid(const TileOutput &output, const HybridFinish &finish, int firstPixel)
{
    const int step = finish.perPixel ? 1 : 0;
    const std::int32_t *inputOffsets = finish.inputOffsets + step * firstPixel;
    const float *inputScales = finish.inputScales + step * firstPixel;
    const std::int32_t *sums = output.sums;
    const auto low = V::broadcastFloat(&finish.low), high = V::broadcastFloat(&finish.high);
    for (int v = 0; v < output.vectors; ++v) {
        const auto filterSums = V::loadInts(finish.filterSums + v * V::lanes);
        const auto filterScales = V::loadFloats(finish.filterScales + v * V::lanes);
        const auto bias = V::loadFloats(finish.bias + v * V::lanes);
        const int count = existing<V>(output, v);
        for (int p = 0; p < output.pixels; ++p) {
            const auto offset = V::multiplyInts(V::broadcastInt(inputOffsets[step * p]), filterSums);
            const auto sum = V::subtractInts(V::loadInts(sums + (p * output.vectors + v) * V::lanes), offset);
            const auto scaled = V::multiplyFloats(V::multiplyFloats(V::toFloats(sum), filterScales),
                                                  V::broadcastFloat(inputScales + step * p));
            V::storeFloats(reinterpret_cast<float *>(output.outs[p]) + v * V::lanes,
                           V::clampFloats(V::addFloats(scaled, bias), low, high), count);
        }
    }
}

template <class V>
auto tileFunction(const GridCall &call) -> void (*)(const TileCall &)
{
    if (call.kind == UnitKind::floats)
        return call.channelsApart ? channelTile<V, FloatUnits<V>> : tile<V, FloatUnits<V>>;
    if constexpr (V::hasByteProducts)
        if (call.kind == UnitKind::bytes)
            return call.channelsApart ? channelTile<V, ByteUnits<V>> : tile<V, ByteUnits<V>>;
    return call.channelsApart ? channelTile<V, WordUnits<V>> : tile<V, WordUnits<V>>;
}

template <class V>
void sumGrid(const GridCall &call)
{
    alignas(64) std::int32_t sums[maxTileSums];
    const std::byte *rows[maxTilePixels];
    std::byte *outs[maxTilePixels];
    const auto sumTileOf = tileFunction<V>(call);
    const int tilePixels = call.channelsApart ? V::channelTilePixels : V::tilePixels[call.vectors - 1];
    const std::byte *rowIn = call.in, *in = call.in;
    std::byte *rowOut = call.out, *out = call.out;
    const int total = call.rows * call.columns;
    int column = 0;
    for (int first = 0; first < total; first += tilePixels) {
        const int pixels = total - first < tilePixels ? total - first : tilePixels;
        for (int p = 0; p < pixels; ++p) {
            rows[p] = in;
            outs[p] = out;
            in += call.columnIn;
            out += call.columnOut;
            if (++column == call.columns) {
                column = 0;
                in = rowIn += call.rowIn;
                out = rowOut += call.rowOut;
            }
        }
        sumTileOf({rows, pixels, call, sums});
        const TileOutput output{sums, pixels, call.vectors, call.channels, outs};
        if (call.floats)
            finishFloat<V>(output, *call.floats);
        else if (call.integers && call.integers->factors)
            requantizeByFloats<V>(output, *call.integers);
        else if (call.integers)
            requantize<V>(output, *call.integers);
        else if (call.wide)
            finishWide<V>(output, *call.wide);
        else
            finishHybrid<V>(output, *call.hybrid, first);
    }
}

// Loops that the compiler vectorises by itself.

void flipSigns(std::uint8_t *to, const std::uint8_t *from, std::size_t count)
{
    for (std::size_t i = 0; i < count; ++i)
        to[i] = std::uint8_t(from[i] ^ 0x80);
}

template <class T>
void widenAs(std::int16_t *to, const T *from, std::size_t count, std::int32_t zeroPoint)
{
    for (std::size_t i = 0; i < count; ++i)
        to[i] = std::int16_t(from[i] - zeroPoint);
}

void widen(std::int16_t *to, const std::byte *from, std::size_t count, std::int32_t zeroPoint, bool isSigned)
{
    if (isSigned)
        widenAs(to, reinterpret_cast<const std::int8_t *>(from), count, zeroPoint);
    else
        widenAs(to, reinterpret_cast<const std::uint8_t *>(from), count, zeroPoint);
}

void gatherWords(std::uint32_t *to, const std::uint16_t *from, std::size_t count, std::size_t step)
{
    for (std::size_t i = 0; i < count; ++i)
        to[i] = std::uint32_t(from[i]) | std::uint32_t(from[i + step]) << 16;
}

template <class V>
void gatherBytes(std::uint32_t *to, const std::uint8_t *from, std::size_t count, std::size_t step)
{
    std::size_t i = 0;
    if constexpr (V::hasByteProducts)
        for (; i + V::lanes <= count; i += V::lanes)
            V::storeInts(reinterpret_cast<std::int32_t *>(to + i),
                         V::unitsOfBytes(from + i, from + i + step, from + i + 2 * step, from + i + 3 * step));
    for (; i < count; ++i)
        to[i] = std::uint32_t(from[i]) | std::uint32_t(from[i + step]) << 8 | std::uint32_t(from[i + 2 * step]) << 16 |
                std::uint32_t(from[i + 3 * step]) << 24;
}

template <class V>
constexpr SimdFunctions functionsOf(Isa isa)
{
    return {isa,        V::lanes,  V::maxVectors, V::channelTileVectors, V::hasByteProducts,
            sumGrid<V>, flipSigns, widen,         gatherWords,           gatherBytes<V>};
}

} // namespace
} // namespace espalier
