// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/random.h"
#include "core/graph/model.h"

#include <cstdint>
#include <string>

namespace espalier {

/// Builds a network from its input on, one layer after another. Weights and biases start uniform within
/// +-1 / sqrt(inputs of one output), drawn from the seed in the order of the layers.
class NetworkBuilder
{
public:
    /// What samples of two extents are: pixels, which get a channel, or the channels of a series over time.
    enum class Kind { image, series };
    NetworkBuilder(const Shape &sampleShape, std::uint64_t seed, Kind kind = Kind::image);

    /// Of the last layer's output: [1, height, width, channels] or [1, features].
    const Shape &shape() const { return m_graph[m_last].shape; }
    bool isImage() const { return shape().size() == 4; }

    void conv2D(std::int32_t filters, std::int32_t size, Padding padding, Activation activation);
    /// Over a series [1, steps, channels], without padding; its output is an image of one row.
    void conv1D(std::int32_t filters, std::int32_t size, Activation activation);
    void maxPool2D(std::int32_t size);
    void averagePool2D(std::int32_t size);
    /// The mean of each channel.
    void globalAveragePool();
    void flatten();
    void dense(std::int32_t features, Activation activation);

    /// With a softmax over the last layer.
    Model finish(std::string description);

private:
    void pool(OpKind kind, std::int32_t size);
    TensorId whole(const std::string &name, const std::vector<std::int32_t> &numbers);
    TensorId parameters(const std::string &name, Shape shape, std::size_t inputs);
    void add(OpKind kind, std::vector<TensorId> inputs, const std::string &name, Shape shape, OpOptions options);

    Random m_random;
    Graph m_graph;
    TensorId m_last;
    int m_convolutions = 0, m_pools = 0, m_dense = 0;
};

} // namespace espalier
