// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/techniques/biascorrection.h"

#include "core/engine/engine.h"
#include "core/graph/weightlayout.h"
#include "core/techniques/integeroperators.h"
#include "core/techniques/rewrite.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <optional>

namespace espalier {

namespace {

using Moments = std::vector<ChannelMoments>; ///< per channel

class Corrector
{
public:
    Corrector(const Model &model, IntegerPlan &plan, const Calibration &calibration, TechniqueContext &context)
        : m_model(model), m_plan(plan), m_calibration(calibration), m_context(context)
    {
    }

    Result<Model> run(BiasCorrection method);

private:
    /// A layer that becomes integer, in the model whose activations are operators of their own.
    struct Layer
    {
        std::size_t source, op; ///< numbers of the operator, before and after activations became operators
        WeightLayout layout;
        TensorId output; ///< before its activation
        Activation activation = Activation::none;
    };

    void separateActivations();
    std::vector<float> quantizedWeightsOf(const Layer &layer) const;
    Result<void> empirical();
    Result<void> analytic();
    Result<void> fast();
    std::vector<float> bias(const Layer &layer) const;
    void subtract(const Layer &layer, const std::vector<double> &error);

    Result<std::vector<Moments>> measure(const Model &model, const std::vector<TensorId> &tensors)
    {
        return channelMoments(std::make_shared<const Model>(model), m_calibration, tensors, m_context);
    }

    Model m_model;     ///< what is corrected
    Model m_separated; ///< the same float model, activations being operators of their own
    IntegerPlan &m_plan;
    const Calibration &m_calibration;
    TechniqueContext &m_context;
    std::vector<Layer> m_layers;
};

void setConstant(Graph &graph, TensorId &id, const std::vector<float> &values)
{
    Tensor tensor = graph[id];
    tensor.data = sharedBytes(values);
    id = graph.addTensor(std::move(tensor));
}

/// The model with an activation of this operator alone as an operator of its own; ids stay.
void Corrector::separateActivations()
{
    m_separated.graphs = {m_model.main()};
    Graph &graph = m_separated.main();
    std::vector<Operator> operators;
    for (std::size_t i = 0; i < m_model.main().operators.size(); ++i) {
        Operator op = m_model.main().operators[i];
        const std::optional<WeightLayout> layout = weightLayout(op.kind);
        Activation *const fused = fusedActivation(op);
        const bool isKnown =
            !fused || *fused == Activation::none || *fused == Activation::relu || *fused == Activation::relu6;
        if (!layout || !isKnown || m_plan.of(op).staysFloat || !whyNotInteger(graph, op).empty() ||
            !m_plan.parameters(op.inputs[layout->data], op) || !m_plan.parameters(op.outputs[0], op)) {
            operators.push_back(std::move(op));
            continue;
        }
        const Activation activation = fused ? *fused : Activation::none;
        const std::size_t at = operators.size();
        const TensorId before = appendWithoutActivation(graph, operators, std::move(op));
        m_layers.push_back({i, at, *layout, before, activation});
    }
    graph.operators = std::move(operators);
}

std::vector<float> Corrector::quantizedWeightsOf(const Layer &layer) const
{
    return roundedWeights(m_model.main(), m_model.main().operators[layer.source], m_plan);
}

std::vector<float> Corrector::bias(const Layer &layer) const
{
    const Graph &graph = m_model.main();
    const Operator &op = graph.operators[layer.source];
    const TensorId id = op.input(layer.layout.bias);
    if (id.valid()) {
        const std::span<const float> all = values<float>(graph[id]);
        return {all.begin(), all.end()};
    }
    return std::vector<float>(std::size_t(graph[op.outputs[0]].shape.back()), 0.0f);
}

void Corrector::subtract(const Layer &layer, const std::vector<double> &error)
{
    std::vector<float> corrected = bias(layer);
    for (std::size_t c = 0; c < corrected.size(); ++c)
        corrected[c] = float(double(corrected[c]) - error[c]);
    for (Model *const model : {&m_model, &m_separated}) {
        Graph &graph = model->main();
        Operator &op = graph.operators[model == &m_model ? layer.source : layer.op];
        while (op.inputs.size() <= layer.layout.bias)
            op.inputs.push_back(TensorId::none);
        TensorId &id = op.inputs[layer.layout.bias];
        if (id.valid()) {
            setConstant(graph, id, corrected);
            continue;
        }
        Tensor added;
        added.name = graph[op.outputs[0]].name + "_bias";
        added.type = DType::float32;
        added.shape = {std::int32_t(corrected.size())};
        added.data = sharedBytes(corrected);
        id = graph.addTensor(std::move(added));
    }
}

Result<void> Corrector::empirical()
{
    std::vector<TensorId> outputs;
    for (const Layer &layer : m_layers)
        outputs.push_back(layer.output);
    const Result<std::vector<Moments>> wanted = measure(m_separated, outputs);
    if (!wanted)
        return wanted.error();
    for (std::size_t i = 0; i < m_layers.size(); ++i) {
        const Layer &layer = m_layers[i];
        const std::vector<float> weights = quantizedWeightsOf(layer);
        Graph &graph = m_separated.main();
        setConstant(graph, graph.operators[layer.op].inputs[layer.layout.weights], weights);
        const Model until = partOf(m_separated, 0, layer.op, graph.inputs[0], layer.output);
        const Result<std::vector<Moments>> have = measure(until, {until.main().outputs[0]});
        if (!have)
            return have.error();
        subtract(layer, meanError(have->front(), (*wanted)[i]));
    }
    return {};
}

Result<void> Corrector::analytic()
{
    const Graph &graph = m_separated.main();
    std::vector<TensorId> tensors;
    std::vector<Activation> activations;
    for (const Layer &layer : m_layers) {
        const TensorId input = graph.operators[layer.op].inputs[layer.layout.data];
        tensors.push_back(input);
        activations.push_back(Activation::none);
        for (const Layer &before : m_layers) {
            if (m_model.main().operators[before.source].outputs[0] == input) {
                tensors.back() = before.output;
                activations.back() = before.activation;
            }
        }
    }
    const Result<std::vector<Moments>> moments = measure(m_separated, tensors);
    if (!moments)
        return moments.error();
    for (std::size_t i = 0; i < m_layers.size(); ++i) {
        if (m_context.progress.cancelled())
            return cancelled();
        std::vector<double> expected;
        for (const ChannelMoments &channel : (*moments)[i])
            expected.push_back(tensors[i] == graph.inputs[0]
                                   ? 0
                                   : expectedActivation(channel.mean, channel.deviation, activations[i]));
        const Operator &op = m_model.main().operators[m_layers[i].source];
        subtract(m_layers[i], expectedError(op, m_model.main()[op.inputs[m_layers[i].layout.weights]],
                                            quantizedWeightsOf(m_layers[i]), expected));
    }
    return {};
}

Result<void> Corrector::fast()
{
    const Graph &graph = m_separated.main();
    std::vector<TensorId> tensors;
    for (const Layer &layer : m_layers) {
        tensors.push_back(graph.operators[layer.op].inputs[layer.layout.data]);
        tensors.push_back(layer.output);
    }
    const Result<std::vector<Moments>> moments = measure(m_separated, tensors);
    if (!moments)
        return moments.error();
    for (std::size_t i = 0; i < m_layers.size(); ++i) {
        if (m_context.progress.cancelled())
            return cancelled();
        const Layer &layer = m_layers[i];
        if (!graph.operators[layer.op].input(layer.layout.bias).valid())
            continue;
        const TensorId data = tensors[2 * i];
        const DType type = m_plan.of(m_model.main().operators[layer.source]).activations;
        const AffineParameters parameters = *m_plan.parameters(data, type);
        std::vector<float> input;
        for (const ChannelMoments &channel : (*moments)[2 * i]) {
            const auto mean = float(channel.mean);
            const int stored = type == DType::int16 ? quantizedWide(mean, parameters) : quantized(mean, parameters);
            input.push_back(float(stored - parameters.zeroPoint) * parameters.scale);
        }
        Model alone = partOf(m_separated, layer.op, layer.op, data, layer.output);
        setConstant(alone.main(), alone.main().operators[0].inputs[layer.layout.weights], quantizedWeightsOf(layer));
        const Result<ProgramPtr> program = Program::compile(std::make_shared<const Model>(std::move(alone)));
        if (!program)
            return program.error();
        Session session(*program);
        const std::span<std::byte> bytes = session.input();
        auto *const values = reinterpret_cast<float *>(bytes.data());
        for (std::size_t k = 0; k < bytes.size() / sizeof(float); ++k)
            values[k] = input[k % input.size()];
        session.run();
        const std::span<const std::byte> out = session.output();
        const auto *const made = reinterpret_cast<const float *>(out.data());
        const std::size_t count = out.size() / sizeof(float);
        const std::vector<float> have = bias(layer);
        std::vector<double> error(have.size(), 0.0);
        for (std::size_t k = 0; k < count; ++k)
            error[k % error.size()] += double(made[k]) / double(count / error.size());
        double largest = 0;
        for (std::size_t c = 0; c < error.size(); ++c) {
            error[c] -= (*moments)[2 * i + 1][c].mean;
            largest = std::max(largest, have[c] == 0 ? 2.0 : std::abs(error[c] / double(have[c])));
        }
        if (largest < 2)
            subtract(layer, error);
    }
    return {};
}

Result<Model> Corrector::run(BiasCorrection method)
{
    separateActivations();
    const Result<void> done = method == BiasCorrection::empirical  ? empirical()
                              : method == BiasCorrection::analytic ? analytic()
                                                                   : fast();
    if (!done)
        return done.error();
    m_plan.activations.resize(m_model.main().tensors.size());
    if (!m_plan.wideActivations.empty())
        m_plan.wideActivations.resize(m_model.main().tensors.size());
    return std::move(m_model);
}

} // namespace

BiasCorrection biasCorrectionNamed(const std::string &name)
{
    return name == "empirical"  ? BiasCorrection::empirical
           : name == "analytic" ? BiasCorrection::analytic
           : name == "fast"     ? BiasCorrection::fast
                                : BiasCorrection::none;
}

double expectedActivation(double mean, double deviation, Activation activation)
{
    if (activation == Activation::none)
        return mean;
    const bool isCapped = activation == Activation::relu6;
    if (deviation == 0)
        return std::clamp(mean, 0.0, isCapped ? 6.0 : std::max(mean, 0.0));
    const auto density = [](double z) { return std::exp(-z * z / 2) / std::sqrt(2 * std::numbers::pi); };
    const auto below = [](double z) { return std::erfc(-z / std::numbers::sqrt2) / 2; };
    const double low = -mean / deviation;
    if (!isCapped)
        return mean * (1 - below(low)) + deviation * density(low);
    const double high = (6 - mean) / deviation;
    return deviation * (density(low) - density(high)) + mean * (below(high) - below(low)) + 6 * (1 - below(high));
}

std::vector<double> expectedError(const Operator &op, const Tensor &weights, std::span<const float> quantized,
                                  std::span<const double> expected)
{
    const ChannelSlices outgoing = channelSlices(weights.shape, weightLayout(op.kind)->channelAxis);
    const auto *const depthwise = std::get_if<DepthwiseConv2DOptions>(&op.options);
    const auto multiplier = depthwise ? std::max<std::size_t>(1, outgoing.slices / expected.size()) : 1;
    const std::size_t incoming = std::size_t(weights.shape.back());
    const std::span<const float> exact = values<float>(weights);
    std::vector<double> error(outgoing.slices, 0.0);
    for (std::size_t i = 0; i < exact.size(); ++i) {
        const std::size_t out = outgoing.of(i);
        std::size_t in = depthwise ? out / multiplier : i % incoming % expected.size();
        if (op.kind == OpKind::conv2D && incoming < expected.size()) // each group of filters reads its own channels
            in += out / (outgoing.slices / (expected.size() / incoming)) * incoming;
        error[out] += double(quantized[i] - exact[i]) * expected[in];
    }
    return error;
}

std::vector<double> meanError(std::span<const ChannelMoments> quantized, std::span<const ChannelMoments> exact)
{
    std::vector<double> error;
    for (std::size_t c = 0; c < exact.size(); ++c)
        error.push_back(quantized[c].mean - exact[c].mean);
    return error;
}

Result<Model> withCorrectedBias(const Model &model, BiasCorrection method, IntegerPlan &plan,
                                const Calibration &calibration, TechniqueContext &context)
{
    if (method == BiasCorrection::none)
        return model;
    for (std::vector<std::optional<AffineParameters>> *const all : {&plan.activations, &plan.wideActivations})
        for (std::optional<AffineParameters> &parameters : *all)
            if (parameters && parameters->scale == 0)
                parameters->scale = 1; // always 0: nothing can be divided by a scale of 0
    return Corrector(model, plan, calibration, context).run(method);
}

} // namespace espalier
