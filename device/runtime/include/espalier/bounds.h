// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: MIT
#pragma once

#include <stdint.h>

/// What the checks of a layer's settings against its operands are made of. The settings come from anywhere: every sum
/// and product here holds what any 32-bit values can give.
namespace espalier {
namespace rt {
namespace bounds {

/// Memory that a plan gives to an argument of a kernel.
struct Operand
{
    const uint8_t *data; ///< of constants; null in the arena, whose contents nobody knows yet
    uint32_t elements;

    bool holds(uint32_t count) const { return count <= elements; }
    bool isWritable(uint32_t count) const { return !data && count <= elements; } ///< constants are not
    bool isKnown(uint32_t count) const { return data && count <= elements; }
};

constexpr uint32_t tooMany = UINT32_MAX; // more than any operand holds
constexpr uint32_t most = 1u << 30;      // values that the kernels count with int32

__attribute__((noinline)) inline uint32_t times(uint32_t a, uint32_t b)
{
    const uint64_t result = uint64_t(a) * b;
    return b < 1 || result > most ? tooMany : uint32_t(result);
}

/// The product of extents; tooMany where one is below 1, or the product above `most`.
inline uint32_t product()
{
    return 1;
}
template <class... More>
inline uint32_t product(uint32_t a, More... more)
{
    return times(product(uint32_t(more)...), a);
}

/// a + b, where either may be tooMany.
inline uint32_t sum(uint32_t a, uint32_t b)
{
    return a > most || b > most ? tooMany : a + b;
}

/// The longest stride or dilation that a layer may have: a step past the last cell then overflows nothing.
constexpr int32_t longestStep = 4096;

/// Whether every window over an axis of `in` cells begins and ends within the image or meets it: what the kernels' walk
/// over runs of cells relies on.
__attribute__((noinline)) inline bool windows(int32_t in, int32_t filter, int32_t stride, int32_t dilation, int32_t pad,
                                              int32_t out)
{
    if (in < 1 || filter < 1 || stride < 1 || dilation < 1 || pad < 0 || out < 1 || stride > longestStep ||
        dilation > longestStep)
        return false;
    const int64_t beforeLast = int64_t(filter - 1) * dilation, lastStart = int64_t(out - 1) * stride - pad;
    return beforeLast <= most && pad <= beforeLast && lastStart < in && in <= int32_t(most);
}

/// Whether nested loops stay within `elements` values from `start` on: `count` extents and strides, each `spacing`
/// words from the next. The product of the extents must have been found to be at most `most`.
__attribute__((noinline)) inline bool loopsStay(const int32_t *extents, const int32_t *strides, int count, int spacing,
                                                int32_t start, uint32_t elements)
{
    int64_t low = start, high = start;
    for (int i = 0; i < count * spacing; i += spacing) {
        const int64_t span = int64_t(extents[i] - 1) * strides[i];
        low += span < 0 ? span : 0;
        high += span < 0 ? 0 : span;
    }
    return low >= 0 && high < int64_t(elements);
}

/// Whether every word of a table is an index below `limit`.
inline bool indicesBelow(const Operand &table, int32_t count, int32_t limit)
{
    if (count < 1 || limit < 1 || !table.isKnown(uint32_t(count)))
        return false;
    const int32_t *index = reinterpret_cast<const int32_t *>(table.data);
    for (; count > 0; --count, ++index) {
        if (*index < 0 || *index >= limit)
            return false;
    }
    return true;
}

/// Whether a table of clustered weights (clustered.h) of T holds `count` of them, each of one of its values, in one
/// book or in so many.
template <class T>
__attribute__((noinline)) inline bool isClustered(const Operand &table, uint32_t count, uint32_t mostBooks = 1)
{
    if (!table.isKnown(3) || count > most)
        return false;
    const uint32_t *const words = reinterpret_cast<const uint32_t *>(table.data);
    const uint32_t widthLog = words[0], values = words[1], books = words[2];
    if (widthLog > 3 || values < 1 || values > 256 || (books != 1 && books != mostBooks) || books > most / 2048)
        return false;
    const uint32_t valueWords = (values * books * uint32_t(sizeof(T)) + 3) / 4;
    const uint64_t indexBytes = ((uint64_t(count) << widthLog) + 7) / 8;
    if ((indexBytes + 3) / 4 > table.elements || !table.isKnown(3 + valueWords + uint32_t((indexBytes + 3) / 4)))
        return false;
    const uint32_t width = 1u << widthLog, mask = (1u << width) - 1;
    const uint8_t *index = reinterpret_cast<const uint8_t *>(words + 3 + valueWords);
    for (const uint8_t *const end = index + indexBytes; values <= mask && index != end; ++index) {
        for (uint32_t bits = *index | 256u; bits != 1; bits >>= width) {
            if ((bits & mask) >= values)
                return false;
        }
    }
    return true;
}

/// Whether a table of weights in groups (grouped.h) holds `count` of them, of outputs that have `perOutput` each.
__attribute__((noinline)) inline bool isGrouped(const Operand &table, uint32_t count, uint32_t perOutput)
{
    if (!table.isKnown(2) || count > most)
        return false;
    const uint32_t *const words = reinterpret_cast<const uint32_t *>(table.data);
    const uint32_t sizeLog = words[0], multiplierWords = words[1];
    if (sizeLog < 2 || sizeLog > 16 || perOutput % (1u << sizeLog) != 0 || multiplierWords > most / 4)
        return false;
    return ((count >> sizeLog) + 7) / 8 <= multiplierWords && table.isKnown(2 + multiplierWords + (count + 7) / 8);
}

/// Operands 2 to 4 of a quantized layer: bias, multiplier, shift.
template <class Layer>
inline bool hasScales(const Layer &l, int32_t outputs, const Operand *o)
{
    const uint32_t scales = l.perChannel ? uint32_t(outputs) : 1;
    return o[2].holds(uint32_t(outputs)) && o[3].holds(scales) && o[4].holds(scales);
}
/// Operands 2 to 4 of a hybrid one: scales, bias, scratch for a quantized image.
template <class Layer>
inline bool hasHybridParts(const Layer &l, int32_t outputs, const Operand *o, uint32_t image)
{
    return o[2].holds(l.perChannel ? uint32_t(outputs) : 1) && o[3].holds(l.hasBias ? uint32_t(outputs) : 0) &&
           o[4].isWritable(image);
}

/// Bytes of so many int4 weights.
inline uint32_t packedInt4(uint32_t weights)
{
    return weights > most ? tooMany : (weights + 1) / 2;
}

} // namespace bounds
} // namespace rt
} // namespace espalier
