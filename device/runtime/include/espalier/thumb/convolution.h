// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: MIT
#pragma once

#include <espalier/binary.h>
#include <espalier/fixedpoint.h>
#include <espalier/layers.h>
#include <espalier/thumb/columns.h>

/// CONV_2D and DEPTHWISE_CONV_2D, int8, for Cortex-M0+; see columns.h.
namespace espalier {
namespace rt {
namespace thumb {

namespace detail {

/// Puts the window of one output pixel, `channels` neighbouring channels of it, into a column: value after value by
/// column.values(from, count, apart), column.run(from, count) for neighbouring ones, column.padding(count).
template <class T, class Column>
__attribute__((always_inline)) inline void fillColumn(const ConvolutionLayer &layer, const T *image, int top, int left,
                                                      int channels, Column column)
{
    const int depth = layer.inputChannels;
    const bool isWhole = left >= 0 && layer.dilationWidth == 1 && left + layer.filterWidth <= layer.inputWidth;
    for (int fy = layer.filterHeight; fy > 0; --fy, top += layer.dilationHeight) {
        if (unsigned(top) >= unsigned(layer.inputHeight)) {
            column.padding(layer.filterWidth * channels);
            continue;
        }
        const T *line = image + (top * layer.inputWidth + left) * depth;
        if (isWhole && channels == 1) {
            column.values(line, layer.filterWidth, depth);
        } else if (isWhole && channels == depth) {
            column.run(line, layer.filterWidth * depth);
        } else {
            for (int fx = 0, x = left; fx < layer.filterWidth;
                 ++fx, x += layer.dilationWidth, line += layer.dilationWidth * depth) {
                if (unsigned(x) < unsigned(layer.inputWidth))
                    column.run(line, channels);
                else
                    column.padding(channels);
            }
        }
    }
}

/// Calls body(pixels, fill) for each group of output pixels in raster order; fill(image, channels, columnOf) makes
/// their columns, of which columnOf(pixel) tells where they go.
template <int pixelsOfGroup, class Body>
inline void forEachGroup(const ConvolutionLayer &layer, Body body)
{
    int oy = 0, ox = 0;
    for (int left = layer.outputHeight * layer.outputWidth; left > 0; left -= pixelsOfGroup) {
        const int pixels = left < pixelsOfGroup ? left : pixelsOfGroup, firstY = oy, firstX = ox;
        body(pixels, [&](const auto *image, int channels, auto columnOf) {
            oy = firstY;
            ox = firstX;
            for (int i = 0; i < pixels; ++i) {
                fillColumn(layer, image, oy * layer.strideHeight - layer.padTop, ox * layer.strideWidth - layer.padLeft,
                           channels, columnOf(i));
                if (++ox == layer.outputWidth) {
                    ox = 0;
                    ++oy;
                }
            }
        });
    }
}

/// A pixel's half of the column words, see columns.h.
struct PixelColumn
{
    PixelColumn(int32_t *columns, int pixelOfColumns, int32_t zeroPoint)
        : pixel(pixelOfColumns), zero(zeroPoint), at(columns + (pixelOfColumns >> 1))
    {
    }
    int pixel;
    int32_t zero, *at;
    void values(const int8_t *from, int count, int apart) { at = putValues(from, count, apart, pixel, at); }
    void run(const int8_t *from, int count) { at = putRun(from, count, pixel, at); }
    void padding(int count) { at = putValue(zero, count, pixel, at); }
};

/// `Column` is a PixelColumn or what is made like one; `multiply` sums a channel for the four pixels of the columns,
/// and returns the place after its stream; `finish` is finish().
template <class Column, const int8_t *(*multiply)(const int32_t *columns, const int8_t *stream, int32_t *sums),
          void (*finish)(const int32_t *sums, const Channel *, int8_t *output, const Results *)>
inline void convolve(const ConvolutionLayer &given, const int8_t *input, const int8_t *filter, const int32_t *table,
                     int32_t *scratch, int8_t *output)
{
    const ConvolutionLayer layer = given; // the output may alias nothing of it
    const Channel *const channels = reinterpret_cast<const Channel *>(table);
    for (int batch = 0; batch < layer.batches; ++batch) {
        forEachGroup<pixelsAtOnce>(layer, [&](int pixels, auto fill) {
            fill(input, layer.inputChannels, [&](int pixel) { return Column(scratch, pixel, layer.inputZeroPoint); });
            const int8_t *stream = filter;
            int32_t sums[pixelsAtOnce];
            const Results results = {sums + pixels, layer.outputMin, layer.outputMax, layer.outputChannels,
                                     sameChannel};
            for (int c = 0; c < layer.outputChannels; ++c) {
                stream = multiply(scratch, stream, sums);
                finish(sums, channels + c, output + c, &results);
            }
            output += pixels * layer.outputChannels;
        });
        input += layer.inputHeight * layer.inputWidth * layer.inputChannels;
    }
}

} // namespace detail

/// `filter`: for each output channel its weights in segments, see columns.h, in the order of the window; `channels` a
/// Channel for each; `scratch` two words for each tap.
inline void convolution(const ConvolutionLayer &layer, const int8_t *input, const int8_t *filter,
                        const int32_t *channels, int32_t *scratch, int8_t *output)
{
    detail::convolve<detail::PixelColumn, detail::multiplyColumns, finish>(layer, input, filter, channels, scratch,
                                                                           output);
}

/// The same where the channels compare: see binary.h.
inline void binaryConvolution(const ConvolutionLayer &layer, const int8_t *input, const int8_t *filter,
                              const int32_t *channels, int32_t *scratch, int8_t *output)
{
    convolution(layer, input, filter, channels, scratch, output);
    toBinary(output, layer.batches * layer.outputHeight * layer.outputWidth * layer.outputChannels);
}

/// One output channel for each input channel.
inline void depthwiseConvolution(const ConvolutionLayer &given, const int8_t *input, const int8_t *filter,
                                 const int32_t *table, int32_t *scratch, int8_t *output)
{
    const ConvolutionLayer layer = given; // the output may alias nothing of it
    const Channel *const channels = reinterpret_cast<const Channel *>(table);
    for (int batch = 0; batch < layer.batches; ++batch) {
        detail::forEachGroup<detail::pixelsAtOnce>(layer, [&](int pixels, auto fill) {
            const int8_t *stream = filter;
            int32_t sums[detail::pixelsAtOnce];
            const Results results = {sums + pixels, layer.outputMin, layer.outputMax, layer.outputChannels,
                                     sameChannel};
            for (int c = 0; c < layer.outputChannels; ++c) {
                fill(input + c, 1,
                     [&](int pixel) { return detail::PixelColumn(scratch, pixel, layer.inputZeroPoint); });
                stream = detail::multiplyColumns(scratch, stream, sums);
                finish(sums, channels + c, output + c, &results);
            }
            output += pixels * layer.outputChannels;
        });
        input += layer.inputHeight * layer.inputWidth * layer.inputChannels;
    }
}

} // namespace thumb
} // namespace rt
} // namespace espalier
