// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: MIT
#pragma once

#include <espalier/layers.h>

#include <stdint.h>

/// RESIZE_NEAREST_NEIGHBOR over [batches, height, width, channels]. `rows` and `columns` say which input row and column
/// each output row and column shows; the host knows the model's rules for that.
namespace espalier {
namespace rt {

template <class T>
void resizeNearest(const ResizeLayer &layer, const T *input, const int32_t *rows, const int32_t *columns, T *output)
{
    for (int batch = 0; batch < layer.batches; ++batch) {
        for (int oy = 0; oy < layer.outputHeight; ++oy) {
            for (int ox = 0; ox < layer.outputWidth; ++ox) {
                const T *from = input + (rows[oy] * layer.inputWidth + columns[ox]) * layer.channels;
                for (int c = 0; c < layer.channels; ++c)
                    *output++ = from[c];
            }
        }
        input += layer.inputHeight * layer.inputWidth * layer.channels;
    }
}

} // namespace rt
} // namespace espalier
