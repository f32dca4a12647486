// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: MIT
#pragma once

#include <espalier/dsp/requantize.h>
#include <espalier/thumb/convolution.h>

/// CONV_2D and FULLY_CONNECTED, int8, by the weights alone that are not zero, on Cortex-M0+, M4 and M7.
///
/// Weights are a stream of **segments** for each output: a length, so many pairs of a weight and a gap, and so on; a
/// length of 0 ends it. The gap counts the weights of zero before this one; where one has more than 255 of them before
/// it, pairs of weight 0 go between. On Cortex-M0+ a convolution meets them with the columns of thumb/columns.h, two
/// pixels in one word, so that a segment's sum of |weight| is at most 255 there; elsewhere with four values of 16 bits
/// for each tap, which SMLABB and SMLATB multiply.
///
/// For four pixels a pair takes 12 instructions on Cortex-M0+, where a weight of the dense kernel takes 8, and 10 on
/// Cortex-M4, where it takes 3; for one value of a dense layer it takes 12 and 8, where it takes 3.3 and 1.
namespace espalier {
namespace rt {
namespace sparse {

namespace detail {

// The sums of one output channel for four pixels; multiplyColumns() returns the place after its stream.
#if defined(__thumb__) && !defined(__thumb2__)
using Column = thumb::detail::PixelColumn;
__attribute__((naked, noinline, unused)) static const int8_t *multiplyColumns(const int32_t *, const int8_t *,
                                                                              int32_t *)
{
    __asm__(ESPALIER_MULTIPLY_SEGMENTS("adds r7, #1\n"
                                       "ldrb r3, [r1, r7]\n"
                                       "lsls r3, r3, #3\n"
                                       "adds r0, r0, r3\n"
                                       "ldm r0!, {r3, r4}\n",
                                       "lsls r2, r2, #1\n", ""));
}
#else
/// A pixel's values, one of each tap's four.
struct Column
{
    Column(int32_t *columns, int pixel, int32_t zeroPoint)
        : zero(int16_t(zeroPoint)), at(reinterpret_cast<int16_t *>(columns) + pixel)
    {
    }
    int16_t zero;
    int16_t *at;
    void values(const int8_t *from, int count, int apart)
    {
        for (; count > 0; --count, from += apart, at += thumb::detail::pixelsAtOnce)
            *at = *from;
    }
    void run(const int8_t *from, int count) { values(from, count, 1); }
    void padding(int count)
    {
        for (; count > 0; --count, at += thumb::detail::pixelsAtOnce)
            *at = zero;
    }
};
#if defined(__ARM_FEATURE_DSP) && defined(__thumb2__)
// r0 columns, r1 stream, r3 pairs left, r4 to r7 sums, r8 and r9 the values of a tap, r12 gap, lr weight.
__attribute__((naked, noinline, unused)) static const int8_t *multiplyColumns(const int32_t *, const int8_t *,
                                                                              int32_t *)
{
    __asm__("push {r2, r4-r9, lr}\n"
            "movs r4, #0\n"
            "movs r5, #0\n"
            "movs r6, #0\n"
            "movs r7, #0\n"
            "b 2f\n"
            "1:\n"
            "ldrsb lr, [r1], #1\n"
            "ldrb r12, [r1], #1\n"
            "add r0, r0, r12, lsl #3\n"
            "ldmia r0!, {r8, r9}\n"
            "smlabb r4, r8, lr, r4\n"
            "smlatb r5, r8, lr, r5\n"
            "smlabb r6, r9, lr, r6\n"
            "smlatb r7, r9, lr, r7\n"
            "subs r3, #1\n"
            "bne 1b\n"
            "2:\n"
            "ldrb r3, [r1], #1\n"
            "cmp r3, #0\n"
            "bne 1b\n"
            "mov r0, r1\n"
            "pop {r2}\n"
            "stmia r2!, {r4-r7}\n"
            "pop {r4-r9, pc}\n");
}
#else
inline const int8_t *multiplyColumns(const int32_t *columns, const int8_t *stream, int32_t *sums)
{
    constexpr int pixels = thumb::detail::pixelsAtOnce;
    const int16_t *values = reinterpret_cast<const int16_t *>(columns);
    uint32_t totals[pixels] = {}; // without a sign, since pixels that there are none of have any values
    for (int length; (length = uint8_t(*stream++)) != 0;)
        for (const int8_t *const end = stream + 2 * length; stream != end; stream += 2, values += pixels) {
            values += pixels * uint8_t(stream[1]);
            for (int i = 0; i < pixels; ++i)
                totals[i] += uint32_t(values[i] * stream[0]);
        }
    for (int i = 0; i < pixels; ++i)
        sums[i] = int32_t(totals[i]);
    return stream;
}
#endif
#endif

#if defined(__ARM_FEATURE_DSP) && defined(__thumb2__)
/// As thumb::finish(), by the multiplication that Cortex-M4 and M7 have for it.
inline void finish(const int32_t *sums, const thumb::Channel *channel, int8_t *output, const thumb::Results *results)
{
    const dsp::Channel scale = {0, channel->multiplier, channel->rounding, channel->shift};
    const int32_t bias = channel->bias, low = results->low, high = results->high, step = results->outputStep;
    for (const int32_t *const end = results->end; sums != end; ++sums, output += step)
        *output = int8_t(dsp::clampTo(dsp::requantize(int32_t(uint32_t(*sums + bias) << 1), scale), low, high));
}
#else
using thumb::finish;
#endif

} // namespace detail

/// `filter` each output channel's stream, in the order of the window; `channels` a thumb::Channel for each; `scratch`
/// two words for each tap.
inline void convolution(const ConvolutionLayer &layer, const int8_t *input, const int8_t *filter,
                        const int32_t *channels, int32_t *scratch, int8_t *output)
{
    thumb::detail::convolve<detail::Column, detail::multiplyColumns, detail::finish>(layer, input, filter, channels,
                                                                                     scratch, output);
}

/// `weights` each output's stream; `channels` a thumb::Channel for each. Not inlined: Cortex-M0+ has registers enough
/// for its loop, but not for those around it.
__attribute__((noinline)) inline void fullyConnected(const FullyConnectedLayer &given, const int8_t *input,
                                                     const int8_t *weights, const int32_t *channels, int8_t *output)
{
    const FullyConnectedLayer layer = given; // the output may alias nothing of it
    for (int row = 0; row < layer.rows; ++row, input += layer.inputs) {
        const int8_t *stream = weights;
        const thumb::Channel *channel = reinterpret_cast<const thumb::Channel *>(channels);
        for (int left = layer.outputs; left > 0; --left) {
            const int8_t *x = input;
            int32_t sum = 0;
            for (int length; (length = uint8_t(*stream++)) != 0;) {
                for (const int8_t *const end = stream + 2 * length; stream != end; stream += 2) {
                    x += uint8_t(stream[1]);
                    sum += stream[0] * *x++;
                }
            }
            const thumb::Results results = {&sum + 1, layer.outputMin, layer.outputMax, 1, 0};
            detail::finish(&sum, channel++, output++, &results);
        }
    }
}

} // namespace sparse
} // namespace rt
} // namespace espalier
