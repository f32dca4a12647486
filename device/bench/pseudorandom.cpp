// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "device/bench/pseudorandom.h"

#include <cstring>

namespace espalier::device {

std::vector<std::uint8_t> pseudoRandomInput(const Graph &graph, std::uint32_t k)
{
    std::vector<std::uint8_t> values;
    std::uint32_t x = (k + 1) * 2654435769u;
    for (const TensorId id : graph.inputs) {
        const Tensor &tensor = graph[id];
        const std::size_t width = byteCount(tensor.type, 1);
        for (std::size_t i = 0; i < tensor.elements(); ++i) {
            x = x * 1664525u + 1013904223u;
            const auto byte = std::uint8_t(x >> 24);
            std::uint8_t element[16] = {byte};
            if (tensor.type == DType::int16) { // all 16 bits
                element[0] = std::uint8_t(x >> 16);
                element[1] = byte;
            }
            if (tensor.type == DType::float32) {
                const float value = float(byte) / 127.5f - 1.0f;
                std::memcpy(element, &value, sizeof value);
            }
            values.insert(values.end(), element, element + width);
        }
    }
    return values;
}

} // namespace espalier::device
