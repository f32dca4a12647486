// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/graph/model.h"

#include <cstddef>
#include <functional>
#include <optional>

namespace espalier {

/// A convolution or dense layer as sums of products: at each position of its output every channel is the sum over
/// `depth` of an input value times a weight, plus the bias.
class LayerRows
{
public:
    /// Nothing for other operators and for grouped convolutions.
    static std::optional<LayerRows> of(const Graph &graph, const Operator &op);

    std::size_t channels() const { return m_channels; }
    std::size_t depth() const { return m_depth; }
    std::size_t positions() const { return m_positions; } ///< of one image
    /// Whether each channel multiplies values of its own (depthwise) rather than all the same.
    bool isApart() const { return m_isApart; }

    /// Place in the weights of what a channel multiplies the k-th value by.
    std::size_t weight(std::size_t channel, std::size_t k) const
    {
        return m_isApart ? k * m_channels + channel : channel * m_depth + k;
    }
    /// The input values at a position of an image: `depth` of them, or `depth` times one for each channel. Padding is
    /// 0.
    void fill(const float *image, std::size_t position, float *row) const { m_fill(image, position, row); }
    std::size_t rowFloats() const { return m_isApart ? m_depth * m_channels : m_depth; }

private:
    LayerRows() = default;

    std::size_t m_channels = 0, m_depth = 0, m_positions = 0;
    bool m_isApart = false;
    std::function<void(const float *image, std::size_t position, float *row)> m_fill;
};

} // namespace espalier
