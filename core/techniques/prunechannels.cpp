// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/techniques/applymasks.h"
#include "core/techniques/channelremoval.h"
#include "core/techniques/channelselection.h"
#include "core/techniques/channelsensitivity.h"
#include "core/techniques/finetuning.h"
#include "core/techniques/percent.h"
#include "core/techniques/rewrite.h"
#include "core/techniques/weights.h"

#include <algorithm>
#include <cmath>

namespace espalier {

namespace {

constexpr OpKind layerKinds[] = {OpKind::conv2D, OpKind::depthwiseConv2D, OpKind::fullyConnected,
                                 OpKind::transposeConv};

/// "conv_1 keeps 8 of 16 channels", for each layer that lost some.
void noteChannels(const Graph &graph, const ChannelGroups &groups, const std::vector<bool> &removed,
                  TechniqueContext &context)
{
    for (const ChannelGroups::Layer &layer : groups.layers()) {
        const auto gone = std::ranges::count_if(
            layer.sets, [&](int set) { return set != ChannelGroups::fixed && removed[std::size_t(set)]; });
        if (gone > 0)
            context.notes.push_back(operatorName(graph, graph.operators[layer.op]) + " keeps " +
                                    std::to_string(std::ptrdiff_t(layer.sets.size()) - gone) + " of " +
                                    std::to_string(layer.sets.size()) + " channels");
    }
}

/// What each class of layers loses: its share, or nothing where no layer of it is meant.
Result<std::vector<double>> sharesOf(const Graph &graph, const ChannelGroups &groups, double share,
                                     const ParameterValues &settings)
{
    const Result<std::vector<std::string>> names = layerNames(graph, settings.text("layers"));
    if (!names)
        return names.error();
    if (!names->empty() && settings.text("scope") != "uniform")
        return invalidArgument("scope=" + settings.text("scope") +
                               " lets all layers compete: leave layers out, or take scope=uniform");
    std::vector<double> shares(std::size_t(groups.classCount()), 0);
    for (const ChannelGroups::Layer &layer : groups.layers())
        if (isMeant(graph, graph.operators[layer.op], *names))
            for (const int set : layer.sets)
                if (set != ChannelGroups::fixed)
                    shares[std::size_t(groups.classes()[std::size_t(set)])] = share;
    if (std::ranges::all_of(shares, [](double s) { return s == 0; }))
        return unusableInput("layers=" + settings.text("layers") + " names no layer whose channels can be removed");
    return shares;
}

/// Of each operator the size of its layer's class: operators keep their numbers while channels go.
std::vector<std::size_t> sizesByOperator(const Model &model)
{
    const ChannelGroups groups(model.main());
    const std::vector<std::size_t> sizes = classSizes(groups);
    std::vector<std::size_t> byOperator(model.main().operators.size(), 0);
    for (const ChannelGroups::Layer &layer : groups.layers())
        for (const int set : layer.sets)
            if (set != ChannelGroups::fixed)
                byOperator[layer.op] = sizes[std::size_t(groups.classes()[std::size_t(set)])];
    return byOperator;
}

/// How much of the channels is to be gone after a round.
struct Target
{
    double share = 0;       ///< of all that there were
    double shareOfRest = 0; ///< of those before the round
};

/// Layers whose weights are no floats, which keep their channels and those of all that they read or add to.
std::ptrdiff_t integerLayers(const Graph &graph)
{
    return std::ranges::count_if(weightsOf(graph), [&](const Weights &w) { return !holdsFloats(graph[w.tensor]); });
}

std::size_t channelsOf(const Graph &graph)
{
    std::size_t channels = 0;
    const ChannelGroups groups(graph);
    for (const ChannelGroups::Layer &layer : groups.layers())
        channels += layer.sets.size();
    return channels;
}

/// One round: ranks the channels and takes the least important out. `first` has the sizes before any round.
Result<ModelPtr> cut(const Model &model, std::span<const std::size_t> first, const Target &target,
                     const ParameterValues &settings, TechniqueContext &context)
{
    const std::string &criterion = settings.text("criterion");
    const ChannelGroups groups(model.main());
    if (groups.setCount() == 0 && integerLayers(model.main()) > 0)
        return unusableInput("no channels can be removed: the weights of " +
                             std::to_string(integerLayers(model.main())) +
                             " layers are integers already; take the float model");
    if (groups.setCount() == 0)
        return unusableInput("no channels can be removed: all of them reach the model's output or an operator that "
                             "needs them all");
    Result<ChannelScores> scores = channelScores(model, groups, criterion, context);
    if (!scores)
        return scores.error();
    const auto multiple = std::size_t(settings.integer("multiple"));
    const bool global = settings.text("scope") == "global";
    const std::vector<double> ranking = setScores(groups, *std::move(scores), global || criterion == "taylor");
    Result<std::vector<double>> shares = sharesOf(model.main(), groups, target.share, settings);
    std::vector<std::size_t> sizes = classSizes(groups);
    if (shares && settings.text("scope") == "sensitivity") { // which asks what the smaller model can spare
        shares = sharesBySensitivity(model, groups, ranking, target.shareOfRest, context);
    } else {
        for (const ChannelGroups::Layer &layer : groups.layers())
            for (const int set : layer.sets)
                if (set != ChannelGroups::fixed)
                    sizes[std::size_t(groups.classes()[std::size_t(set)])] = first[layer.op];
    }
    if (!shares)
        return shares.error();
    const std::vector<bool> removed = global ? removedGlobally(groups, ranking, target.share, multiple, sizes)
                                             : removedByClass(groups, ranking, *shares, multiple, sizes);
    noteChannels(model.main(), groups, removed, context);
    return std::make_shared<const Model>(withoutChannels(model, groups, removed));
}

/// Training behind a round; weights that are zero stay so.
Result<ModelPtr> retrained(const ModelPtr &model, const ParameterValues &settings, TechniqueContext &context)
{
    const Result<std::vector<Weights>> weights = floatWeights(model->main(), layerKinds);
    return weights ? fineTune(model, settings, context, zeroKeeper(model->main(), *weights)) : weights.error();
}

/// The share of all channels that is gone after a round.
double goneAfter(std::int64_t round, std::int64_t rounds, double fraction, bool isGradual)
{
    const double way = double(round) / double(rounds);
    // Gradual pruning's cubic (Zhu and Gupta, arXiv 1710.01878), or the same share of what is left each time.
    return isGradual ? fraction * (1 - std::pow(1 - way, 3)) : 1 - std::pow(1 - fraction, way);
}

Result<ModelPtr> apply(const ModelPtr &model, const ParameterValues &settings, TechniqueContext &context)
{
    const double fraction = settings.real("fraction");
    const bool trains = settings.integer("epochs") > 0;
    if (const Result<std::vector<Weights>> weights = floatWeights(model->main(), layerKinds); !weights)
        return weights.error();
    if (context.progress.cancelled())
        return cancelled();
    if (trains)
        if (const Result<void> checked = checkTrainingData(context); !checked)
            return checked.error();
    if (fraction == 0)
        return trains ? retrained(inFloat32(model), settings, context) : Result<ModelPtr>(model);
    ModelPtr current = inFloat32(model);
    const std::int64_t rounds = settings.integer("rounds");
    const bool isGradual = settings.text("schedule") == "polynomial";
    if (isGradual && rounds == 1)
        return invalidArgument("schedule=polynomial is without effect in one round: take more rounds, or leave it out");
    if (const std::ptrdiff_t integers = integerLayers(current->main()); integers > 0)
        context.notes.push_back(std::to_string(integers) +
                                (integers == 1 ? " layer has integer weights and keeps its channels"
                                               : " layers have integer weights and keep their channels"));
    const std::vector<std::size_t> first = sizesByOperator(*current);
    const std::size_t channelsBefore = channelsOf(current->main());
    for (std::int64_t round = 1; round <= rounds; ++round) {
        const double before = goneAfter(round - 1, rounds, fraction, isGradual);
        const double now = round == rounds ? fraction : goneAfter(round, rounds, fraction, isGradual);
        Result<ModelPtr> smaller = cut(*current, first, {now, 1 - (1 - now) / (1 - before)}, settings, context);
        if (smaller)
            smaller = retrained(*smaller, settings, context);
        if (!smaller)
            return smaller.error();
        current = *std::move(smaller);
    }
    if (channelsOf(current->main()) == channelsBefore)
        context.notes.insert(context.notes.begin(),
                             "no channel went: the fraction of each group is less than " +
                                 (settings.integer("multiple") > 1
                                      ? "the multiple of " + std::to_string(settings.integer("multiple")) +
                                            " that stays; lower multiple, or raise fraction"
                                      : std::string("one channel; raise fraction")));
    return current;
}

TechniqueNeeds needsWith(const ParameterValues &settings)
{
    if (settings.text("scope") == "sensitivity")
        return TechniqueNeeds::training;
    return needsOfFineTuning(settings, criterionNeeds(settings.text("criterion")));
}

/// "channels −50 %, taylor, global + 2 epochs": what is not the default is told.
std::string label(const ParameterValues &settings)
{
    std::string text = "channels −" + percentText(settings.real("fraction"));
    if (settings.text("criterion") != "l2")
        text += ", " + settings.text("criterion");
    if (settings.text("scope") != "uniform")
        text += ", " + settings.text("scope");
    return text + epochsText(settings);
}

} // namespace

extern const Technique pruneChannels;
const Technique pruneChannels = {
    "prune-channels",
    "Channel pruning",
    "Takes whole channels out of the network, through sums, concatenations and depthwise layers: file, RAM, flash and "
    "time all shrink on any engine.",
    "TinyNeuralNetwork, OneShotChannelPruner; criteria as Deutel et al., Molchanov et al., Hu et al., Sabih et al.",
    TechniqueFamily::pruning,
    TechniqueNeeds::nothing,
    withFineTuning(
        {{"fraction", "Fraction", "Share of the channels of every group of layers that is removed.", 0.5, 0, 0.95},
         {.key = "criterion",
          .title = "Criterion",
          .description =
              "What tells how much a channel matters: its weights, its outputs, or what the loss owes to it.",
          .defaultValue = std::string("l2"), // TinyNeuralNetwork's
          .choices = channelCriteria()},
         {.key = "scope",
          .title = "Scope",
          .description = "Whether each group of layers loses the fraction, or all compete for it: by score, or by what "
                         "cutting each alone costs.",
          .defaultValue = std::string("uniform"),
          .choices = {"uniform", "global", "sensitivity"}},
         {"multiple", "Multiple of", "Channels that stay come in multiples of this, for kernels that like 4 or 8.",
          std::int64_t(1), 1, 64},
         layersParameter(),
         {"rounds", "Rounds", "In how many steps the channels go, each followed by the epochs of training.",
          std::int64_t(1), 1, 100},
         {.key = "schedule",
          .title = "Schedule",
          .description = "How the fraction is spread over the rounds: each takes the same share of what is left, or "
                         "along the cubic of gradual pruning.",
          .defaultValue = std::string("iterative"),
          .choices = {"iterative", "polynomial"}}}),
    apply,
    label,
    needsWith,
};

} // namespace espalier
