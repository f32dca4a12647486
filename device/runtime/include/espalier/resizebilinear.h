// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: MIT
#pragma once

#include <espalier/layers.h>
#include <espalier/resampling.h>

/// RESIZE_BILINEAR over [batches, height, width, channels].
namespace espalier {
namespace rt {

namespace detail {

template <class Source, class T>
inline void resizeBilinear(const ResizeLayer &layer, const T *input, T *output)
{
    for (int batch = 0; batch < layer.batches; ++batch) {
        for (int oy = 0; oy < layer.outputHeight; ++oy) {
            const Source y = Source::of(oy, layer.inputHeight, layer.outputHeight, layer.alignCorners != 0,
                                        layer.halfPixelCenters != 0);
            const T *low = input + y.low * (layer.inputWidth * layer.channels);
            const T *high = input + y.high * (layer.inputWidth * layer.channels);
            for (int ox = 0; ox < layer.outputWidth; ++ox) {
                const Source x = Source::of(ox, layer.inputWidth, layer.outputWidth, layer.alignCorners != 0,
                                            layer.halfPixelCenters != 0);
                const int left = x.low * layer.channels, right = x.high * layer.channels;
                for (int c = 0; c < layer.channels; ++c)
                    *output++ = T(bilinear(low[left + c], high[left + c], low[right + c], high[right + c], y, x));
            }
        }
        input += layer.inputHeight * layer.inputWidth * layer.channels;
    }
}

} // namespace detail

template <class T>
void resizeBilinearQuantized(const ResizeLayer &layer, const T *input, T *output)
{
    detail::resizeBilinear<IntegerSource>(layer, input, output);
}

inline void resizeBilinearFloat(const ResizeLayer &layer, const float *input, float *output)
{
    detail::resizeBilinear<FloatSource>(layer, input, output);
}

} // namespace rt
} // namespace espalier
