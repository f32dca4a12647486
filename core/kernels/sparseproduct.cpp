// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/kernels/sparseproduct.h"

#include "core/graph/weightlayout.h"
#include "core/kernels/vectorize.h"

#include <algorithm>
#include <cstdint>
#include <limits>
#include <vector>

namespace espalier {

namespace {

/// Positions that are computed together: two vectors of sixteen floats.
constexpr std::size_t tile = 32;

/// Non-zero weights, output after output.
struct Rows
{
    std::vector<std::uint32_t> ends; ///< of each output, its last entry + 1
    std::vector<std::uint32_t> channels;
    std::vector<float> weights;
    std::vector<float> bias;
    float lowest = -std::numeric_limits<float>::infinity(), highest = std::numeric_limits<float>::infinity();
};

#if defined(__GNUC__)
using Lanes = float __attribute__((vector_size(64)));
#else
#error "the sparse kernel is written for GCC's and Clang's vectors"
#endif
constexpr std::size_t lanes = sizeof(Lanes) / sizeof(float), vectors = tile / lanes;

/// `turned` holds `tile` positions of each input channel side by side; `out` the same of each output.
ESPALIER_VECTORIZE void multiplyTile(const Rows &rows, const Lanes *turned, Lanes *out)
{
    const std::uint32_t *channel = rows.channels.data();
    const float *weight = rows.weights.data();
    for (std::size_t o = 0; o < rows.bias.size(); ++o, out += vectors) {
        const float *const end = rows.weights.data() + rows.ends[o];
        Lanes a = Lanes{} + rows.bias[o], b = a;
        for (; weight != end; ++weight, ++channel) {
            const Lanes *const in = turned + std::size_t(*channel) * vectors;
            a += in[0] * *weight;
            b += in[1] * *weight;
        }
        const Lanes lowest = Lanes{} + rows.lowest, highest = Lanes{} + rows.highest;
        a = a < lowest ? lowest : a;
        b = b < lowest ? lowest : b;
        out[0] = a > highest ? highest : a;
        out[1] = b > highest ? highest : b;
    }
}

/// rows×columns as columns×rows.
ESPALIER_VECTORIZE void turn(const float *from, std::size_t rows, std::size_t columns, std::size_t fromStep, float *to,
                             std::size_t toStep)
{
    constexpr std::size_t block = 16;
    for (std::size_t first = 0; first < columns; first += block) {
        const std::size_t end = std::min(first + block, columns);
        for (std::size_t row = 0; row < rows; ++row)
            for (std::size_t column = first; column < end; ++column)
                to[column * toStep + row] = from[row * fromStep + column];
    }
}

/// One position: the same sums in the same order, of four outputs side by side, since each waits for its own.
void multiplyOne(const Rows &rows, const float *in, float *out)
{
    constexpr std::size_t chains = 4;
    const std::size_t outputs = rows.bias.size();
    const auto begin = [&](std::size_t o) { return o == 0 ? 0 : rows.ends[o - 1]; };
    for (std::size_t o = 0; o < outputs; o += chains) {
        const std::size_t n = std::min(chains, outputs - o);
        std::uint32_t shortest = n < chains ? 0 : std::numeric_limits<std::uint32_t>::max();
        for (std::size_t i = 0; i < n; ++i)
            shortest = std::min(shortest, rows.ends[o + i] - begin(o + i));
        float sums[chains] = {};
        std::uint32_t at[chains] = {};
        for (std::size_t i = 0; i < n; ++i) {
            sums[i] = rows.bias[o + i];
            at[i] = begin(o + i);
        }
        for (std::uint32_t step = 0; step < shortest; ++step)
            for (std::size_t i = 0; i < chains; ++i, ++at[i - 1])
                sums[i] += rows.weights[at[i]] * in[rows.channels[at[i]]];
        for (std::size_t i = 0; i < n; ++i) {
            for (; at[i] < rows.ends[o + i]; ++at[i])
                sums[i] += rows.weights[at[i]] * in[rows.channels[at[i]]];
            out[o + i] = std::clamp(sums[i], rows.lowest, rows.highest);
        }
    }
}

class SparseProduct final : public Kernel
{
public:
    SparseProduct(Rows rows, std::size_t inputs, std::size_t positions)
        : m_rows(std::move(rows)), m_inputs(inputs), m_outputs(m_rows.bias.size()), m_positions(positions)
    {
    }

    std::size_t scratchBytes(int) const override { return (m_inputs + m_outputs) * tile * sizeof(float); }

    void run(const KernelCall &call) const override
    {
        const auto *in = reinterpret_cast<const float *>(call.inputs[0]);
        auto *out = reinterpret_cast<float *>(call.outputs[0]);
        auto *const turned = reinterpret_cast<float *>(call.scratch), *const sums = turned + m_inputs * tile;
        const std::size_t count = m_positions * std::size_t(call.batch);
        for (std::size_t first = 0; first < count; first += tile) {
            const std::size_t n = std::min(tile, count - first);
            if (n < tile / 4) { // turning would cost more
                for (std::size_t i = 0; i < n; ++i)
                    multiplyOne(m_rows, in + (first + i) * m_inputs, out + (first + i) * m_outputs);
                continue;
            }
            std::fill_n(turned, n < tile ? m_inputs * tile : 0, 0.0f);
            turn(in + first * m_inputs, n, m_inputs, m_inputs, turned, tile);
            multiplyTile(m_rows, reinterpret_cast<const Lanes *>(turned), reinterpret_cast<Lanes *>(sums));
            turn(sums, m_outputs, n, tile, out + first * m_outputs, m_outputs);
        }
    }

private:
    Rows m_rows;
    std::size_t m_inputs, m_outputs, m_positions;
};

Activation activationOf(const Operator &op)
{
    const auto *conv = std::get_if<Conv2DOptions>(&op.options);
    return conv ? conv->activation : op.as<FullyConnectedOptions>().activation;
}

} // namespace

bool canRunSparsely(const Graph &graph, const Operator &op)
{
    if ((op.kind != OpKind::conv2D && op.kind != OpKind::fullyConnected) || op.outputs.size() != 1)
        return false;
    const WeightLayout layout = *weightLayout(op.kind);
    const TensorId data = op.input(layout.data), weights = op.input(layout.weights), bias = op.input(layout.bias);
    const auto isFloat = [&](TensorId id) { return graph[id].type == DType::float32; };
    if (!data.valid() || !weights.valid() || !isFloat(data) || !isFloat(weights) || !isFloat(op.outputs[0]) ||
        graph[data].isConstant() || !graph[weights].isConstant() ||
        (bias.valid() && (!graph[bias].isConstant() || !isFloat(bias))))
        return false;
    const Activation activation = activationOf(op);
    if (activation == Activation::tanh || activation == Activation::signBit)
        return false;
    if (op.kind == OpKind::fullyConnected)
        return true;
    const auto &options = op.as<Conv2DOptions>();
    const Shape &filter = graph[weights].shape;
    return filter.size() == 4 && filter[1] == 1 && filter[2] == 1 && options.strideH == 1 && options.strideW == 1;
}

Result<std::unique_ptr<const Kernel>> makeSparseKernel(const Graph &graph, const Operator &op)
{
    // The dense kernel checks all that this one relies on.
    Result<std::unique_ptr<const Kernel>> dense = kernelKind(op.kind)->make(graph, op);
    if (!dense)
        return dense;
    if (!canRunSparsely(graph, op))
        return failed("it has no sparse form");
    const WeightLayout layout = *weightLayout(op.kind);
    const Tensor &weights = graph[op.inputs[layout.weights]];
    const std::size_t outputs = std::size_t(weights.shape[0]), inputs = std::size_t(weights.shape.back());
    Rows rows;
    const std::span<const float> all = values<float>(weights);
    for (std::size_t o = 0; o < outputs; ++o) {
        for (std::size_t c = 0; c < inputs; ++c)
            if (const float w = all[o * inputs + c]; w != 0) {
                rows.channels.push_back(std::uint32_t(c));
                rows.weights.push_back(w);
            }
        rows.ends.push_back(std::uint32_t(rows.weights.size()));
    }
    rows.bias.assign(outputs, 0.0f);
    if (const TensorId bias = op.input(layout.bias); bias.valid())
        std::ranges::copy(values<float>(graph[bias]), rows.bias.begin());
    const Activation activation = activationOf(op);
    if (activation == Activation::relu || activation == Activation::relu6)
        rows.lowest = 0;
    if (activation == Activation::reluN1To1)
        rows.lowest = -1;
    if (activation != Activation::none && activation != Activation::relu)
        rows.highest = activation == Activation::relu6 ? 6.0f : 1.0f;
    const std::size_t positions = graph[op.inputs[layout.data]].elements() / inputs;
    return std::unique_ptr<const Kernel>(std::make_unique<SparseProduct>(std::move(rows), inputs, positions));
}

} // namespace espalier
