// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: MIT
#pragma once

#include <espalier/layers.h>

#include <stdint.h>

/// Layers whose inputs, weights and outputs take two values each: 32 products by one AND and a count of bits, and a
/// comparison in place of a rescaling (CBin-NN; XNOR-Net, Rastegari et al. 2016, with inputs of 0 and 1 in place of -1
/// and 1). Values stay a byte each between layers: -128, which is the zero point, and 127.
namespace espalier {
namespace rt {

namespace detail {

/// Tensors begin at multiples of four bytes, but of several images only the first has to.
inline bool isAligned(const int8_t *values)
{
    return (uintptr_t(values) & 3) == 0;
}

inline uint32_t wordAt(const int8_t *values)
{
    uint32_t word;
    __builtin_memcpy(&word, __builtin_assume_aligned(values, 4), 4);
    return word;
}

/// The lowest bits of so many values, which tell -128 and 127 apart, 32 to a word; the first value is the lowest bit.
inline void packBits(const int8_t *values, uint32_t count, uint32_t *words)
{
    for (; count >= 32 && isAligned(values); count -= 32) {
        uint32_t word = 0;
        for (int quarter = 0; quarter < 8; ++quarter, values += 4)
            // Four bits from four bytes: the product brings them side by side, to the top.
            word |= (((wordAt(values) & 0x01010101) * 0x10204080) >> 28) << (4 * quarter);
        *words++ = word;
    }
    while (count > 0) {
        uint32_t word = 0;
        const uint32_t some = count < 32 ? count : 32;
        for (uint32_t i = 0; i < some; ++i)
            word |= (uint32_t(*values++) & 1) << i;
        *words++ = word;
        count -= some;
    }
}

/// The bits [first, end) of a row of `words` words that begins at bit `from` of the image; zeros around them.
__attribute__((noinline)) inline void copyBits(const uint32_t *image, uint32_t from, int32_t first, int32_t end,
                                               int32_t words, uint32_t *row)
{
    const uint32_t by = from & 31;
    image += from >> 5;
    for (int32_t i = 0; i < words; ++i)
        row[i] = (image[i] >> by) | ((image[i + 1] << 1) << (31 - by));
    for (; first > 0; first -= 32)
        *row++ &= first < 32 ? ~0u << first : 0, --words, end -= 32;
    for (row += words; 32 * words > end; --words)
        *--row &= 32 * words - end < 32 ? ~0u >> (32 * words - end) : 0;
}

/// Masks for counting bits, which compilers are to keep in registers: an instruction then shifts and masks at once.
struct BitMasks
{
    uint32_t ones, twos, fours; ///< every second bit; two of four; four of eight
    BitMasks() : ones(0x55555555), twos(0x33333333), fours(0x0f0f0f0f)
    {
        __asm__("" : "+r"(ones), "+r"(twos), "+r"(fours));
    }
};

/// How many bits so many words share, at most 30 of them: counts of two bits, of four and of eight, for two words at a
/// time.
inline int32_t sharedBits(const BitMasks &masks, const uint32_t *a, const uint32_t *b, int32_t words)
{
    uint32_t sums = 0; // of eight bits, below 256
    const uint32_t *const end = a + (words & ~1);
    while (a != end) {
        uint32_t x = *a++ & *b++;
        uint32_t y = *a++ & *b++;
        x -= masks.ones & (x >> 1);
        y -= masks.ones & (y >> 1);
        x = (x & masks.twos) + (masks.twos & (x >> 2)) + (y & masks.twos) + (masks.twos & (y >> 2));
        sums += (x & masks.fours) + (masks.fours & (x >> 4));
    }
    if (words & 1) {
        uint32_t x = *a & *b;
        x -= masks.ones & (x >> 1);
        x = (x & masks.twos) + (masks.twos & (x >> 2));
        sums += (x + (x >> 4)) & masks.fours;
    }
    sums = (sums & 0x00ff00ff) + ((sums >> 8) & 0x00ff00ff);
    return int32_t((sums + (sums >> 16)) & 0xffff);
}

/// All outputs of a window. With n = 2 * (high inputs of positive weights) - (high inputs), each is high where n
/// reaches its threshold.
__attribute__((noinline)) inline void compareSums(const uint32_t *window, int32_t words, const uint32_t *weights,
                                                  const int32_t *thresholds, int32_t outputs, int8_t *output)
{
    constexpr int32_t most = 30;
    const int32_t some = words < most ? words : most;
    const BitMasks masks;
    const auto count = [=](const uint32_t *filter) {
        int32_t all = sharedBits(masks, window, filter, some);
        for (int32_t done = some; done < words; done += most)
            all += sharedBits(masks, window + done, filter + done, words - done < most ? words - done : most);
        return all;
    };
    const int32_t high = count(window);
    for (const int8_t *const end = output + outputs; output != end; weights += words)
        *output++ = int8_t(2 * count(weights) - high >= *thresholds++ ? 127 : -128);
}

} // namespace detail

constexpr int32_t binaryLow = -128, binaryHigh = 127;

constexpr uint32_t wordsOfBits(uint32_t bits)
{
    return (bits + 31) / 32;
}

/// Words of scratch memory: an image's bits, with room ahead of them and behind for windows that overhang, and those
/// of one window. The factors' products are below 2^30.
constexpr uint32_t binaryScratch(const ConvolutionLayer &layer)
{
    return wordsOfBits(uint32_t(layer.padLeft * layer.inputChannels)) +
           wordsOfBits(uint32_t(layer.inputHeight * layer.inputWidth * layer.inputChannels)) +
           wordsOfBits(uint32_t(layer.filterWidth * layer.inputChannels)) * uint32_t(layer.filterHeight + 1) + 2;
}

/// `weights` [outputs][rows of the window][words]: a bit for each tap of a row, set where the weight is positive; the
/// others are as large and negative. With n the taps of positive weights whose input is high, less the others', the
/// output is high where n reaches the channel's threshold. dilationWidth is 1; cells outside of the image are low.
__attribute__((noinline)) inline void conv2dBinary(const ConvolutionLayer &given, const int8_t *input,
                                                   const int32_t *weights, const int32_t *thresholds, int32_t *scratch,
                                                   int8_t *output)
{
    const ConvolutionLayer layer = given; // the output may alias nothing of it
    const int32_t depth = layer.inputChannels;
    const uint32_t lead = wordsOfBits(uint32_t(layer.padLeft * depth));
    const int32_t rowWords = int32_t(wordsOfBits(uint32_t(layer.filterWidth * depth)));
    const int32_t windowWords = rowWords * layer.filterHeight;
    uint32_t *const window = reinterpret_cast<uint32_t *>(scratch);
    uint32_t *const image = window + windowWords;
    for (int batch = 0; batch < layer.batches; ++batch) {
        const uint32_t values = uint32_t(layer.inputHeight * layer.inputWidth * depth);
        detail::packBits(input, values, image + lead);
        for (int oy = 0; oy < layer.outputHeight; ++oy) {
            for (int ox = 0; ox < layer.outputWidth; ++ox) {
                const int32_t left = ox * layer.strideWidth - layer.padLeft;
                const int32_t room = layer.inputWidth - left;
                const int32_t first = left < 0 ? -left * depth : 0;
                const int32_t end = (room < layer.filterWidth ? room : layer.filterWidth) * depth;
                uint32_t *row = window;
                for (int fy = 0; fy < layer.filterHeight; ++fy, row += rowWords) {
                    const int32_t y = oy * layer.strideHeight - layer.padTop + fy * layer.dilationHeight;
                    const bool isInside = uint32_t(y) < uint32_t(layer.inputHeight);
                    const int32_t from = isInside ? (y * layer.inputWidth + left) * depth : 0;
                    detail::copyBits(image, 32 * lead + uint32_t(from), first, isInside ? end : 0, rowWords, row);
                }
                detail::compareSums(window, windowWords, reinterpret_cast<const uint32_t *>(weights), thresholds,
                                    layer.outputChannels, output);
                output += layer.outputChannels;
            }
        }
        input += values;
    }
}

/// Makes the higher of the two values of what is not negative, the lower one of the rest: what is left to do for a
/// kernel of other inputs whose channels compare (lowering/binary.h).
inline void toBinary(int8_t *values, int32_t count)
{
    for (; count >= 4; count -= 4, values += 4) {
        const uint32_t negative = (detail::wordAt(values) >> 7) & 0x01010101;
        const uint32_t word = ((negative << 8) - negative) ^ 0x7f7f7f7f;
        __builtin_memcpy(__builtin_assume_aligned(values, 4), &word, 4);
    }
    for (; count > 0; --count, ++values)
        *values = int8_t(*values < 0 ? binaryLow : binaryHigh);
}

} // namespace rt
} // namespace espalier
