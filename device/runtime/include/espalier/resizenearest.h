// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: MIT
#pragma once

#include <stdint.h>

/// RESIZE_NEAREST_NEIGHBOR over [batches, height, width, channels]. `rows` and `columns` say which input row and column
/// each output row and column shows; the host knows the model's rules for that.
namespace espalier::rt {

template <class Layer, class T>
void resizeNearest(const T *input, const int32_t *rows, const int32_t *columns, T *output)
{
    for (int batch = 0; batch < Layer::batches; ++batch) {
        for (int oy = 0; oy < Layer::outputHeight; ++oy) {
            for (int ox = 0; ox < Layer::outputWidth; ++ox) {
                const T *from = input + (rows[oy] * Layer::inputWidth + columns[ox]) * Layer::channels;
                for (int c = 0; c < Layer::channels; ++c)
                    *output++ = from[c];
            }
        }
        input += Layer::inputHeight * Layer::inputWidth * Layer::channels;
    }
}

} // namespace espalier::rt
