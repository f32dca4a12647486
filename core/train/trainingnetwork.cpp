// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/train/trainingnetwork.h"

#include "core/graph/weightlayout.h"

#include <algorithm>
#include <cstring>
#include <optional>

namespace espalier {

namespace {

Error untrainable(const Graph &graph, const Operator &op, const std::string &why)
{
    const std::string name = op.outputs.empty() ? std::string() : " \"" + graph[op.outputs[0]].name + "\"";
    return failed(op.typeName + name + " cannot be trained: " + why);
}

float *floats(const AlignedBuffer &buffer)
{
    return reinterpret_cast<float *>(buffer.data());
}

} // namespace

Result<TrainingNetwork> TrainingNetwork::prepare(const Model &model)
{
    TrainingNetwork network;
    network.m_model = model;
    network.m_graph = model.main();
    const Graph &graph = network.m_graph;
    if (graph.inputs.size() != 1 || graph.outputs.size() != 1)
        return failed("only models with one input and one output can be trained");
    if (graph.operators.empty() || graph.operators.back().kind != OpKind::softmax ||
        graph.operators.back().outputs != graph.outputs)
        return failed("only classifiers that end in SOFTMAX can be trained");
    const auto *softmax = std::get_if<SoftmaxOptions>(&graph.operators.back().options);
    if (softmax && softmax->beta != 1)
        return untrainable(graph, graph.operators.back(), "its beta is not 1");
    if (const Result<void> found = network.findParameters(); !found)
        return found.error();
    if (const Result<void> prepared = network.prepareSteps(); !prepared)
        return prepared.error();
    return network;
}

Result<void> TrainingNetwork::findParameters()
{
    m_firstOf.assign(m_graph.tensors.size(), -1);
    m_learns.assign(m_graph.tensors.size(), false);
    for (const Operator &op : m_graph.operators) {
        const std::optional<WeightLayout> layout = weightLayout(op.kind);
        if (!layout)
            continue;
        for (const TensorId id : {op.input(layout->weights), op.input(layout->bias)}) {
            if (!id.valid() || m_learns[std::size_t(id.index)])
                continue;
            Tensor &tensor = m_graph[id];
            if (!tensor.isConstant() || tensor.type != DType::float32)
                return untrainable(m_graph, op, "its weights are not a float32 constant; train the float model");
            Parameter parameter{id, m_parameterCount, tensor.elements(), std::make_shared<Bytes>(*tensor.data)};
            tensor.data = parameter.values;
            m_firstOf[std::size_t(id.index)] = std::ptrdiff_t(m_parameterCount);
            m_learns[std::size_t(id.index)] = true;
            m_parameterCount += parameter.count;
            m_parameters.push_back(std::move(parameter));
        }
    }
    return m_parameters.empty() ? Result<void>(failed("the model has no weights to train")) : Result<void>();
}

Result<void> TrainingNetwork::prepareSteps()
{
    for (std::size_t i = 0; i < m_graph.operators.size(); ++i) {
        const Operator &op = m_graph.operators[i];
        Step step;
        step.op = i;
        const KernelKind *kind = kernelKind(op.kind);
        if (!kind || op.outputs.size() != 1 || m_graph[op.outputs[0]].type != DType::float32)
            return untrainable(m_graph, op, "its float form is not known here");
        Result<std::unique_ptr<const Kernel>> kernel = kind->make(m_graph, op);
        if (!kernel)
            return untrainable(m_graph, op, kernel.error().message);
        step.kernel = *std::move(kernel);
        bool learns = false;
        for (const TensorId id : op.inputs) {
            learns |= id.valid() && m_learns[std::size_t(id.index)];
            step.hasParameters |= id.valid() && m_firstOf[std::size_t(id.index)] >= 0;
        }
        m_learns[std::size_t(op.outputs[0].index)] = learns;
        // The last one, SOFTMAX, is part of the loss.
        if (learns && i + 1 < m_graph.operators.size()) {
            const GradientKind *gradient = gradientKind(op.kind);
            if (!gradient)
                return untrainable(m_graph, op, "its derivative is not known here");
            Result<std::unique_ptr<const Gradient>> made = gradient->make(m_graph, op);
            if (!made)
                return untrainable(m_graph, op, made.error().message);
            step.gradient = *std::move(made);
        }
        m_steps.push_back(std::move(step));
    }
    return {};
}

void TrainingNetwork::readParameters(std::span<float> to) const
{
    for (const Parameter &p : m_parameters)
        std::memcpy(&to[p.first], p.values->data(), p.count * sizeof(float));
}

void TrainingNetwork::writeParameters(std::span<const float> from, std::size_t first)
{
    for (const Parameter &p : m_parameters) {
        const std::size_t begin = std::max(first, p.first), end = std::min(first + from.size(), p.first + p.count);
        if (begin < end)
            std::memcpy(p.values->data() + (begin - p.first) * sizeof(float), &from[begin - first],
                        (end - begin) * sizeof(float));
    }
}

Result<void> TrainingNetwork::parametersChanged(ThreadPool &pool)
{
    std::vector<std::optional<Error>> errors(m_steps.size());
    pool.run(m_steps.size(), [&](std::size_t i, int) {
        Step &step = m_steps[i];
        if (!step.hasParameters)
            return;
        const Operator &op = m_graph.operators[step.op];
        Result<std::unique_ptr<const Kernel>> kernel = kernelKind(op.kind)->make(m_graph, op);
        if (kernel)
            step.kernel = *std::move(kernel);
        else
            errors[i] = untrainable(m_graph, op, kernel.error().message);
    });
    const auto found = std::ranges::find_if(errors, [](const auto &error) { return error.has_value(); });
    return found == errors.end() ? Result<void>() : Result<void>(**found);
}

Model TrainingNetwork::model() const
{
    Model trained = m_model;
    for (const Parameter &p : m_parameters)
        trained.main()[p.tensor].data = std::make_shared<const Bytes>(*p.values);
    return trained;
}

TrainingNetwork::Worker::Worker(const TrainingNetwork &network, int batch) : m_network(&network), m_batch(batch)
{
    const Graph &graph = network.m_graph;
    std::size_t kernelScratch = 0, gradientScratch = 0;
    for (const Step &step : network.m_steps) {
        kernelScratch = std::max(kernelScratch, step.kernel->scratchBytes(batch));
        if (step.gradient)
            gradientScratch = std::max(gradientScratch, step.gradient->scratchFloats());
    }
    m_kernelScratch = AlignedBuffer(kernelScratch);
    m_gradientScratch = AlignedBuffer(gradientScratch * sizeof(float));
    m_values.resize(graph.tensors.size());
    m_gradients.resize(graph.tensors.size());
    const auto place = [&](TensorId id) {
        m_values[std::size_t(id.index)] = AlignedBuffer(graph[id].bytes() * std::size_t(batch));
        if (network.m_learns[std::size_t(id.index)])
            m_gradients[std::size_t(id.index)] = AlignedBuffer(graph[id].bytes() * std::size_t(batch));
    };
    place(graph.inputs[0]);
    for (const Operator &op : graph.operators)
        place(op.outputs[0]);
}

std::span<std::byte> TrainingNetwork::Worker::input()
{
    const TensorId id = m_network->m_graph.inputs[0];
    return {m_values[std::size_t(id.index)].data(), m_network->m_graph[id].bytes() * std::size_t(m_batch)};
}

LossSum TrainingNetwork::run(Worker &worker, std::span<const std::int32_t> labels, float weight,
                             std::span<float> gradients, const BackwardObserver &observer) const
{
    const int batch = int(labels.size());
    const auto valueOf = [&](TensorId id) -> const std::byte * {
        if (!id.valid())
            return nullptr;
        const Tensor &tensor = m_graph[id];
        return tensor.isConstant() ? reinterpret_cast<const std::byte *>(tensor.data->data())
                                   : worker.m_values[std::size_t(id.index)].data();
    };
    std::vector<const std::byte *> inputs;
    for (const Step &step : m_steps) {
        const Operator &op = m_graph.operators[step.op];
        inputs.clear();
        for (const TensorId id : op.inputs)
            inputs.push_back(valueOf(id));
        std::byte *const output = worker.m_values[std::size_t(op.outputs[0].index)].data();
        step.kernel->run({inputs, {&output, 1}, worker.m_kernelScratch.data(), batch});
    }

    for (std::size_t t = 0; t < m_learns.size(); ++t)
        if (worker.m_gradients[t])
            std::memset(worker.m_gradients[t].data(), 0, m_graph.tensors[t].bytes() * std::size_t(batch));
    const Operator &softmax = m_graph.operators.back();
    const TensorId logits = softmax.inputs[0], probabilities = softmax.outputs[0];
    const std::size_t outputs = elements(probabilities) * std::size_t(batch);
    if (!m_learns[std::size_t(logits.index)])
        return {};
    const LossSum loss =
        softmaxCrossEntropy({floats(worker.m_values[std::size_t(probabilities.index)]), outputs}, labels, weight,
                            {floats(worker.m_gradients[std::size_t(logits.index)]), outputs});
    if (observer)
        observer(m_graph.operators.size() - 1, {floats(worker.m_values[std::size_t(probabilities.index)]), outputs},
                 {floats(worker.m_gradients[std::size_t(logits.index)]), outputs});

    std::vector<const float *> values;
    std::vector<float *> inputGradients;
    for (auto step = m_steps.rbegin(); step != m_steps.rend(); ++step) {
        if (!step->gradient)
            continue;
        const Operator &op = m_graph.operators[step->op];
        values.clear();
        inputGradients.clear();
        for (const TensorId id : op.inputs) {
            values.push_back(reinterpret_cast<const float *>(valueOf(id)));
            if (!id.valid() || !m_learns[std::size_t(id.index)])
                inputGradients.push_back(nullptr);
            else if (m_firstOf[std::size_t(id.index)] >= 0)
                inputGradients.push_back(&gradients[std::size_t(m_firstOf[std::size_t(id.index)])]);
            else
                inputGradients.push_back(floats(worker.m_gradients[std::size_t(id.index)]));
        }
        const float *const output = floats(worker.m_values[std::size_t(op.outputs[0].index)]);
        float *const outputGradient = floats(worker.m_gradients[std::size_t(op.outputs[0].index)]);
        const std::size_t size = elements(op.outputs[0]) * std::size_t(batch);
        if (observer)
            observer(step->op, {output, size}, {outputGradient, size});
        step->gradient->run(
            {values, {&output, 1}, {&outputGradient, 1}, inputGradients, floats(worker.m_gradientScratch), batch});
    }
    return loss;
}

} // namespace espalier
