// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: MIT
#pragma once

#include <espalier/fixedpoint.h>
#include <espalier/layers.h>

/// LOGISTIC, TANH and SOFTMAX of int16 values, as TensorFlow Lite Micro's reference kernels compute them: tables with
/// straight lines between their entries. The tables are made on the host, by core/kernels/interpolationtables.h.
namespace espalier {
namespace rt {

/// To the input of the table of logistic functions: (x * multiplier + half) >> shift, in steps of 1/12288.
struct WideSigmoidParameters
{
    int32_t multiplier = 0; ///< at most 32767
    int32_t shift = 0;      ///< 0 to 31
};

constexpr int32_t sigmoidPlace(int32_t x, const WideSigmoidParameters &p)
{
    const uint32_t half = p.shift > 0 ? uint32_t(1) << (p.shift - 1) : 0;
    return int32_t(uint32_t(x) * uint32_t(p.multiplier) + half) >> p.shift;
}

constexpr uint32_t magnitudeOf(int32_t x)
{
    return x < 0 ? 0 - uint32_t(x) : uint32_t(x);
}

/// 1 / (1 + e^-x) in Q0.15. `table`: logistic(i / 24) - 1/2 in Q0.16, 256 entries.
constexpr int32_t wideLogistic(int32_t x, const WideSigmoidParameters &p, const int16_t *table)
{
    const int32_t place = sigmoidPlace(x, p);
    const uint32_t magnitude = magnitudeOf(place), index = magnitude >> 9;
    int32_t result = 0x7fff << 10; // Q0.25
    if (index < 255)
        result = (table[index] + 32768) * 512 + int32_t(magnitude & 0x1ff) * (table[index + 1] - table[index]);
    const int32_t half = 1 << 9;
    return (place >= 0 ? result + half : (1 << 25) - result + half - 1) >> 10;
}

/// tanh x in Q0.15, by the same table: 2 logistic(2x) - 1.
constexpr int32_t wideTanh(int32_t x, const WideSigmoidParameters &p, const int16_t *table)
{
    const int32_t place = sigmoidPlace(x, p);
    const uint32_t magnitude = magnitudeOf(place), index = magnitude >> 8;
    int32_t result = 0x7fff << 8; // the part above 1/2, in Q0.24
    if (index < 255)
        result = table[index] * 256 + int32_t(magnitude & 0xff) * (table[index + 1] - table[index]);
    const int32_t half = 1 << 7;
    return (place >= 0 ? result + half : -result + half - 1) >> 8;
}

inline void logisticWide(const WideSigmoidLayer &layer, const int16_t *input, const int16_t *table, int16_t *output)
{
    for (int i = 0; i < layer.elements; ++i)
        output[i] = int16_t(wideLogistic(input[i], {layer.multiplier, layer.shift}, table));
}

inline void tanhWide(const WideSigmoidLayer &layer, const int16_t *input, const int16_t *table, int16_t *output)
{
    for (int i = 0; i < layer.elements; ++i)
        output[i] = int16_t(wideTanh(input[i], {layer.multiplier, layer.shift}, table));
}

/// A function over all int16 values by a table of 513 entries, 128 values apart.
constexpr int16_t interpolated(int32_t value, const int16_t *table)
{
    const int index = 256 + (value >> 7);
    const int32_t slope = int16_t(table[index + 1] - table[index]);
    return int16_t(table[index] + ((slope * (value & 0x7f) + 64) >> 7));
}

/// SOFTMAX over the last dimension, to Q0.15. `exponentials`: e^x for x from -10 to 0, `reciprocals`: 1 / (1 + x) for x
/// from 0 to 1, both as interpolated() reads them, in Q0.15. Input and output may be the same memory.
inline void softmaxWide(const WideSoftmaxLayer &layer, const int16_t *input, const int16_t *exponentials,
                        const int16_t *reciprocals, int16_t *output)
{
    for (int row = 0; row < layer.rows; ++row) {
        int32_t most = input[0];
        for (int i = 1; i < layer.depth; ++i)
            most = input[i] > most ? input[i] : most;
        int32_t sum = 0; // Q16.15
        for (int i = 0; i < layer.depth; ++i) {
            // -10 to 0 is -65535 to 0.
            const int32_t difference = multiplyByQuantizedMultiplier(input[i] - most, layer.multiplier, layer.shift);
            output[i] = interpolated(clamp(wrappingAdd(difference, INT16_MAX), INT16_MIN, INT16_MAX), exponentials);
            sum += output[i];
        }
        // The sum as 1.x in Q1.16, of which x less 1/2 is the place in the table.
        const int headroom = countLeadingZeros(uint32_t(sum)) - 1;
        const int32_t normal = int32_t(((int64_t(sum) << headroom) + (1 << 13)) >> 14);
        const int32_t inverse = interpolated(clamp(normal - (3 << 15), INT16_MIN, INT16_MAX), reciprocals);
        const int shift = 30 - headroom;
        for (int i = 0; i < layer.depth; ++i)
            output[i] = int16_t(clamp((output[i] * inverse + (int32_t(1) << (shift - 1))) >> shift, 0, INT16_MAX));
        input += layer.depth;
        output += layer.depth;
    }
}

} // namespace rt
} // namespace espalier
