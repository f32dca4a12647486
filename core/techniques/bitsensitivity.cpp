// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/techniques/bitsensitivity.h"

#include "core/metrics/modelmetrics.h"
#include "core/techniques/integerrewrite.h"
#include "core/techniques/rewrite.h"

#include <algorithm>
#include <cmath>
#include <iterator>

namespace espalier {

namespace {

constexpr std::size_t samplesLookedAt = 128;

bool endsInProbabilities(const Graph &graph)
{
    const Operator &last = graph.operators.back();
    return last.kind == OpKind::softmax && last.outputs[0] == graph.outputs[0];
}

/// How far an output is from the float model's: of probabilities the Kullback-Leibler divergence, else the share of the
/// float one's power.
double distance(std::span<const float> exact, std::span<const float> made, bool areProbabilities)
{
    constexpr double least = 1e-7; // of a probability
    double sum = 0, power = 0;
    for (std::size_t i = 0; i < exact.size(); ++i) {
        const double p = double(exact[i]), q = double(made[i]);
        sum += areProbabilities ? p * (std::log(std::max(p, least)) - std::log(std::max(q, least))) : (q - p) * (q - p);
        power += p * p;
    }
    return areProbabilities || power == 0 ? sum : sum / power;
}

/// The model with a tensor that passes through int8 on its way to those that read it.
ModelPtr throughInt8(const Model &model, std::size_t maker, const AffineParameters &parameters)
{
    auto changed = std::make_shared<Model>(model);
    Graph &graph = changed->main();
    const TensorId exact = graph.operators[maker].outputs[0];
    Tensor stored = graph[exact];
    stored.type = DType::int8;
    stored.quantization = asQuantization(parameters);
    Tensor again = graph[exact];
    const TensorId rounded = graph.addTensor(std::move(stored)), read = graph.addTensor(std::move(again));
    for (Operator &op : graph.operators)
        std::ranges::replace(op.inputs, exact, read);
    const auto behind = graph.operators.begin() + std::ptrdiff_t(maker) + 1;
    graph.operators.insert(behind, {plainOperator(OpKind::quantize, 2, exact, rounded),
                                    plainOperator(OpKind::dequantize, 2, rounded, read)});
    return changed;
}

} // namespace

BitSensitivity::BitSensitivity(const ModelPtr &model, TechniqueContext &context)
    : m_model(model), m_context(context), m_quiet{context.data, context.scaling, context.seed, context.pool,
                                                  Progress(context.progress.stopToken(), {})}
{
}

Result<std::vector<float>> BitSensitivity::outputs(const ModelPtr &model)
{
    const TensorId judged = model->main().outputs[0];
    const std::size_t elements = model->main()[judged].elements();
    const std::size_t count = std::min(samplesLookedAt, m_context.data ? m_context.data->calibration.count : 0);
    std::vector<float> all(count * elements);
    const Result<void> seen =
        visitActivations(model, {.samples = samplesLookedAt}, m_quiet,
                         [&](TensorId id, std::size_t first, std::span<const float> values) {
                             if (id == judged)
                                 std::ranges::copy(values, all.begin() + std::ptrdiff_t(first * elements));
                         });
    return seen ? Result<std::vector<float>>(std::move(all)) : seen.error();
}

Result<double> BitSensitivity::error(const ModelPtr &changed)
{
    if (m_exact.empty()) {
        Result<std::vector<float>> exact = outputs(m_model);
        if (!exact)
            return exact.error();
        m_exact = *std::move(exact);
    }
    const Result<std::vector<float>> made = outputs(changed);
    if (!made)
        return made.error();
    const double noise = distance(m_exact, *made, endsInProbabilities(m_model->main()));
    if (!std::isfinite(noise))
        return unusableInput("the output on calibration samples holds values that are not finite numbers: "
                             "check the data and its scaling");
    return noise;
}

Result<std::vector<LayerBits>> BitSensitivity::ofWeights(std::span<const Weights> layers, bool perChannel)
{
    std::vector<LayerBits> result;
    for (const Weights &layer : layers) {
        const Graph &graph = m_model->main();
        const Tensor &weights = graph[layer.tensor];
        LayerBits bits;
        bits.weights = double(weights.elements());
        bits.macs = double(macs(graph, graph.operators[layer.op]));
        const std::span<const float> before = values<float>(weights);
        const ChannelSlices slices = integerWeightSlices(weights.shape, layer.kind, layer.channelAxis, perChannel);
        for (int b = leastWeightBits; b <= mostWeightBits; ++b) {
            const QuantizedWeights stored = quantizedWeights(before, slices, largestMagnitudes(before, slices), b);
            std::vector<float> rounded;
            for (std::size_t i = 0; i < before.size(); ++i)
                rounded.push_back(float(stored.values[i]) * stored.scales[slices.of(i)]);
            auto changed = std::make_shared<Model>(*m_model);
            changed->main()[layer.tensor].data = sharedBytes(rounded);
            const Result<double> noise = error(changed);
            if (!noise)
                return noise.error();
            bits.errors.push_back(*noise);
        }
        result.push_back(std::move(bits));
        m_context.progress.report("measuring layers", std::int64_t(result.size()), std::int64_t(layers.size()));
    }
    return result;
}

Result<void> BitSensitivity::ofActivations(std::span<WidthChoice> choices, std::span<const ActivationRange> ranges)
{
    std::int64_t done = 0;
    for (WidthChoice &choice : choices) {
        const std::size_t maker = choice.operators.front();
        const TensorId made = m_model->main().operators[maker].outputs[0];
        const ActivationRange &range = ranges[std::size_t(made.index)];
        const AffineParameters parameters = activationParameters(range.minimum, range.maximum);
        // The model's output is int8 all the same; a value that is always 0 is exact in any form.
        const bool costsNothing = std::ranges::count(m_model->main().outputs, made) > 0 || parameters.scale == 0;
        const Result<double> noise = costsNothing ? Result<double>(0) : error(throughInt8(*m_model, maker, parameters));
        if (!noise)
            return noise.error();
        choice.error = *noise;
        m_context.progress.report("measuring activations", ++done, std::int64_t(choices.size()));
    }
    return {};
}

} // namespace espalier
