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

std::span<float> floats(Bytes &bytes)
{
    return {reinterpret_cast<float *>(bytes.data()), bytes.size() / sizeof(float)};
}

} // namespace

Result<TrainingNetwork> TrainingNetwork::prepare(const Model &model, const ValueTransforms &transforms,
                                                 const TrainingLayers &layers, const GradientRule &rule)
{
    TrainingNetwork network;
    network.m_model = model;
    network.m_rule = rule;
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
    network.m_transforms.resize(graph.tensors.size());
    if (const Result<void> placed = network.placeNormalizations(layers.normalizations); !placed)
        return placed.error();
    if (const Result<void> found = network.findParameters(); !found)
        return found.error();
    if (const Result<void> placed = network.placeTransforms(transforms); !placed)
        return placed.error();
    if (const Result<void> placed = network.placeDropouts(layers.dropouts); !placed)
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

std::size_t TrainingNetwork::addParameter(std::span<const float> values)
{
    const auto bytes = std::make_shared<Bytes>(values.size_bytes());
    std::ranges::copy(values, floats(*bytes).begin());
    m_parameters.push_back({TensorId::none, m_parameterCount, values.size(), bytes, bytes});
    m_parameterCount += values.size();
    return m_parameters.size() - 1;
}

std::span<float> TrainingNetwork::learnedBy(const Parameter &parameter) const
{
    return parameter.learned > 0 ? floats(*m_parameters[parameter.learned].kept) : std::span<float>();
}

std::ptrdiff_t TrainingNetwork::placeOfLearned(TensorId constant) const
{
    const auto parameter = std::ranges::find(m_parameters, constant, &Parameter::tensor);
    return parameter == m_parameters.end() || parameter->learned == 0
               ? -1
               : std::ptrdiff_t(m_parameters[parameter->learned].first);
}

Result<void> TrainingNetwork::placeNormalizations(const std::vector<BatchNormalization> &normalizations)
{
    for (std::size_t step = 0; step < m_graph.operators.size(); ++step) {
        Operator &op = m_graph.operators[step];
        const auto settings = std::ranges::find_if(
            normalizations, [&](const BatchNormalization &n) { return op.outputs == std::vector{n.layer}; });
        if (settings == normalizations.end())
            continue;
        const std::optional<WeightLayout> layout = weightLayout(op.kind);
        Activation *const activation = fusedActivation(op);
        const auto canFold = [&](TensorId id) {
            const auto uses = std::ranges::count_if(m_graph.operators, [&](const Operator &other) {
                return std::ranges::find(other.inputs, id) != other.inputs.end();
            });
            return id.valid() && m_graph[id].isConstant() && m_graph[id].type == DType::float32 && uses == 1;
        };
        if (!layout || !activation || !canFold(op.input(layout->weights)) || !canFold(op.input(layout->bias)))
            return untrainable(m_graph, op,
                               "only a layer with float32 weights and a bias of its own can be normalized");
        if (const Result<void> known = checkTrainable(*activation); !known)
            return untrainable(m_graph, op, known.error().message);
        const auto channels = std::size_t(m_graph[op.outputs[0]].shape.back());
        const std::size_t pixels = elements(op.outputs[0]) / channels;
        m_normalizations.push_back(
            {step, Normalizer(*settings, channels, pixels, *activation), 0, 0, m_statistics.size()});
        m_statistics.resize(m_statistics.size() + channels, 0.0f);
        m_statistics.resize(m_statistics.size() + channels, 1.0f);
        *activation = Activation::none;
    }
    return m_normalizations.size() == normalizations.size()
               ? Result<void>()
               : failed("a normalization names a value that no operator makes alone");
}

Result<void> TrainingNetwork::placeDropouts(const std::vector<Dropout> &dropouts)
{
    for (const Dropout &dropout : dropouts) {
        const bool isMade = std::ranges::any_of(m_graph.operators, [&](const Operator &op) {
            return op.outputs == std::vector{dropout.value} && dropout.value != m_logits;
        });
        if (!isMade || !(dropout.rate >= 0 && dropout.rate < 1) || isChanged(dropout.value) ||
            dropouts.size() > mostDropouts)
            return failed("a dropout takes a rate from 0 to below 1 and a value inside the network that nothing else "
                          "changes");
        m_dropouts.push_back(dropout);
    }
    return {};
}

Result<void> TrainingNetwork::findParameters()
{
    m_firstOf.assign(m_graph.tensors.size(), -1);
    m_learns.assign(m_graph.tensors.size(), false);
    for (std::size_t i = 0; i < m_graph.operators.size(); ++i) {
        const Operator &op = m_graph.operators[i];
        const bool isNormalized =
            std::ranges::find(m_normalizations, i, &Normalization::step) != m_normalizations.end();
        std::vector<TensorId> found;
        if (const std::optional<WeightLayout> layout = weightLayout(op.kind))
            found = {op.input(layout->weights), isNormalized ? TensorId::none : op.input(layout->bias)};
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
    for (Normalization &normalization : m_normalizations) {
        const std::size_t channels = normalization.normalizer.channels();
        normalization.gamma = addParameter(std::vector(channels, 1.0f));
        normalization.beta = addParameter(std::vector(channels, 0.0f));
    }
    return m_parameters.empty() ? Result<void>(failed("the model has no weights to train")) : Result<void>();
}

Result<void> TrainingNetwork::placeTransforms(const ValueTransforms &transforms)
{
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
        const std::vector<float> learned = transform->learned();
        transform->forward(floats(*parameter->kept), learned, floats(*parameter->used));
        if (!learned.empty()) {
            const auto place = std::size_t(parameter - m_parameters.begin());
            const std::size_t added = addParameter(learned);
            m_parameters[place].learned = added;
        }
    }
    return {};
}

Result<void> TrainingNetwork::makeKernel(Step &step) const
{
    const Operator &op = m_graph.operators[step.op];
    const KernelKind *kind = kernelKind(op.kind);
    if (!kind || op.outputs.size() != 1 || m_graph[op.outputs[0]].type != DType::float32)
        return untrainable(m_graph, op, "its float form is not known here");
    const GradientKind *gradient = gradientKind(op.kind);
    const bool isLive = step.isRemade && gradient && gradient->makeForward;
    Result<std::unique_ptr<const Kernel>> kernel = (isLive ? gradient->makeForward : kind->make)(m_graph, op);
    if (!kernel)
        return untrainable(m_graph, op, kernel.error().message);
    step.kernel = *std::move(kernel);
    step.isRemade = step.isRemade && !isLive;
    return {};
}

Result<void> TrainingNetwork::makeGradient(Step &step) const
{
    const Operator &op = m_graph.operators[step.op];
    const GradientKind *gradient = gradientKind(op.kind);
    if (!gradient)
        return untrainable(m_graph, op, "its derivative is not known here");
    Result<std::unique_ptr<const Gradient>> made = m_rule ? m_rule(m_graph, op) : std::unique_ptr<const Gradient>();
    if (made && !*made)
        made = gradient->make(m_graph, op);
    if (!made)
        return untrainable(m_graph, op, made.error().message);
    step.gradient = *std::move(made);
    return {};
}

Result<void> TrainingNetwork::prepareSteps()
{
    for (std::size_t i = 0; i < m_graph.operators.size(); ++i) {
        const Operator &op = m_graph.operators[i];
        Step step;
        step.op = i;
        bool learns = false;
        for (const TensorId id : op.inputs) {
            if (!id.valid())
                continue;
            const bool isParameter = m_firstOf[std::size_t(id.index)] >= 0;
            learns |= m_learns[std::size_t(id.index)];
            step.isRemade |= isParameter;
            step.leadsBack |= m_learns[std::size_t(id.index)] && !isParameter;
        }
        if (const Result<void> made = makeKernel(step); !made)
            return made;
        m_learns[std::size_t(op.outputs[0].index)] = learns;
        const bool isPartOfLoss = endsInSoftmax() && i + 1 == m_graph.operators.size();
        if (learns && !isPartOfLoss)
            if (const Result<void> made = makeGradient(step); !made)
                return made;
        m_steps.push_back(std::move(step));
    }
    if (!m_learns[std::size_t(m_logits.index)])
        return failed("the model's output depends on no weight");
    placeGradients();
    return {};
}

void TrainingNetwork::placeGradients()
{
    m_gradientOf.assign(m_graph.tensors.size(), -1);
    std::vector<bool> isFree;
    const auto place = [&](TensorId id) {
        const std::size_t size = elements(id);
        std::size_t best = isFree.size();
        for (std::size_t g = 0; g < isFree.size(); ++g) {
            const bool isLarger = best == isFree.size() || m_gradientSizes[g] > m_gradientSizes[best];
            const bool isNearer = best < isFree.size() && m_gradientSizes[g] >= size &&
                                  (m_gradientSizes[best] < size || m_gradientSizes[g] < m_gradientSizes[best]);
            if (isFree[g] && (isNearer || (isLarger && (best == isFree.size() || m_gradientSizes[best] < size))))
                best = g;
        }
        if (best == isFree.size()) {
            isFree.push_back(false);
            m_gradientSizes.push_back(0);
        }
        isFree[best] = false;
        m_gradientSizes[best] = std::max(m_gradientSizes[best], size);
        m_gradientOf[std::size_t(id.index)] = int(best);
    };
    place(m_logits);
    for (auto step = m_steps.rbegin(); step != m_steps.rend(); ++step) {
        const Operator &op = m_graph.operators[step->op];
        const int out = m_gradientOf[std::size_t(op.outputs[0].index)];
        if (!step->gradient || out < 0) {
            step->gradient.reset(); // the loss does not depend on it
            continue;
        }
        for (std::size_t i = 0; i < op.inputs.size(); ++i) {
            const TensorId id = op.inputs[i];
            if (!id.valid() || !m_learns[std::size_t(id.index)] || m_firstOf[std::size_t(id.index)] >= 0 ||
                m_gradientOf[std::size_t(id.index)] >= 0)
                continue;
            place(id);
            // A value that is read twice by one operator is added to twice.
            if (step->gradient->writesWhole(i) && std::ranges::count(op.inputs, id) == 1)
                step->unset |= 1u << i;
            else
                step->zeroed.push_back(id);
        }
        isFree[std::size_t(out)] = true;
    }
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

void TrainingNetwork::throughTransforms(std::span<float> gradients, const Progress &progress) const
{
    for (const Parameter &p : m_parameters)
        if (p.transform && !progress.cancelled()) {
            const std::span<float> learned = learnedBy(p);
            const std::size_t first = p.learned > 0 ? m_parameters[p.learned].first : 0;
            p.transform->backward(floats(*p.kept), learned, floats(*p.used), gradients.subspan(p.first, p.count),
                                  gradients.subspan(first, learned.size()));
        }
}

Result<void> TrainingNetwork::parametersChanged(ThreadPool &pool, const Progress &progress)
{
    std::vector<const Parameter *> transformed, followers;
    for (const Parameter &p : m_parameters)
        if (p.transform)
            (p.transform->followsOthers() ? followers : transformed).push_back(&p);
    const auto transform = [&](const Parameter &p) {
        if (!progress.cancelled())
            p.transform->forward(floats(*p.kept), learnedBy(p), floats(*p.used));
    };
    pool.run(transformed.size(), [&](std::size_t i, int) { transform(*transformed[i]); });
    for (const Parameter *p : followers)
        transform(*p);
    std::vector<std::size_t> remade;
    for (std::size_t i = 0; i < m_steps.size(); ++i)
        if (m_steps[i].isRemade)
            remade.push_back(i);
    std::vector<Result<void>> results(remade.size());
    pool.run(remade.size(), [&](std::size_t i, int) {
        if (progress.cancelled())
            return;
        Step &step = m_steps[remade[i]];
        results[i] = makeKernel(step);
        if (results[i] && step.gradient && step.leadsBack)
            results[i] = makeGradient(step);
    });
    const auto found = std::ranges::find_if(results, [](const Result<void> &result) { return !result; });
    return found == results.end() ? Result<void>() : *found;
}

Normalizer::Learned TrainingNetwork::learnedOf(const Normalization &normalization) const
{
    return {floats(*m_parameters[normalization.gamma].kept), floats(*m_parameters[normalization.beta].kept)};
}

Normalizer::Moving TrainingNetwork::movingOf(const Normalization &normalization) const
{
    const std::size_t channels = normalization.normalizer.channels();
    const auto both = std::span<const float>(m_statistics).subspan(normalization.statistics, 2 * channels);
    return {both.first(channels), both.last(channels)};
}

/// The layer's weights times the factor of each channel; its bias times it, plus the addend.
void TrainingNetwork::fold(const Normalization &normalization, Graph &graph) const
{
    const Operator &op = m_graph.operators[normalization.step];
    const WeightLayout layout = *weightLayout(op.kind);
    const Normalizer::Folded folded =
        normalization.normalizer.folded(learnedOf(normalization), movingOf(normalization));
    const auto change = [&](TensorId id, std::size_t perChannel, const std::vector<double> &addend) {
        std::vector<float> changed(graph[id].elements());
        const std::span<const float> old = values<float>(graph[id]);
        for (std::size_t i = 0; i < changed.size(); ++i) {
            const std::size_t channel = i / perChannel % folded.factor.size();
            changed[i] = float(double(old[i]) * folded.factor[channel] + (addend.empty() ? 0 : addend[channel]));
        }
        graph[id].data = sharedBytes(changed);
    };
    const TensorId weights = op.input(layout.weights);
    std::size_t perChannel = 1;
    for (std::size_t axis = std::size_t(layout.channelAxis) + 1; axis < graph[weights].shape.size(); ++axis)
        perChannel *= std::size_t(graph[weights].shape[axis]);
    change(weights, perChannel, {});
    change(op.input(layout.bias), 1, folded.addend);
}

void TrainingNetwork::follow(const Worker &worker, std::int64_t step)
{
    for (std::size_t n = 0; n < m_normalizations.size(); ++n) {
        const Normalizer &normalizer = m_normalizations[n].normalizer;
        const std::span<float> both =
            std::span(m_statistics).subspan(m_normalizations[n].statistics, 2 * normalizer.channels());
        normalizer.follow(worker.m_parts[n], step, both.first(normalizer.channels()), both.last(normalizer.channels()));
    }
}

Model TrainingNetwork::model() const
{
    Model trained = m_model;
    for (const Parameter &p : m_parameters)
        if (p.tensor.valid())
            trained.main()[p.tensor].data = std::make_shared<const Bytes>(*p.kept);
    for (const Normalization &normalization : m_normalizations)
        fold(normalization, trained.main());
    return trained;
}

} // namespace espalier
