// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/random.h"
#include "core/graph/model.h"
#include "core/train/traininglayers.h"

#include <cstdint>
#include <string>

namespace espalier {

/// A network from nothing, and what it has while it trains.
struct Untrained
{
    ModelPtr model;
    TrainingLayers layers;
};

/// Builds a network from its input on, one layer after another. Weights are drawn from the seed in the order of the
/// layers.
class NetworkBuilder
{
public:
    /// What samples of two extents are: pixels, which get a channel, or the channels of a series over time.
    enum class Kind { image, series };
    NetworkBuilder(const Shape &sampleShape, std::uint64_t seed, Kind kind = Kind::image, double width = 1);

    /// A number of channels times the width: rounded down and at least 1, or, where `divisor` is above 1, to its
    /// nearest multiple that is at least 0.9 times as much (as MobileNetV2's authors do).
    std::int32_t scaled(std::int32_t channels, std::int32_t divisor = 1) const;

    /// Of the last layer's output: [1, height, width, channels] or [1, features].
    const Shape &shape() const { return m_graph[m_last].shape; }

    enum class Start {
        uniform, ///< weights and biases within +-1 / sqrt(inputs of one output)
        he       ///< weights within +-sqrt(6 / inputs), which keeps deep networks of RELU alive (He et al., arXiv
                 ///< 1502.01852), biases 0
    };
    /// Of the layers that follow.
    void startAs(Start start) { m_start = start; }

    /// The value that the next layer takes; to be kept or exchanged where the network branches.
    TensorId &last() { return m_last; }

    struct FilterSize
    {
        std::int32_t height, width;
    };
    void conv2D(std::int32_t filters, std::int32_t size, Padding padding, Activation activation)
    {
        conv2D(filters, {size, size}, padding, activation);
    }
    void conv2D(std::int32_t filters, FilterSize size, Padding padding, Activation activation, std::int32_t stride = 1);
    /// One square filter a channel, padded to the input's size.
    void depthwiseConv2D(std::int32_t size, Activation activation, std::int32_t stride = 1);
    /// Another value of the same shape on top of the last.
    void addTo(TensorId other, Activation activation);
    /// Over a series [1, steps, channels], without padding; its output is an image of one row.
    void conv1D(std::int32_t filters, std::int32_t size, Activation activation);
    void maxPool2D(std::int32_t size);
    void averagePool2D(std::int32_t size);
    /// The mean of each channel.
    void globalAveragePool();
    void flatten();
    void dense(std::int32_t features, Activation activation);

    /// While it trains, normalizes what the last layer, convolution or dense, sums up before its activation. To begin
    /// with, that layer's bias should be 0, as startAs(Start::he) makes it.
    void normalize(BatchNormalization settings = {});
    /// While it trains, lets a share of the last value drop out.
    void dropout(double rate);

    enum class Head { softmax, values };
    /// With a softmax over the last layer, or as it is.
    Untrained finish(std::string description, Head head = Head::softmax);

private:
    void pool(OpKind kind, std::int32_t size);
    TensorId whole(const std::string &name, const std::vector<std::int32_t> &numbers);
    TensorId constant(const std::string &name, Shape shape, double reach);
    TensorId parameters(const std::string &name, Shape shape, std::size_t inputs);
    TensorId biases(const std::string &name, std::int32_t count, std::size_t inputs);
    void add(OpKind kind, std::vector<TensorId> inputs, const std::string &name, Shape shape, OpOptions options);

    Random m_random;
    double m_width;
    Graph m_graph;
    TrainingLayers m_layers;
    TensorId m_last;
    Start m_start = Start::uniform;
    int m_convolutions = 0, m_pools = 0, m_dense = 0, m_sums = 0;
};

} // namespace espalier
