// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/techniques/channelscores.h"

#include "core/base/random.h"
#include "core/data/labelkind.h"
#include "core/engine/engine.h"
#include "core/graph/weightlayout.h"
#include "core/techniques/relevance.h"
#include "core/train/meansquares.h"
#include "core/train/trainingnetwork.h"

#include <algorithm>
#include <cmath>

namespace espalier {

namespace {

constexpr std::size_t samplesLookedAt = 512;
constexpr int batch = 32;
constexpr int imagesAtOnce = 4; ///< forward, between two looks whether it should stop; changes no sum

/// A layer's weights, filter after filter.
std::vector<float> filtersOf(const Graph &graph, const Operator &op)
{
    const WeightLayout layout = *weightLayout(op.kind);
    const Tensor &weights = graph[op.inputs[layout.weights]];
    const std::span<const float> all = values<float>(weights);
    if (layout.channelAxis == 0)
        return {all.begin(), all.end()};
    const std::size_t filters = std::size_t(weights.shape[std::size_t(layout.channelAxis)]);
    std::vector<float> turned;
    for (std::size_t filter = 0; filter < filters; ++filter)
        for (std::size_t i = filter; i < all.size(); i += filters)
            turned.push_back(all[i]);
    return turned;
}

/// The value that a layer hands on: its output, or what a single activation makes of it.
TensorId activationOf(const Graph &graph, std::size_t layer)
{
    const TensorId out = graph.operators[layer].outputs[0];
    TensorId result = out;
    int readers = 0;
    for (const Operator &op : graph.operators)
        if (std::ranges::find(op.inputs, out) != op.inputs.end()) {
            ++readers;
            const bool activates = op.kind == OpKind::relu || op.kind == OpKind::relu6 ||
                                   op.kind == OpKind::leakyRelu || op.kind == OpKind::hardSwish ||
                                   op.kind == OpKind::prelu || op.kind == OpKind::logistic || op.kind == OpKind::tanh;
            result = activates ? op.outputs[0] : out;
        }
    return readers == 1 ? result : out;
}

std::span<const float> floats(std::span<const std::byte> bytes)
{
    return {reinterpret_cast<const float *>(bytes.data()), bytes.size() / sizeof(float)};
}

enum class Split { calibration, training, labelledTraining };

Result<Samples> samplesFor(const std::string &criterion, Split split, const TechniqueContext &context)
{
    if (!context.data)
        return invalidArgument("criterion=" + criterion +
                               " looks at data, but there is no data set: give one, or "
                               "take criterion=l2");
    const Samples &samples = split == Split::calibration ? context.data->calibration : context.data->train;
    const bool labelled = split == Split::labelledTraining;
    if (samples.count == 0 || (labelled && samples.labels.size() != samples.count))
        return unusableInput("the data set \"" + context.data->name + "\" has no " +
                             (labelled                      ? "labelled training samples"
                              : split == Split::calibration ? "calibration samples"
                                                            : "training samples") +
                             " for criterion=" + criterion);
    return samples.spread(samplesLookedAt);
}

using Sums = ChannelScores;

Sums zeroSums(const Graph &graph, const ChannelGroups &groups)
{
    Sums sums;
    for (const ChannelGroups::Layer &layer : groups.layers())
        sums.emplace_back(std::size_t(graph[graph.operators[layer.op].outputs[0]].shape.back()), 0.0);
    return sums;
}

/// Adds up what forward passes over unlabelled data show.
Result<ChannelScores> activationScores(const Model &model, const ChannelGroups &groups, const std::string &criterion,
                                       TechniqueContext &context)
{
    const Result<Samples> samples = samplesFor(criterion, Split::calibration, context);
    if (!samples)
        return samples.error();
    const Result<ProgramPtr> program = Program::compile(std::make_shared<const Model>(model));
    if (!program)
        return program.error();
    const Graph &graph = model.main();
    if (const Result<void> fits = checkFit(graph, *samples); !fits)
        return fits.error();
    std::vector<std::vector<std::size_t>> layersOf(graph.tensors.size());
    for (std::size_t i = 0; i < groups.layers().size(); ++i)
        layersOf[std::size_t(activationOf(graph, groups.layers()[i].op).index)].push_back(i);
    const bool zeros = criterion == "apoz";
    Sums sums = zeroSums(graph, groups);
    std::vector<double> seen(sums.size(), 0);
    Session session(*program, imagesAtOnce);
    for (std::size_t first = 0; first < samples->count; first += imagesAtOnce) {
        if (context.progress.cancelled())
            return cancelled();
        const auto images = std::min<std::size_t>(imagesAtOnce, samples->count - first);
        fillInput(graph[graph.inputs[0]], *samples, context.scaling, first, images, session.input());
        session.run(int(images), [&](TensorId id, std::span<const std::byte> bytes) {
            for (const std::size_t layer : layersOf[std::size_t(id.index)]) {
                (zeros ? addZeros : addMagnitudes)(floats(bytes), sums[layer]);
                seen[layer] += double(floats(bytes).size()) / double(sums[layer].size());
            }
        });
        context.progress.report("looking at channels", std::int64_t(first + images), std::int64_t(samples->count));
    }
    for (std::size_t layer = 0; layer < sums.size(); ++layer)
        for (double &sum : sums[layer])
            sum = zeros ? 1 - sum / seen[layer] : sum / seen[layer]; // many zeros go first
    return sums;
}

/// Sets the derivative behind the loss to that of each image's own class score, or without labels of all outputs.
void seedWithClass(std::span<const std::int32_t> labels, std::span<float> gradient)
{
    std::ranges::fill(gradient, labels.empty() ? 1.0f : 0.0f);
    if (labels.empty())
        return;
    const std::size_t classes = gradient.size() / labels.size();
    for (std::size_t i = 0; i < labels.size(); ++i)
        gradient[i * classes + std::size_t(labels[i])] = 1;
}

/// Adds up what backward passes over labelled data show: derivatives by weights, Taylor's products, or relevances.
Result<ChannelScores> gradientScores(const Model &model, const ChannelGroups &groups, const std::string &criterion,
                                     TechniqueContext &context)
{
    const bool reproduces = context.data && labelKindFor(model.main(), *context.data) != LabelKind::classes;
    const Result<Samples> given =
        samplesFor(criterion, reproduces ? Split::training : Split::labelledTraining, context);
    if (!given)
        return given.error();
    const Samples &samples = *given;
    const bool relevance = criterion == "relevance", byWeights = criterion == "gradient";
    const Model separated = relevance ? forRelevance(model) : model;
    const Graph &graph = separated.main();
    const Result<TrainingNetwork> network =
        TrainingNetwork::prepare(separated, {}, {}, relevance ? GradientRule(relevanceGradient) : GradientRule());
    if (!network)
        return network.error().in("criterion=" + criterion);
    if (const Result<void> fits = checkFit(graph, samples); !fits)
        return fits.error();
    if (!reproduces && std::ranges::any_of(samples.labels, [&](std::int32_t l) {
            return l < 0 || std::size_t(l) >= network->classes();
        }))
        return unusableInput("a label of \"" + context.data->name + "\" is outside the model's " +
                             std::to_string(network->classes()) + " classes");
    std::vector<std::vector<std::size_t>> layersOf(graph.operators.size());
    for (std::size_t i = 0; i < groups.layers().size(); ++i) {
        const TensorId shown = activationOf(model.main(), groups.layers()[i].op);
        const auto maker = std::ranges::find_if(graph.operators, [&](const Operator &op) {
            return std::ranges::find(op.outputs, shown) != op.outputs.end();
        });
        layersOf[std::size_t(maker - graph.operators.begin())].push_back(i);
    }

    Sums sums = zeroSums(model.main(), groups);
    TrainingNetwork::Worker worker(*network, batch);
    worker.stopWith(context.progress);
    std::vector<float> gradients(network->parameterCount());
    std::vector<std::int32_t> labels; // of the images in the batch; none where they are to be reproduced
    std::size_t images = 0;
    const auto observer = [&](std::size_t op, std::span<const float> output, std::span<float> gradient) {
        if (relevance && op + 1 == graph.operators.size())
            seedWithClass(labels, gradient);
        for (const std::size_t layer : layersOf[op])
            if (!byWeights)
                addTaylor(output, gradient, images, sums[layer]);
        if (relevance)
            shareRelevance(graph, graph.operators[op], output, gradient);
    };
    for (std::size_t first = 0; first < samples.count; first += batch) {
        if (context.progress.cancelled())
            return cancelled();
        images = std::min<std::size_t>(batch, samples.count - first);
        fillInput(network->input(), samples, context.scaling, first, images,
                  worker.input().subspan(0, worker.input().size() / batch * images));
        std::ranges::fill(gradients, 0.0f);
        const float weight = byWeights ? 1.0f / float(images) : 1.0f;
        if (reproduces) {
            const auto loss = [&](const TrainingNetwork::Outcome &outcome) {
                const auto *const wanted = reinterpret_cast<const float *>(worker.input().data());
                return meanSquares(outcome.logits, std::span(wanted, outcome.logits.size()), network->classes(), weight,
                                   outcome.gradient);
            };
            network->run(worker, int(images), loss, gradients, observer);
        } else {
            labels.assign(samples.labels.begin() + std::ptrdiff_t(first),
                          samples.labels.begin() + std::ptrdiff_t(first + images));
            network->run(worker, labels, weight, gradients, observer);
        }
        if (context.progress.cancelled())
            return cancelled(); // what it gave means nothing
        for (std::size_t layer = 0; byWeights && layer < sums.size(); ++layer) {
            // The derivatives stand where the weights do.
            Graph derivatives = graph;
            const Operator &op = graph.operators[groups.layers()[layer].op];
            const TensorId weights = op.inputs[weightLayout(op.kind)->weights];
            const auto at = gradients.begin() + network->placeOf(weights);
            derivatives[weights].data =
                sharedBytes(std::vector<float>(at, at + std::ptrdiff_t(graph[weights].elements())));
            const std::vector<float> filters = filtersOf(derivatives, op);
            const std::vector<double> norms = l1Norms(filters, sums[layer].size());
            for (std::size_t i = 0; i < norms.size(); ++i)
                sums[layer][i] += norms[i] * double(norms.size()) / double(filters.size());
        }
        context.progress.report("looking at channels", std::int64_t(first + images), std::int64_t(samples.count));
    }
    for (std::vector<double> &layer : sums)
        for (double &sum : layer)
            if (!std::isfinite(sum))
                return failed("criterion=" + criterion + " met numbers that are not finite: the model has diverged");
    return sums;
}

Result<ChannelScores> weightScores(const Model &model, const ChannelGroups &groups, const std::string &criterion,
                                   const TechniqueContext &context)
{
    ChannelScores scores;
    for (const ChannelGroups::Layer &layer : groups.layers()) {
        if (context.progress.cancelled())
            return cancelled();
        const std::vector<float> filters = filtersOf(model.main(), model.main().operators[layer.op]);
        const std::size_t count = layer.sets.size();
        if (criterion == "l1") {
            scores.push_back(l1Norms(filters, count));
        } else if (criterion == "l2") {
            scores.push_back(l2Norms(filters, count));
        } else if (criterion == "fpgm") {
            scores.push_back(medianDistances(filters, count, context.progress));
        } else {
            Random random(context.seed, layer.op + 1);
            std::vector<double> draws(count);
            std::ranges::generate(draws, [&] { return random.uniform(); });
            scores.push_back(std::move(draws));
        }
    }
    return context.progress.cancelled() ? Result<ChannelScores>(cancelled()) : scores;
}

} // namespace

const std::vector<std::string> &channelCriteria()
{
    static const std::vector<std::string> all = {"l1",   "l2",         "fpgm",      "taylor", "gradient",
                                                 "apoz", "activation", "relevance", "random"};
    return all;
}

TechniqueNeeds criterionNeeds(const std::string &criterion)
{
    if (criterion == "taylor" || criterion == "gradient" || criterion == "relevance")
        return TechniqueNeeds::training;
    return criterion == "apoz" || criterion == "activation" ? TechniqueNeeds::calibration : TechniqueNeeds::nothing;
}

Result<ChannelScores> channelScores(const Model &model, const ChannelGroups &groups, const std::string &criterion,
                                    TechniqueContext &context)
{
    switch (criterionNeeds(criterion)) {
    case TechniqueNeeds::training:
        return gradientScores(model, groups, criterion, context);
    case TechniqueNeeds::calibration:
        return activationScores(model, groups, criterion, context);
    default:
        return weightScores(model, groups, criterion, context);
    }
}

std::vector<double> l1Norms(std::span<const float> filters, std::size_t count)
{
    std::vector<double> norms(count, 0);
    for (std::size_t i = 0; i < filters.size(); ++i)
        norms[i / (filters.size() / count)] += std::abs(double(filters[i]));
    return norms;
}

std::vector<double> l2Norms(std::span<const float> filters, std::size_t count)
{
    std::vector<double> norms(count, 0);
    for (std::size_t i = 0; i < filters.size(); ++i)
        norms[i / (filters.size() / count)] += double(filters[i]) * double(filters[i]);
    for (double &norm : norms)
        norm = std::sqrt(norm);
    return norms;
}

std::vector<double> medianDistances(std::span<const float> filters, std::size_t count, const Progress &progress)
{
    const std::size_t size = filters.size() / count;
    std::vector<double> sums(count, 0);
    for (std::size_t a = 0; a < count && !progress.cancelled(); ++a)
        for (std::size_t b = 0; b < a; ++b) {
            double squares = 0;
            for (std::size_t i = 0; i < size; ++i) {
                const double difference = double(filters[a * size + i]) - double(filters[b * size + i]);
                squares += difference * difference;
            }
            sums[a] += std::sqrt(squares);
            sums[b] += std::sqrt(squares);
        }
    return sums;
}

void addZeros(std::span<const float> output, std::span<double> sums)
{
    for (std::size_t first = 0; first < output.size(); first += sums.size())
        for (std::size_t c = 0; c < sums.size(); ++c)
            sums[c] += output[first + c] == 0 ? 1 : 0;
}

void addMagnitudes(std::span<const float> output, std::span<double> sums)
{
    for (std::size_t first = 0; first < output.size(); first += sums.size())
        for (std::size_t c = 0; c < sums.size(); ++c)
            sums[c] += std::abs(double(output[first + c]));
}

void addTaylor(std::span<const float> output, std::span<const float> gradient, std::size_t images,
               std::span<double> sums)
{
    const std::size_t channels = sums.size(), size = output.size() / images;
    std::vector<double> products(channels);
    for (std::size_t image = 0; image < images; ++image) {
        std::ranges::fill(products, 0.0);
        for (std::size_t first = image * size; first < (image + 1) * size; first += channels)
            for (std::size_t c = 0; c < channels; ++c)
                products[c] += double(output[first + c]) * double(gradient[first + c]);
        for (std::size_t c = 0; c < channels; ++c)
            sums[c] += std::abs(products[c]) * double(channels) / double(size);
    }
}

void normalize(std::vector<double> &scores)
{
    double squares = 0;
    for (const double score : scores)
        squares += score * score;
    if (squares > 0)
        for (double &score : scores)
            score /= std::sqrt(squares);
}

} // namespace espalier
