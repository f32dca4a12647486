// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: MIT
#pragma once

#include <espalier/resampling.h>

/// RESIZE_BILINEAR over [batches, height, width, channels]. Layer: batches, channels, input{Height,Width},
/// output{Height,Width}, alignCorners, halfPixelCenters.
namespace espalier::rt {

namespace detail {

template <class Layer, class Source, class T>
inline void resizeBilinear(const T *input, T *output)
{
    for (int batch = 0; batch < Layer::batches; ++batch) {
        for (int oy = 0; oy < Layer::outputHeight; ++oy) {
            const Source y = Source::of(oy, Layer::inputHeight, Layer::outputHeight, Layer::alignCorners != 0,
                                        Layer::halfPixelCenters != 0);
            const T *low = input + y.low * (Layer::inputWidth * Layer::channels);
            const T *high = input + y.high * (Layer::inputWidth * Layer::channels);
            for (int ox = 0; ox < Layer::outputWidth; ++ox) {
                const Source x = Source::of(ox, Layer::inputWidth, Layer::outputWidth, Layer::alignCorners != 0,
                                            Layer::halfPixelCenters != 0);
                const int left = x.low * Layer::channels, right = x.high * Layer::channels;
                for (int c = 0; c < Layer::channels; ++c)
                    *output++ = T(bilinear(low[left + c], high[left + c], low[right + c], high[right + c], y, x));
            }
        }
        input += Layer::inputHeight * Layer::inputWidth * Layer::channels;
    }
}

} // namespace detail

template <class Layer, class T>
void resizeBilinearQuantized(const T *input, T *output)
{
    detail::resizeBilinear<Layer, IntegerSource>(input, output);
}

template <class Layer>
void resizeBilinearFloat(const float *input, float *output)
{
    detail::resizeBilinear<Layer, FloatSource>(input, output);
}

} // namespace espalier::rt
