// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/techniques/accuracyaware.h"

#include "core/base/text.h"
#include "core/data/labelkind.h"
#include "core/metrics/evaluate.h"
#include "core/techniques/percent.h"
#include "core/techniques/weights.h"

#include <algorithm>

namespace espalier {

namespace {

constexpr std::size_t mostSamples = 2000, rankingSamples = 300;

class AccuracyKeeper
{
public:
    AccuracyKeeper(const ModelPtr &model, const Samples &samples, IntegerPlan &plan, TechniqueContext &context)
        : m_model(model), m_samples(samples), m_few(samples.spread(rankingSamples)), m_plan(plan), m_context(context)
    {
    }

    Result<void> run(double largestDrop);

private:
    using Layers = std::vector<std::size_t>; ///< numbers of operators

    Result<double> accuracyOf(const ModelPtr &model, const Samples &samples) const;
    /// With the layers that are kept float so far, and this one.
    Result<double> accuracyWith(std::size_t layer, const Samples &samples);
    Result<Layers> ranked(const Layers &layers);
    void setFloat(std::size_t layer, bool isFloat);

    ModelPtr m_model;
    Samples m_samples, m_few;
    IntegerPlan &m_plan;
    TechniqueContext &m_context;
};

Result<double> AccuracyKeeper::accuracyOf(const ModelPtr &model, const Samples &samples) const
{
    const Result<ProgramPtr> program = Program::compile(model);
    if (!program)
        return program.error();
    const Graph &graph = (*program)->graph();
    const InputScaling scaling = graph[graph.inputs[0]].type == DType::float32
                                     ? m_context.scaling
                                     : impliedScaling(graph[graph.inputs[0]], samples).scaling;
    const Result<Evaluation> evaluation = evaluate(*program, samples, labelKindFor(graph, *m_context.data), scaling,
                                                   m_context.pool, Progress(m_context.progress.stopToken(), {}));
    return evaluation ? Result<double>(evaluation->accuracy) : evaluation.error();
}

void AccuracyKeeper::setFloat(std::size_t layer, bool isFloat)
{
    const Operator &op = m_model->main().operators[layer];
    IntegerLayer own = m_plan.of(op);
    own.staysFloat = isFloat;
    m_plan.exceptions[op.outputs[0]] = own;
}

Result<double> AccuracyKeeper::accuracyWith(std::size_t layer, const Samples &samples)
{
    setFloat(layer, true);
    std::vector<std::string> unsaid;
    Result<Model> integer = integerModel(*m_model, m_plan, unsaid, m_context.progress);
    setFloat(layer, false);
    if (!integer)
        return integer.error();
    return accuracyOf(std::make_shared<const Model>(*std::move(integer)), samples);
}

Result<AccuracyKeeper::Layers> AccuracyKeeper::ranked(const Layers &layers)
{
    std::vector<std::pair<double, std::size_t>> accuracies;
    for (const std::size_t layer : layers) {
        const Result<double> accuracy = accuracyWith(layer, m_few);
        if (!accuracy)
            return accuracy.error();
        accuracies.emplace_back(*accuracy, layer);
        m_context.progress.report("ranking layers", std::int64_t(accuracies.size()), std::int64_t(layers.size()));
    }
    std::ranges::stable_sort(accuracies, std::greater(), &std::pair<double, std::size_t>::first);
    Layers order;
    for (const auto &entry : accuracies)
        order.push_back(entry.second);
    return order;
}

Result<void> AccuracyKeeper::run(double largestDrop)
{
    const Result<double> exact = accuracyOf(m_model, m_samples);
    if (!exact)
        return exact.error();
    std::vector<std::string> unsaid, kept;
    Result<Model> integer = integerModel(*m_model, m_plan, unsaid, m_context.progress);
    if (!integer)
        return integer.error();
    Result<double> current = accuracyOf(std::make_shared<const Model>(*std::move(integer)), m_samples);
    const Graph &graph = m_model->main();
    Layers layers;
    for (const Weights &w : weightsOf(graph))
        if (hasIntegerWeights(graph, graph.operators[w.op], m_plan))
            layers.push_back(w.op);
    bool isRanked = false;
    while (current && *exact - *current > largestDrop + 1e-9 && !layers.empty()) {
        if (!isRanked) {
            const Result<Layers> order = ranked(layers);
            if (!order)
                return order.error();
            layers = *order;
            isRanked = true;
        }
        const std::size_t next = layers.front();
        layers.erase(layers.begin());
        const Result<double> without = accuracyWith(next, m_samples);
        if (!without)
            return without.error();
        isRanked = *without >= *current;
        if (!isRanked)
            continue; // it stays integer
        setFloat(next, true);
        kept.push_back(operatorName(graph, graph.operators[next]));
        current = without;
    }
    if (!current)
        return current.error();
    m_context.notes.push_back(
        "on " + std::to_string(m_samples.count) + " validation samples the float model has " + percentText(*exact) +
        ", this one " + percentText(*current) +
        (kept.empty() ? ": every layer stays integer" : " with layers returned to float: " + joined(kept, ", ")));
    if (*exact - *current > largestDrop + 1e-9)
        m_context.notes.push_back("that is more than max-drop allows; what is left comes from activations, or from "
                                  "layers that give nothing back alone");
    return {};
}

} // namespace

ParameterSpec largestDropParameter()
{
    return {
        "max-drop",
        "Largest drop",
        "By how much accuracy may fall on validation samples, where 0.01 is a point; the layers that cost most stay "
        "float until it does not. 1 lets it fall.",
        1.0,
        0,
        1};
}

std::string dropText(const ParameterValues &settings)
{
    const double drop = settings.real("max-drop");
    return drop < 1 ? " within " + percentText(drop) + " drop" : std::string();
}

Result<void> keepWithinDrop(const ModelPtr &model, double largestDrop, IntegerPlan &plan, TechniqueContext &context)
{
    const Dataset &data = *context.data;
    const Samples samples = (data.train.count > 0 ? data.train : data.calibration).spread(mostSamples);
    if (samples.labels.size() != samples.count || labelKindFor(model->main(), data) != LabelKind::classes)
        return unusableInput(
            "the data set \"" + data.name +
            "\" has no training or calibration samples with labels of the model's classes, by which max-drop judges");
    return AccuracyKeeper(model, samples, plan, context).run(largestDrop);
}

} // namespace espalier
