// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/techniques/channelremoval.h"
#include "core/techniques/channelselection.h"
#include "core/techniques/finetuning.h"
#include "core/techniques/percent.h"
#include "core/techniques/rewrite.h"
#include "core/techniques/weights.h"

#include <algorithm>
#include <cmath>
#include <functional>

namespace espalier {

namespace {

constexpr OpKind layerKinds[] = {OpKind::conv2D, OpKind::depthwiseConv2D, OpKind::fullyConnected,
                                 OpKind::transposeConv};

/// A weight tensor's positions in the order in which Keras stores them: output channels last.
std::vector<std::size_t> kerasOrder(const Tensor &weights, std::int32_t channelAxis)
{
    std::vector<std::size_t> order;
    const std::size_t count = weights.elements();
    if (channelAxis != 0) {
        for (std::size_t i = 0; i < count; ++i)
            order.push_back(i);
        return order;
    }
    const std::size_t outputs = std::size_t(weights.shape[0]), inner = count / outputs;
    for (std::size_t i = 0; i < inner; ++i)
        for (std::size_t o = 0; o < outputs; ++o)
            order.push_back(o * inner + i);
    return order;
}

/// Lays what survived of `from` into `to`, one after another in Keras's order: the first ones where there are more, and
/// behind them, where there are fewer, the largest that pruning dropped as the unpruned tensor has them, or zeros where
/// there is none of the same shape.
SharedBytes laid(const Tensor &from, const Tensor *unpruned, const Tensor &to, std::int32_t channelAxis)
{
    std::vector<float> survivors, dropped;
    const std::span<const float> before = values<float>(from);
    for (const std::size_t i : kerasOrder(from, channelAxis))
        if (before[i] != 0)
            survivors.push_back(before[i]);
        else if (unpruned && unpruned->shape == from.shape)
            dropped.push_back(values<float>(*unpruned)[i]);
    std::ranges::stable_sort(dropped, std::greater(), [](float value) { return std::abs(value); });
    survivors.insert(survivors.end(), dropped.begin(), dropped.end());
    survivors.resize(to.elements(), 0.0f);
    std::vector<float> after(to.elements());
    const std::vector<std::size_t> order = kerasOrder(to, channelAxis);
    for (std::size_t i = 0; i < order.size(); ++i)
        after[order[i]] = survivors[i];
    return sharedBytes(after);
}

/// Fills every weight and bias that became smaller with the survivors of the whole one, as the paper does. `unpruned`:
/// the network before the recipe, or null.
void layLiterally(const Graph &before, const Graph *unpruned, Graph &after)
{
    if (unpruned && unpruned->operators.size() != before.operators.size())
        unpruned = nullptr; // another network by now
    for (std::size_t i = 0; i < before.operators.size(); ++i) {
        const Operator &old = before.operators[i], &op = after.operators[i];
        const std::optional<WeightLayout> layout = weightLayout(old.kind);
        if (!layout)
            continue;
        for (const std::size_t input : {layout->weights, layout->bias}) {
            const TensorId id = op.input(input);
            if (!id.valid() || after[id].shape == before[old.inputs[input]].shape)
                continue;
            const bool isWeights = input == layout->weights;
            const Tensor *dropped = nullptr;
            if (unpruned && unpruned->operators[i].kind == old.kind)
                if (const TensorId there = unpruned->operators[i].input(input);
                    there.valid() && (*unpruned)[there].isConstant() && (*unpruned)[there].type == DType::float32)
                    dropped = &(*unpruned)[there];
            after[id].data = laid(before[old.inputs[input]], dropped, after[id], isWeights ? layout->channelAxis : -1);
        }
    }
}

/// The share of a class's channels that goes: what is asked for, or the zeros of its layers' weights.
std::vector<double> sharesOf(const Graph &graph, const ChannelGroups &groups, double asked)
{
    std::vector<double> zeros(std::size_t(groups.classCount()), 0), counts = zeros;
    for (const ChannelGroups::Layer &layer : groups.layers()) {
        const auto set = std::ranges::find_if(layer.sets, [](int s) { return s != ChannelGroups::fixed; });
        const std::size_t i = std::size_t(groups.classes()[std::size_t(*set)]);
        const Operator &op = graph.operators[layer.op];
        const std::span<const float> all = values<float>(graph[op.inputs[weightLayout(op.kind)->weights]]);
        zeros[i] += double(std::ranges::count(all, 0.0f));
        counts[i] += double(all.size());
    }
    for (std::size_t i = 0; i < zeros.size(); ++i)
        zeros[i] = asked > 0 ? asked : zeros[i] / counts[i];
    return zeros;
}

Result<ModelPtr> apply(const ModelPtr &model, const ParameterValues &settings, TechniqueContext &context)
{
    if (const Result<std::vector<Weights>> weights = floatWeights(model->main(), layerKinds); !weights)
        return weights.error();
    if (context.progress.cancelled())
        return cancelled();
    if (settings.integer("epochs") > 0)
        if (const Result<void> checked = checkTrainingData(context); !checked)
            return checked.error();
    const Model plain = *inFloat32(model);
    const ChannelGroups groups(plain.main());
    if (groups.setCount() == 0)
        return unusableInput("no filters can be removed: all of them reach the model's output or an operator that "
                             "needs them all");
    const std::vector<double> shares = sharesOf(plain.main(), groups, settings.real("fraction"));
    const Result<ChannelScores> mass = channelScores(plain, groups, "l1", context);
    if (!mass)
        return mass.error();
    const std::vector<bool> removed =
        removedByClass(groups, setScores(groups, *mass, false), shares, 1, classSizes(groups));
    if (std::ranges::count(removed, true) == 0)
        return unusableInput("there is no sparsity to remove: put a pruning step before this one, or set fraction");
    auto smaller = std::make_shared<Model>(withoutChannels(plain, groups, removed));
    context.notes.push_back(std::to_string(std::ranges::count(removed, true)) + " of " +
                            std::to_string(removed.size()) + " filters were taken out");
    if (settings.text("mode") == "literal") {
        const ModelPtr unpruned = context.original ? inFloat32(context.original) : nullptr;
        layLiterally(plain.main(), unpruned ? &unpruned->main() : nullptr, smaller->main());
        if (settings.integer("epochs") == 0)
            context.notes.emplace_back("the surviving weights were laid into smaller filters in memory order: the "
                                       "model means nothing until it is trained (epochs)");
    }
    return fineTune(smaller, settings, context);
}

} // namespace

extern const Technique removeSparsity;
const Technique removeSparsity = {
    "remove-sparsity",
    "Sparsity removal",
    "Turns the zeros of a pruned model into a network with fewer filters and retrains it: what was promised in zeros "
    "becomes file, flash and time.",
    "Audi et al., Optimized TinyML for microcontrollers: reshape of the pruned weights",
    TechniqueFamily::pruning,
    TechniqueNeeds::training,
    withFineTuning({{.key = "mode",
                     .title = "Mode",
                     .description = "Whole filters by their surviving mass (sound), or the surviving values laid into "
                                    "smaller filters one after another as the paper does (literal).",
                     .defaultValue = std::string("sound"),
                     .choices = {"sound", "literal"}},
                    {"fraction", "Fraction",
                     "Share of the filters that goes; 0 means the share of zeros that each layer has.", 0.5, 0, 0.95}},
                   {.epochs = 50, .learningRate = 0.01, .batch = 32}),
    apply,
    [](const ParameterValues &settings) {
        return (settings.text("mode") == "literal" ? "reshaped literally" : "reshaped") + epochsText(settings);
    },
    [](const ParameterValues &settings) { return needsOfFineTuning(settings); },
};

} // namespace espalier
