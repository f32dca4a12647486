// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/graph/model.h"

#include <memory>
#include <span>

namespace espalier {

/// One 1×1 convolution of stride 1 as XNNPACK's own operator, called directly: TensorFlow Lite's rewrite of whole
/// graphs declines its sparse form on PCs with AVX. For measuring beside our kernels only: results differ in the last
/// bits.
class XnnpackProduct
{
public:
    enum class Form {
        dense, ///< positions × channels, as in TensorFlow Lite
        sparse ///< channels × positions; its zeros are left out
    };

    /// A missingTool error where this build has no XNNPACK, with the package that brings it; a `failed` one where the
    /// operator is no such convolution (canRunSparsely()) or XNNPACK refuses it.
    static Result<XnnpackProduct> make(const Graph &graph, const Operator &op, Form form);
    ~XnnpackProduct();
    XnnpackProduct(XnnpackProduct &&) noexcept;

    /// One image's values, laid out as the form says; both stay where they are.
    std::span<float> input();
    std::span<const float> output() const;
    void run(); ///< on this thread

private:
    struct State;
    explicit XnnpackProduct(std::unique_ptr<State> state);
    std::unique_ptr<State> m_state;
};

} // namespace espalier
