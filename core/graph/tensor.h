// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/file.h"
#include "core/graph/dtype.h"
#include "core/graph/shape.h"

#include <compare>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace espalier {

/// Affine quantization: real = scale * (q - zeroPoint). One entry for the whole tensor, or one per slice along `axis`.
struct Quantization
{
    std::vector<float> scale;            ///< empty: not quantized
    std::vector<std::int64_t> zeroPoint; ///< as long as scale
    std::int32_t axis = 0;               ///< meaningful where scale has more than one entry
    std::vector<float> minimum, maximum; ///< optional, carried through

    bool empty() const { return scale.empty(); }
    bool perChannel() const { return scale.size() > 1; }
    bool operator==(const Quantization &) const = default;
};

/// What a format keeps with a part of the model that the graph does not understand, so that writing loses nothing.
struct FormatPayload
{
    virtual ~FormatPayload() = default;
    /// Whether writing either gives the same.
    virtual bool equals(const FormatPayload &other) const { return this == &other; }
};

/// The place of a tensor in its graph. `none` stands for an optional input that is absent.
struct TensorId
{
    std::int32_t index = -1;

    static const TensorId none;
    bool valid() const { return index >= 0; }
    auto operator<=>(const TensorId &) const = default;
};
inline const TensorId TensorId::none = {};

/// A value that flows through the graph, or a constant of it.
struct Tensor
{
    std::string name;
    DType type = DType::float32;
    Shape shape;
    Shape shapeSignature; ///< as shape, with -1 where the extent may vary; empty where nothing varies
    Quantization quantization;
    SharedBytes data;        ///< a constant's little-endian values; null for a value made at run time
    bool isVariable = false; ///< keeps its value between runs
    bool hasRank = true;     ///< false only for a shapeless tensor of unknown rank
    std::shared_ptr<const FormatPayload> payload;

    bool isConstant() const { return data != nullptr; }
    std::size_t elements() const { return elementCount(shape); }
    std::size_t bytes() const { return byteCount(type, elements()); }
};

/// What the values of a tensor take, or nothing where an extent is negative or the size passes 2 GB. For tensors that
/// verify() has not seen yet.
std::optional<std::uint64_t> checkedBytes(const Tensor &tensor);

} // namespace espalier
