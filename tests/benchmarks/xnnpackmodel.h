// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/graph/model.h"

#include <memory>
#include <span>

/// A graph run by XNNPACK, the engine that TensorFlow Lite uses on a PC: one thread, one image.
class XnnpackModel
{
public:
    /// An error names what this version of XNNPACK cannot run. A softmax at the end of an 8-bit graph is left out.
    static espalier::Result<std::unique_ptr<XnnpackModel>> make(const espalier::Graph &graph);
    ~XnnpackModel();

    std::span<std::byte> input();
    std::span<const std::byte> output() const;
    espalier::TensorId outputTensor() const;
    void run();

private:
    struct State;
    explicit XnnpackModel(std::unique_ptr<State> state);
    std::unique_ptr<State> m_state;
};
