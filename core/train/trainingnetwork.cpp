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

std::span<float> floats(Bytes &bytes)
{
    return {reinterpret_cast<float *>(bytes.data()), bytes.size() / sizeof(float)};
}

} // namespace

Result<TrainingNetwork> TrainingNetwork::prepare(const Model &model, const ValueTransforms &transforms)
{
    TrainingNetwork network;
    network.m_model = model;
    network.m_graph = model.main();
    const Graph &graph = network.m_graph;
    if (graph.inputs.size() != 1 || graph.outputs.size() != 1)
        return failed("only models with one input and one output can be trained");
    if (graph.operators.empty() || graph.operators.back().outputs != graph.outputs ||
        graph[graph.outputs[0]].type != DType::float32 || graph[graph.inputs[0]].type != DType::float32)
        return failed("only models whose input and output are float32 and whose last operator makes the output can be "
                      "trained");
    const Operator &last = graph.operators.back();
    network.m_logits = last.kind == OpKind::softmax ? last.inputs[0] : graph.outputs[0];
    const auto *softmax = std::get_if<SoftmaxOptions>(&last.options);
    if (last.kind == OpKind::softmax && softmax && softmax->beta != 1)
        return untrainable(graph, last, "its beta is not 1");
    if (const Result<void> found = network.findParameters(); !found)
        return found.error();
    if (const Result<void> placed = network.placeTransforms(transforms); !placed)
        return placed.error();
    if (const Result<void> prepared = network.prepareSteps(); !prepared)
        return prepared.error();
    return network;
}

void TrainingNetwork::addParameter(TensorId id)
{
    Tensor &tensor = m_graph[id];
    const auto values = std::make_shared<Bytes>(*tensor.data);
    tensor.data = values;
    m_firstOf[std::size_t(id.index)] = std::ptrdiff_t(m_parameterCount);
    m_learns[std::size_t(id.index)] = true;
    m_parameters.push_back({id, m_parameterCount, tensor.elements(), values, values});
    m_parameterCount += tensor.elements();
}

Result<void> TrainingNetwork::findParameters()
{
    m_firstOf.assign(m_graph.tensors.size(), -1);
    m_learns.assign(m_graph.tensors.size(), false);
    for (const Operator &op : m_graph.operators) {
        std::vector<TensorId> found;
        if (const std::optional<WeightLayout> layout = weightLayout(op.kind))
            found = {op.input(layout->weights), op.input(layout->bias)};
        else if (op.kind == OpKind::prelu)
            found = {op.input(1)}; // slopes
        for (const TensorId id : found) {
            if (!id.valid() || m_learns[std::size_t(id.index)])
                continue;
            if (!m_graph[id].isConstant() || m_graph[id].type != DType::float32)
                return untrainable(m_graph, op, "its weights are not a float32 constant; train the float model");
            addParameter(id);
        }
    }
    return m_parameters.empty() ? Result<void>(failed("the model has no weights to train")) : Result<void>();
}

Result<void> TrainingNetwork::placeTransforms(const ValueTransforms &transforms)
{
    m_transforms.resize(m_graph.tensors.size());
    for (const auto &[id, transform] : transforms) {
        Tensor &tensor = m_graph[id];
        if (tensor.type != DType::float32 || (tensor.isConstant() && placeOf(id) < 0))
            return failed("\"" + tensor.name + "\" cannot be transformed: it is no float32 activation or weight");
        const auto parameter = std::ranges::find(m_parameters, id, &Parameter::tensor);
        if (parameter == m_parameters.end()) {
            m_transforms[std::size_t(id.index)] = transform;
            continue;
        }
        m_parameterTransforms.push_back(transform);
        parameter->transform = transform.get();
        parameter->used = std::make_shared<Bytes>(*parameter->kept);
        tensor.data = parameter->used;
        transform->forward(floats(*parameter->kept), floats(*parameter->used));
    }
    return {};
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
        const bool isPartOfLoss = endsInSoftmax() && i + 1 == m_graph.operators.size();
        if (learns && !isPartOfLoss) {
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
    return m_learns[std::size_t(m_logits.index)] ? Result<void>() : failed("the model's output depends on no weight");
}

void TrainingNetwork::readParameters(std::span<float> to) const
{
    for (const Parameter &p : m_parameters)
        std::memcpy(&to[p.first], p.kept->data(), p.count * sizeof(float));
}

void TrainingNetwork::writeParameters(std::span<const float> from, std::size_t first)
{
    for (const Parameter &p : m_parameters) {
        const std::size_t begin = std::max(first, p.first), end = std::min(first + from.size(), p.first + p.count);
        if (begin < end)
            std::memcpy(p.kept->data() + (begin - p.first) * sizeof(float), &from[begin - first],
                        (end - begin) * sizeof(float));
    }
}

void TrainingNetwork::throughTransforms(std::span<float> gradients) const
{
    for (const Parameter &p : m_parameters)
        if (p.transform)
            p.transform->backward(floats(*p.kept), floats(*p.used), gradients.subspan(p.first, p.count));
}

Result<void> TrainingNetwork::parametersChanged(ThreadPool &pool)
{
    for (const Parameter &p : m_parameters)
        if (p.transform)
            p.transform->forward(floats(*p.kept), floats(*p.used));
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
        trained.main()[p.tensor].data = std::make_shared<const Bytes>(*p.kept);
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
    m_kept.resize(graph.tensors.size());
    const auto place = [&](TensorId id) {
        m_values[std::size_t(id.index)] = AlignedBuffer(graph[id].bytes() * std::size_t(batch));
        if (network.m_learns[std::size_t(id.index)])
            m_gradients[std::size_t(id.index)] = AlignedBuffer(graph[id].bytes() * std::size_t(batch));
        if (network.m_transforms[std::size_t(id.index)])
            m_kept[std::size_t(id.index)] = AlignedBuffer(graph[id].bytes() * std::size_t(batch));
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

const std::byte *TrainingNetwork::valueOf(const Worker &worker, TensorId id) const
{
    if (!id.valid())
        return nullptr;
    const Tensor &tensor = m_graph[id];
    return tensor.isConstant() ? reinterpret_cast<const std::byte *>(tensor.data->data())
                               : worker.m_values[std::size_t(id.index)].data();
}

/// What the operator made, before any transform.
const float *TrainingNetwork::keptOf(const Worker &worker, TensorId id) const
{
    const auto i = std::size_t(id.index);
    return floats(m_transforms[i] ? worker.m_kept[i] : worker.m_values[i]);
}

void TrainingNetwork::transformActivation(Worker &worker, TensorId id, int batch) const
{
    const auto i = std::size_t(id.index);
    if (!m_transforms[i])
        return;
    const std::size_t count = elements(id) * std::size_t(batch);
    std::memcpy(worker.m_kept[i].data(), worker.m_values[i].data(), count * sizeof(float));
    m_transforms[i]->forward({floats(worker.m_kept[i]), count}, {floats(worker.m_values[i]), count});
}

TrainingNetwork::Outcome TrainingNetwork::outcomeOf(Worker &worker, int batch) const
{
    const std::size_t count = classes() * std::size_t(batch);
    const auto valuesOf = [&](TensorId id) {
        return std::span<const float>(floats(worker.m_values[std::size_t(id.index)]), count);
    };
    return {valuesOf(m_logits),
            endsInSoftmax() ? valuesOf(m_graph.outputs[0]) : std::span<const float>(),
            {floats(worker.m_gradients[std::size_t(m_logits.index)]), count}};
}

LossSum TrainingNetwork::forward(Worker &worker, int batch, const Loss &loss) const
{
    transformActivation(worker, m_graph.inputs[0], batch);
    std::vector<const std::byte *> inputs;
    for (const Step &step : m_steps) {
        const Operator &op = m_graph.operators[step.op];
        inputs.clear();
        for (const TensorId id : op.inputs)
            inputs.push_back(valueOf(worker, id));
        std::byte *const output = worker.m_values[std::size_t(op.outputs[0].index)].data();
        step.kernel->run({inputs, {&output, 1}, worker.m_kernelScratch.data(), batch});
        transformActivation(worker, op.outputs[0], batch);
    }
    return loss(outcomeOf(worker, batch));
}

LossSum TrainingNetwork::run(Worker &worker, std::span<const std::int32_t> labels, float weight,
                             std::span<float> gradients, const BackwardObserver &observer) const
{
    const auto loss = [&](const Outcome &outcome) {
        if (!outcome.probabilities.empty())
            return softmaxCrossEntropy(outcome.probabilities, labels, weight, outcome.gradient);
        std::vector<float> probabilities(outcome.logits.size());
        softmax(outcome.logits, classes(), 1, probabilities);
        return softmaxCrossEntropy(probabilities, labels, weight, outcome.gradient);
    };
    return run(worker, int(labels.size()), loss, gradients, observer);
}

LossSum TrainingNetwork::run(Worker &worker, int batch, const Loss &loss, std::span<float> gradients,
                             const BackwardObserver &observer) const
{
    for (std::size_t t = 0; t < m_learns.size(); ++t)
        if (worker.m_gradients[t])
            std::memset(worker.m_gradients[t].data(), 0, m_graph.tensors[t].bytes() * std::size_t(batch));
    const LossSum sum = forward(worker, batch, loss);
    const Outcome outcome = outcomeOf(worker, batch);
    if (observer && endsInSoftmax())
        observer(m_graph.operators.size() - 1, outcome.probabilities, outcome.gradient);
    backward(worker, batch, gradients, observer);
    return sum;
}

void TrainingNetwork::backward(Worker &worker, int batch, std::span<float> gradients,
                               const BackwardObserver &observer) const
{
    std::vector<const float *> values;
    std::vector<float *> inputGradients;
    for (auto step = m_steps.rbegin(); step != m_steps.rend(); ++step) {
        if (!step->gradient)
            continue;
        const Operator &op = m_graph.operators[step->op];
        values.clear();
        inputGradients.clear();
        for (const TensorId id : op.inputs) {
            values.push_back(reinterpret_cast<const float *>(valueOf(worker, id)));
            if (!id.valid() || !m_learns[std::size_t(id.index)])
                inputGradients.push_back(nullptr);
            else if (m_firstOf[std::size_t(id.index)] >= 0)
                inputGradients.push_back(&gradients[std::size_t(m_firstOf[std::size_t(id.index)])]);
            else
                inputGradients.push_back(floats(worker.m_gradients[std::size_t(id.index)]));
        }
        const TensorId out = op.outputs[0];
        const std::size_t size = elements(out) * std::size_t(batch);
        float *const outputGradient = floats(worker.m_gradients[std::size_t(out.index)]);
        const float *const output = keptOf(worker, out);
        if (const auto &transform = m_transforms[std::size_t(out.index)])
            transform->backward({output, size}, {floats(worker.m_values[std::size_t(out.index)]), size},
                                {outputGradient, size});
        if (observer)
            observer(step->op, {output, size}, {outputGradient, size});
        step->gradient->run(
            {values, {&output, 1}, {&outputGradient, 1}, inputGradients, floats(worker.m_gradientScratch), batch});
    }
}

} // namespace espalier
