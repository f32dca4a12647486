// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/graph/model.h"

#include <cstddef>
#include <vector>

namespace espalier {

/// Which channels of a network hang together. Each output channel of a convolution or dense layer starts as a unit of
/// its own and is followed through the operators to where it is used up: sums join the units of both sides, depthwise
/// convolutions, pools and activations hand them on, and operators that only move values (concatenation, reshape,
/// transpose, pad, slice, …) are run on the numbers of the units. Units that were joined form a set, which is kept or
/// removed as a whole; what reaches an output of the network, or an operator that needs all its channels, stays.
///
/// The idea of following indices is TinyNeuralNetwork's (its graph modifier).
class ChannelGroups
{
public:
    /// The graph must pass verify(); weights behind DEQUANTIZE count as made at run time.
    explicit ChannelGroups(const Graph &graph);

    /// The number of a set that must stay.
    static constexpr int fixed = -1;

    /// Where the channels of a value can be cut: one axis, and the set of each position along it. No axis (-1) where
    /// nothing of it can go.
    struct Cut
    {
        int axis = -1;
        std::vector<int> sets;
    };
    const Cut &cut(TensorId tensor) const { return m_cuts[std::size_t(tensor.index)]; }
    /// The same for the places of a dense layer's input, the positions that its weights' columns stand for; empty where
    /// nothing can go.
    std::vector<int> denseInput(const Operator &op) const;

    /// An operator whose output channels are units.
    struct Layer
    {
        std::size_t op;
        std::vector<int> sets; ///< of each output channel; `fixed` where it stays
    };
    /// Those with anything to remove, in the order they run.
    const std::vector<Layer> &layers() const { return m_layers; }

    int setCount() const { return m_setCount; }
    /// Of each set: layers that share sets have one class, in which sets compete with each other.
    const std::vector<int> &classes() const { return m_classes; }
    int classCount() const { return m_classCount; }
    /// Of each class: classes whose channels one tensor holds side by side (concatenations) have one family.
    const std::vector<int> &families() const { return m_families; }

private:
    class Walk;

    const Graph &m_graph;
    std::vector<Cut> m_cuts;
    std::vector<Layer> m_layers;
    std::vector<int> m_classes, m_families;
    int m_setCount = 0, m_classCount = 0;
};

} // namespace espalier
