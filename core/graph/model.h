// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/graph/operator.h"

#include <memory>
#include <string>
#include <vector>

namespace espalier {

/// Operators in the order they run, over one list of tensors.
struct Graph
{
    std::string name;
    std::vector<Tensor> tensors;
    std::vector<Operator> operators;
    std::vector<TensorId> inputs, outputs;
    std::shared_ptr<const FormatPayload> payload;

    const Tensor &operator[](TensorId id) const { return tensors[std::size_t(id.index)]; }
    Tensor &operator[](TensorId id) { return tensors[std::size_t(id.index)]; }

    TensorId addTensor(Tensor tensor)
    {
        tensors.push_back(std::move(tensor));
        return {std::int32_t(tensors.size()) - 1};
    }
};

/// A named way to call one graph of a model.
struct Signature
{
    struct Entry
    {
        std::string name;
        TensorId tensor;
    };
    std::string key;
    std::size_t graph = 0;
    std::vector<Entry> inputs, outputs;
};

struct MetadataEntry
{
    std::string name;
    SharedBytes data;
};

/// A neural network, as a file holds it. A value: copying is cheap (constants are shared), and once it is behind a
/// ModelPtr nobody changes it; a technique copies, edits the copy and returns it.
struct Model
{
    std::string description;
    std::vector<Graph> graphs; ///< the first is the one that runs; a reader guarantees at least one
    std::vector<Signature> signatures;
    std::vector<MetadataEntry> metadata;
    SharedBytes trailer; ///< bytes after the model proper (TFLite metadata's zip archive), or null
    std::shared_ptr<const FormatPayload> payload;

    const Graph &main() const { return graphs.front(); }
    Graph &main() { return graphs.front(); }
};

using ModelPtr = std::shared_ptr<const Model>;

/// Checks what every later stage relies on: ids in range, constants as long as their shape and type say, each value
/// written once and before it is read, inputs and outputs present. The error names the operator or tensor.
Result<void> verify(const Model &model);

/// A text for people and tests: a line for each tensor and operator.
std::string dump(const Graph &graph);

/// Constant values as T; the tensor must be a constant of that element type.
template <class T>
std::span<const T> values(const Tensor &tensor)
{
    return {reinterpret_cast<const T *>(tensor.data->data()), tensor.elements()};
}

/// Shared bytes from values, for constants.
template <class T>
SharedBytes sharedBytes(const std::vector<T> &values)
{
    const auto *first = reinterpret_cast<const std::uint8_t *>(values.data());
    return std::make_shared<const Bytes>(first, first + values.size() * sizeof(T));
}

} // namespace espalier
