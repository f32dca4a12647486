// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/kernels/xnnpackproduct.h"

#include "core/graph/weightlayout.h"
#include "core/kernels/floatrange.h"
#include "core/kernels/sparseproduct.h"

#include <algorithm>
#include <vector>
#ifdef ESPALIER_XNNPACK
#include <xnnpack.h>
#endif

namespace espalier {

#ifdef ESPALIER_XNNPACK

struct XnnpackProduct::State
{
    State() = default;
    State(const State &) = delete;
    State &operator=(const State &) = delete;
    ~State()
    {
        if (op)
            xnn_delete_operator(op);
    }

    xnn_operator_t op = nullptr;
    std::size_t inputs = 0, positions = 0;
    std::vector<float> in, out; ///< `in` is longer: XNNPACK reads a few bytes beyond its input
};

Result<XnnpackProduct> XnnpackProduct::make(const Graph &graph, const Operator &op, Form form)
{
    if (op.kind != OpKind::conv2D || !canRunSparsely(graph, op))
        return failed("it is no 1×1 convolution of stride 1 on float values");
    if (xnn_initialize(nullptr) != xnn_status_success)
        return failed("XNNPACK does not run on this processor");
    const WeightLayout layout = *weightLayout(op.kind);
    const Tensor &data = graph[op.inputs[layout.data]], &weights = graph[op.inputs[layout.weights]];
    const std::size_t outputs = std::size_t(weights.shape[0]), inputs = std::size_t(weights.shape[3]);
    const std::size_t height = std::size_t(data.shape[1]), width = std::size_t(data.shape[2]);
    const TensorId bias = op.input(layout.bias);
    const float *const addends = bias.valid() ? values<float>(graph[bias]).data() : nullptr;
    const FloatRange range = *floatRange(op.as<Conv2DOptions>().activation);
    auto state = std::make_unique<State>();
    state->inputs = inputs;
    state->positions = height * width;
    state->in.assign(inputs * height * width + XNN_EXTRA_BYTES / sizeof(float), 0.0f);
    state->out.assign(outputs * height * width, 0.0f);
    const bool isSparse = form == Form::sparse;
    const auto create = isSparse ? xnn_create_convolution2d_nchw_f32 : xnn_create_convolution2d_nhwc_f32;
    const auto setUp = isSparse ? xnn_setup_convolution2d_nchw_f32 : xnn_setup_convolution2d_nhwc_f32;
    if (create(0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, inputs, outputs, inputs, outputs, values<float>(weights).data(),
               addends, range.low, range.high, 0, &state->op) != xnn_status_success ||
        setUp(state->op, 1, height, width, state->in.data(), state->out.data(), nullptr) != xnn_status_success)
        return failed("XNNPACK refuses it");
    return XnnpackProduct(std::move(state));
}

std::span<float> XnnpackProduct::input()
{
    return std::span(m_state->in).first(m_state->inputs * m_state->positions);
}

std::span<const float> XnnpackProduct::output() const
{
    return m_state->out;
}

void XnnpackProduct::run()
{
    xnn_run_operator(m_state->op, nullptr);
}

#else

struct XnnpackProduct::State
{
};

Result<XnnpackProduct> XnnpackProduct::make(const Graph &, const Operator &, Form)
{
    return missingTool(
        "this build has no XNNPACK to measure: install libxnnpack-dev and libpthreadpool-dev and build again");
}

std::span<float> XnnpackProduct::input()
{
    return {};
}

std::span<const float> XnnpackProduct::output() const
{
    return {};
}

void XnnpackProduct::run() {}

#endif

XnnpackProduct::XnnpackProduct(std::unique_ptr<State> state) : m_state(std::move(state)) {}
XnnpackProduct::XnnpackProduct(XnnpackProduct &&) noexcept = default;
XnnpackProduct::~XnnpackProduct() = default;

} // namespace espalier
