// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/train/meansquares.h"

namespace espalier {

LossSum meanSquares(std::span<const float> outputs, std::span<const float> wanted, std::size_t perImage, float weight,
                    std::span<float> gradients)
{
    const float factor = 2 * weight / float(perImage);
    double squares = 0;
    for (std::size_t i = 0; i < outputs.size(); ++i) {
        const float difference = outputs[i] - wanted[i];
        squares += double(difference) * double(difference);
        gradients[i] = factor * difference;
    }
    return {squares / double(perImage), 0};
}

} // namespace espalier
