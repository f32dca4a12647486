// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/techniques/highbias.h"

#include "core/graph/weightlayout.h"
#include "core/techniques/biascorrection.h"
#include "core/techniques/rewrite.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace espalier {

namespace {

TensorId biasOf(const Operator &op)
{
    return op.input(weightLayout(op.kind)->bias);
}

void addToBias(Graph &graph, std::size_t index, std::span<const double> amounts, double sign)
{
    Tensor &bias = graph[biasOf(graph.operators[index])];
    const std::span<const float> before = values<float>(bias);
    std::vector<float> after(before.begin(), before.end());
    for (std::size_t c = 0; c < after.size(); ++c)
        after[c] = float(double(after[c]) + sign * amounts[c]);
    bias.data = sharedBytes(after);
}

} // namespace

double absorbable(const ChannelMoments &beforeActivation, bool throughRelu)
{
    return throughRelu ? std::max(0.0, beforeActivation.mean - 3 * std::abs(beforeActivation.deviation))
                       : beforeActivation.mean;
}

void absorb(Graph &graph, const LayerPair &layers, std::span<const double> amounts)
{
    const Operator &second = graph.operators[layers.second];
    const Tensor &weights = graph[second.inputs[weightLayout(second.kind)->weights]];
    // What weights of 0 would lack, were the amounts the input.
    const std::vector<float> zeros(weights.elements(), 0.0f);
    const std::vector<double> lost = expectedError(second, weights, zeros, amounts);
    addToBias(graph, layers.first, amounts, -1);
    addToBias(graph, layers.second, lost, -1);
}

Result<std::size_t> absorbHighBiases(Model &model, std::span<const LayerPair> pairs, TechniqueContext &context)
{
    Graph &graph = model.main();
    std::vector<LayerPair> absorbing;
    for (const LayerPair &pair : pairs)
        if (biasOf(graph.operators[pair.first]).valid() && biasOf(graph.operators[pair.second]).valid())
            absorbing.push_back(pair);
    if (absorbing.empty())
        return std::size_t(0);

    auto separated = std::make_shared<Model>();
    separated->graphs = {graph};
    std::vector<Operator> operators;
    std::vector<TensorId> outputs(absorbing.size());
    for (std::size_t i = 0; i < graph.operators.size(); ++i) {
        const auto pair = std::ranges::find(absorbing, i, &LayerPair::first);
        if (pair == absorbing.end())
            operators.push_back(graph.operators[i]);
        else
            outputs[std::size_t(pair - absorbing.begin())] =
                appendWithoutActivation(separated->main(), operators, graph.operators[i]);
    }
    separated->main().operators = std::move(operators);

    const Result<std::vector<std::vector<ChannelMoments>>> moments =
        channelMoments(separated, Calibration{}, outputs, context);
    if (!moments)
        return moments.error();

    // What one layer gives away the next one makes up for, so that the moments measured before hold for all.
    std::size_t moved = 0;
    for (std::size_t i = 0; i < absorbing.size(); ++i) {
        std::vector<double> amounts;
        for (const ChannelMoments &channel : (*moments)[i])
            amounts.push_back(absorbable(channel, absorbing[i].throughRelu));
        moved += std::size_t(std::ranges::count_if(amounts, [](double amount) { return amount != 0; }));
        absorb(graph, absorbing[i], amounts);
    }
    return moved;
}

} // namespace espalier
