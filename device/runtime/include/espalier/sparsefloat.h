// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: MIT
#pragma once

#include <espalier/floatmath.h>
#include <espalier/scalar.h>
#include <espalier/thumb/convolution.h>

/// CONV_2D and FULLY_CONNECTED, float32, by the weights alone that are not zero, on any processor.
///
/// `weights` are those of output after output, in the order of the window. `gaps` has for each output their number, two
/// bytes of which the lower one comes first, and for each weight how many zeros stand before it; where there are more
/// than 255, weights of zero go between. Zeros add nothing to a sum but where an input is not finite: there alone the
/// results are not those of the dense kernels.
///
/// For eight pixels a weight takes 14 instructions on Cortex-M4F, where eight multiplications of the dense kernel take
/// 15; for one value of a dense layer it takes 7, where it takes 2.8. By software, on Cortex-M0+, nearly all of either
/// is the multiplication.
namespace espalier {
namespace rt {
namespace sparse {

/// Pixels that share a weight: as many as leave their columns in 8 KiB, or half of them.
constexpr int floatPixels(uint32_t taps)
{
    return taps <= 256 ? 8 : 4;
}

namespace detail {

/// The values of a tap lie side by side, one of each pixel.
struct FloatColumn
{
    int step;
    float *at;
    void values(const float *from, int count, int apart)
    {
        for (; count > 0; --count, from += apart, at += step)
            *at = *from;
    }
    void run(const float *from, int count) { values(from, count, 1); }
    void padding(int count)
    {
        for (; count > 0; --count, at += step)
            *at = 0.0f;
    }
};

/// Sums of one output channel for 8 or 4 pixels, of which `wanted` are; at least one weight.
#if defined(__ARM_FEATURE_FMA) && defined(__thumb2__) && defined(__ARM_PCS_VFP)
// r0 columns, r1 weights, r2 gaps, r3 their number, r12 a gap; s0 to s7 values, s8 to s15 sums, s16 a weight.
#define ESPALIER_TERM(sum, value) "vfma.f32 " #sum ", " #value ", s16\n"
#define ESPALIER_FOUR_TERMS ESPALIER_TERM(s8, s0) ESPALIER_TERM(s9, s1) ESPALIER_TERM(s10, s2) ESPALIER_TERM(s11, s3)
#define ESPALIER_MULTIPLY_FLOATS(SHIFT, VALUES, TERMS, SUMS)                                                           \
    "vpush {s16}\n"                                                                                                    \
    "mov r12, #0\n"                                                                                                    \
    "vmov s8, r12\n"                                                                                                   \
    "vmov s9, r12\n"                                                                                                   \
    "vmov s10, r12\n"                                                                                                  \
    "vmov s11, r12\n"                                                                                                  \
    "vmov s12, r12\n"                                                                                                  \
    "vmov s13, r12\n"                                                                                                  \
    "vmov s14, r12\n"                                                                                                  \
    "vmov s15, r12\n"                                                                                                  \
    "1:\n"                                                                                                             \
    "ldrb r12, [r2], #1\n"                                                                                             \
    "add r0, r0, r12, lsl #" SHIFT "\n"                                                                                \
    "vldm r1!, {s16}\n"                                                                                                \
    "vldm r0!, {" VALUES "}\n" TERMS "subs r3, r3, #1\n"                                                               \
    "bne 1b\n"                                                                                                         \
    "ldr r0, [sp, #4]\n"                                                                                               \
    "vstm r0, {" SUMS "}\n"                                                                                            \
    "vpop {s16}\n"                                                                                                     \
    "bx lr\n"
__attribute__((naked, noinline, unused)) static void multiplyEight(const float *, const float *, const uint8_t *, int,
                                                                   float *)
{
    __asm__(ESPALIER_MULTIPLY_FLOATS("5", "s0-s7",
                                     ESPALIER_FOUR_TERMS ESPALIER_TERM(s12, s4) ESPALIER_TERM(s13, s5)
                                         ESPALIER_TERM(s14, s6) ESPALIER_TERM(s15, s7),
                                     "s8-s15"));
}
__attribute__((naked, noinline, unused)) static void multiplyFour(const float *, const float *, const uint8_t *, int,
                                                                  float *)
{
    __asm__(ESPALIER_MULTIPLY_FLOATS("4", "s0-s3", ESPALIER_FOUR_TERMS, "s8-s11"));
}
#undef ESPALIER_TERM
#undef ESPALIER_FOUR_TERMS
#undef ESPALIER_MULTIPLY_FLOATS
inline void multiplyFloats(const float *columns, int step, const float *weights, const uint8_t *gaps, int count, int,
                           float *sums)
{
    (step == 8 ? multiplyEight : multiplyFour)(columns, weights, gaps, count, sums);
}
#else
inline void multiplyFloats(const float *columns, int step, const float *weights, const uint8_t *gaps, int count,
                           int wanted, float *sums)
{
    for (int i = 0; i < wanted; ++i)
        sums[i] = 0.0f;
    for (; count > 0; --count, ++weights, columns += step) {
        columns += *gaps++ * step;
        for (int i = 0; i < wanted; ++i)
            sums[i] = fma(columns[i], *weights, sums[i]);
    }
}
#endif

} // namespace detail

/// `bias` is read where the layer has one; `scratch` has floatPixels() values for each tap.
inline void convolutionFloat(const ConvolutionLayer &given, const float *input, const float *weights,
                             const int8_t *gaps, const float *bias, float *scratch, float *output)
{
    const ConvolutionLayer layer = given; // the output may alias nothing of it
    const int step = floatPixels(uint32_t(layer.filterHeight * layer.filterWidth * layer.inputChannels));
    const int depth = layer.outputChannels;
    for (int batch = 0; batch < layer.batches; ++batch) {
        int oy = 0, ox = 0;
        for (int left = layer.outputHeight * layer.outputWidth; left > 0; left -= step) {
            const int pixels = left < step ? left : step;
            for (int i = 0; i < pixels; ++i) {
                thumb::detail::fillColumn(layer, input, oy * layer.strideHeight - layer.padTop,
                                          ox * layer.strideWidth - layer.padLeft, layer.inputChannels,
                                          detail::FloatColumn{step, scratch + i});
                if (++ox == layer.outputWidth) {
                    ox = 0;
                    ++oy;
                }
            }
            const float *weight = weights;
            const uint8_t *gap = reinterpret_cast<const uint8_t *>(gaps);
            for (int c = 0; c < depth; ++c) {
                float sums[8] = {};
                const int count = gap[0] | gap[1] << 8;
                gap += 2;
                if (count > 0)
                    detail::multiplyFloats(scratch, step, weight, gap, count, pixels, sums);
                weight += count;
                gap += count;
                const float added = layer.hasBias ? bias[c] : 0.0f;
                float *to = output + c;
                for (int i = 0; i < pixels; ++i, to += depth)
                    *to = activate(layer.activation, sums[i] + added);
            }
            output += pixels * depth;
        }
        input += layer.inputHeight * layer.inputWidth * layer.inputChannels;
    }
}

/// `bias` is read where the layer has one.
inline void fullyConnectedFloat(const FullyConnectedLayer &given, const float *input, const float *weights,
                                const int8_t *gaps, const float *bias, float *output)
{
    const FullyConnectedLayer layer = given; // the output may alias nothing of it
    for (int row = 0; row < layer.rows; ++row, input += layer.inputs) {
        const float *weight = weights;
        const uint8_t *gap = reinterpret_cast<const uint8_t *>(gaps);
        for (int o = 0; o < layer.outputs; ++o) {
            const float *x = input;
            float sum = 0.0f;
            int count = gap[0] | gap[1] << 8;
            for (gap += 2; count > 0; --count) {
                x += *gap++;
                sum = fma(*x++, *weight++, sum);
            }
            *output++ = activate(layer.activation, sum + (layer.hasBias ? bias[o] : 0.0f));
        }
    }
}

} // namespace sparse
} // namespace rt
} // namespace espalier
