// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/metrics/realvalues.h"

#include <cstring>

namespace espalier {

namespace {

template <class T>
T element(std::span<const std::byte> values, std::size_t i)
{
    T value;
    std::memcpy(&value, values.data() + i * sizeof value, sizeof value);
    return value;
}

float dequantized(const Quantization &q, std::int64_t value)
{
    return q.scale.size() != 1 ? float(value) : q.scale[0] * float(value - q.zeroPoint[0]);
}

} // namespace

bool hasRealValues(const Tensor &tensor)
{
    switch (tensor.type) {
    case DType::float32:
    case DType::int8:
    case DType::uint8:
    case DType::int16:
    case DType::int32:
    case DType::int64:
    case DType::boolean:
        return true;
    default:
        return false;
    }
}

float realValue(const Tensor &tensor, std::span<const std::byte> values, std::size_t i)
{
    const Quantization &q = tensor.quantization;
    switch (tensor.type) {
    case DType::float32:
        return element<float>(values, i);
    case DType::int8:
        return dequantized(q, element<std::int8_t>(values, i));
    case DType::uint8:
    case DType::boolean:
        return dequantized(q, element<std::uint8_t>(values, i));
    case DType::int16:
        return dequantized(q, element<std::int16_t>(values, i));
    case DType::int32:
        return dequantized(q, element<std::int32_t>(values, i));
    case DType::int64:
        return dequantized(q, element<std::int64_t>(values, i));
    default:
        return 0;
    }
}

} // namespace espalier
