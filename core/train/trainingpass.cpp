// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later

// How images run through a network that trains, forward and backward.

#include "core/train/dropout.h"
#include "core/train/trainingnetwork.h"

#include <algorithm>
#include <cstring>

namespace espalier {

namespace {

// A stream of random numbers for each dropout of each image of each step.
constexpr std::uint64_t dropoutStreams = std::uint64_t(1) << 62, imagesOfStep = TrainingNetwork::largestBatch;

} // namespace

std::size_t TrainingNetwork::imagesPerPart(std::size_t batch) const
{
    constexpr std::size_t near = 1 << 19; // bytes
    // Larger parts are fewer to share among threads, but fewer also to wait for at each normalization.
    const std::size_t most = 16;
    std::size_t bytes = m_graph[m_graph.inputs[0]].bytes();
    for (const Operator &op : m_graph.operators)
        bytes += m_graph[op.outputs[0]].bytes();
    std::size_t images = 8;
    while (images < most && 2 * images * bytes <= near)
        images *= 2;
    // Each part has derivatives of its own for all parameters, to be summed: in dense networks most of what is moved.
    while (4 * images <= batch && 2 * images * bytes <= m_parameterCount * sizeof(float))
        images *= 2;
    return images;
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
    std::vector<std::pair<float **, std::size_t>> places;
    std::size_t bytes = 0;
    const auto reserve = [&](float *&at, std::size_t size) {
        places.emplace_back(&at, bytes);
        bytes += AlignedBuffer::rounded(size + AlignedBuffer::alignment); // with a line to spare
    };
    reserve(m_kernelScratch, kernelScratch);
    reserve(m_gradientScratch, gradientScratch * sizeof(float));
    m_gradients.resize(network.m_gradientSizes.size());
    for (std::size_t i = 0; i < m_gradients.size(); ++i)
        reserve(m_gradients[i], network.m_gradientSizes[i] * sizeof(float) * std::size_t(batch));
    m_values.resize(graph.tensors.size());
    m_kept.resize(graph.tensors.size());
    const auto reserveValues = [&](TensorId id) {
        reserve(m_values[std::size_t(id.index)], graph[id].bytes() * std::size_t(batch));
        if (network.isChanged(id))
            reserve(m_kept[std::size_t(id.index)], graph[id].bytes() * std::size_t(batch));
    };
    reserveValues(graph.inputs[0]);
    for (const Operator &op : graph.operators)
        reserveValues(op.outputs[0]);
    m_sums.resize(network.m_normalizations.size());
    for (std::size_t n = 0; n < m_sums.size(); ++n) {
        const Normalization &normalization = network.m_normalizations[n];
        const TensorId id = graph.operators[normalization.step].outputs[0];
        reserve(m_sums[n], graph[id].bytes() * std::size_t(batch));
        m_parts.push_back(normalization.normalizer.makePart());
    }
    m_memory = AlignedBuffer(bytes);
    for (const auto &[at, first] : places)
        *at = reinterpret_cast<float *>(m_memory.data() + first);
}

void TrainingNetwork::Worker::drawFrom(std::uint64_t seed, std::uint64_t step, std::uint64_t firstImage)
{
    m_seed = seed;
    m_stream = dropoutStreams + (step * imagesOfStep + firstImage) * mostDropouts;
}

std::span<std::byte> TrainingNetwork::Worker::input()
{
    const TensorId id = m_network->m_graph.inputs[0];
    return {reinterpret_cast<std::byte *>(m_network->keptOf(*this, id)),
            m_network->m_graph[id].bytes() * std::size_t(m_batch)};
}

const std::byte *TrainingNetwork::valueOf(const Worker &worker, TensorId id) const
{
    if (!id.valid())
        return nullptr;
    const Tensor &tensor = m_graph[id];
    return tensor.isConstant() ? reinterpret_cast<const std::byte *>(tensor.data->data())
                               : reinterpret_cast<const std::byte *>(worker.m_values[std::size_t(id.index)]);
}

float *TrainingNetwork::gradientOf(const Worker &worker, TensorId id) const
{
    return worker.m_gradients[std::size_t(m_gradientOf[std::size_t(id.index)])];
}

bool TrainingNetwork::isChanged(TensorId id) const
{
    return m_transforms[std::size_t(id.index)] ||
           std::ranges::find(m_dropouts, id, &Dropout::value) != m_dropouts.end();
}

/// What the operator made, before any change.
float *TrainingNetwork::keptOf(const Worker &worker, TensorId id) const
{
    const auto i = std::size_t(id.index);
    return isChanged(id) ? worker.m_kept[i] : worker.m_values[i];
}

/// Calls visit(rate, random numbers, number of the image) for each image that a value drops out of.
template <class Visit>
void TrainingNetwork::forEachDropout(const Worker &worker, TensorId id, int batch, const Visit &visit) const
{
    const auto found = std::ranges::find(m_dropouts, id, &Dropout::value);
    if (found == m_dropouts.end())
        return;
    const auto number = std::uint64_t(found - m_dropouts.begin());
    for (std::size_t image = 0; image < std::size_t(batch); ++image)
        visit(found->rate, Random(worker.m_seed, worker.m_stream + image * mostDropouts + number), image);
}

void TrainingNetwork::changeActivation(Worker &worker, TensorId id, int batch, bool isJudged) const
{
    if (!isChanged(id))
        return;
    const auto i = std::size_t(id.index);
    const std::size_t count = elements(id) * std::size_t(batch);
    const std::span<float> kept(worker.m_kept[i], count), used(worker.m_values[i], count);
    if (m_transforms[i])
        return isJudged ? m_transforms[i]->judge(kept, used) : m_transforms[i]->forward(kept, used);
    std::memcpy(used.data(), kept.data(), count * sizeof(float));
    if (!isJudged)
        forEachDropout(worker, id, batch, [&](double rate, const Random &random, std::size_t image) {
            dropOut(rate, random, used.subspan(image * elements(id), elements(id)));
        });
}

TrainingNetwork::Outcome TrainingNetwork::outcomeOf(Worker &worker, int batch) const
{
    const std::size_t count = classes() * std::size_t(batch);
    const auto valuesOf = [&](TensorId id) {
        return std::span<const float>(worker.m_values[std::size_t(id.index)], count);
    };
    return {valuesOf(m_logits),
            endsInSoftmax() ? valuesOf(m_graph.outputs[0]) : std::span<const float>(),
            {gradientOf(worker, m_logits), count}};
}

/// Where the step that is last belongs to a normalization, it stops with its sums measured, unless it is judged.
void TrainingNetwork::forwardSteps(Worker &worker, int batch, std::size_t first, std::size_t end, bool isJudged) const
{
    std::vector<const std::byte *> inputs;
    for (std::size_t i = first; i < end && !worker.m_progress.cancelled(); ++i) {
        const Operator &op = m_graph.operators[i];
        inputs.clear();
        for (const TensorId id : op.inputs)
            inputs.push_back(valueOf(worker, id));
        const auto normalization = std::ranges::find(m_normalizations, i, &Normalization::step);
        const bool isNormalized = normalization != m_normalizations.end();
        const auto n = std::size_t(normalization - m_normalizations.begin());
        float *const values = keptOf(worker, op.outputs[0]);
        auto *const output = reinterpret_cast<std::byte *>(isNormalized ? worker.m_sums[n] : values);
        m_steps[i].kernel->run({inputs, {&output, 1}, reinterpret_cast<std::byte *>(worker.m_kernelScratch), batch});
        if (isNormalized && !isJudged) {
            normalization->normalizer.measure(worker.m_sums[n], std::size_t(batch), worker.m_parts[n]);
            return;
        }
        if (isNormalized)
            normalization->normalizer.judge(worker.m_sums[n], std::size_t(batch), learnedOf(*normalization),
                                            movingOf(*normalization), worker.m_parts[n], values);
        changeActivation(worker, op.outputs[0], batch, isJudged);
    }
}

LossSum TrainingNetwork::forward(Worker &worker, int batch, const Loss &loss) const
{
    changeActivation(worker, m_graph.inputs[0], batch, true);
    forwardSteps(worker, batch, 0, m_steps.size(), true);
    return worker.m_progress.cancelled() ? LossSum() : loss(outcomeOf(worker, batch));
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
    LossSum sum;
    Worker *const all[] = {&worker};
    for (std::size_t phase = 0; phase < phases(); ++phase) {
        sum += runPhase(phase, worker, batch, loss, gradients, observer);
        meet(phase, all);
    }
    return sum;
}

LossSum TrainingNetwork::runPhase(std::size_t phase, Worker &worker, int batch, const Loss &loss,
                                  std::span<float> gradients, const BackwardObserver &observer) const
{
    const std::size_t middle = m_normalizations.size();
    if (phase <= middle) {
        std::size_t first = 0;
        if (phase == 0) {
            changeActivation(worker, m_graph.inputs[0], batch, false);
        } else {
            const Normalization &before = m_normalizations[phase - 1];
            const TensorId id = m_graph.operators[before.step].outputs[0];
            before.normalizer.normalize(worker.m_sums[phase - 1], std::size_t(batch), learnedOf(before),
                                        worker.m_parts[phase - 1], keptOf(worker, id));
            changeActivation(worker, id, batch, false);
            first = before.step + 1;
        }
        forwardSteps(worker, batch, first, phase < middle ? m_normalizations[phase].step + 1 : m_steps.size(), false);
    }
    LossSum sum;
    if (phase == middle) {
        const Outcome outcome = outcomeOf(worker, batch);
        if (worker.m_progress.cancelled())
            return {};
        sum = loss(outcome);
        if (observer && endsInSoftmax())
            observer(m_graph.operators.size() - 1, outcome.probabilities, outcome.gradient);
    }
    if (phase >= middle)
        backward(phase - middle, worker, batch, gradients, observer);
    return sum;
}

void TrainingNetwork::meet(std::size_t phase, std::span<Worker *const> workers) const
{
    const std::size_t middle = m_normalizations.size();
    if (phase + 1 == phases())
        return;
    const std::size_t n = phase < middle ? phase : 2 * middle - 1 - phase;
    std::vector<Normalizer::Part *> parts;
    for (Worker *worker : workers)
        parts.push_back(&worker->m_parts[n]);
    if (phase < middle)
        m_normalizations[n].normalizer.meet(parts);
    else
        m_normalizations[n].normalizer.meetBackward(parts);
}

/// The derivatives by what an operator's readers saw become those by what it made.
void TrainingNetwork::gradientArrives(Worker &worker, int batch, std::size_t step,
                                      const BackwardObserver &observer) const
{
    const TensorId out = m_graph.operators[step].outputs[0];
    const std::size_t size = elements(out) * std::size_t(batch);
    const std::span<float> gradient(gradientOf(worker, out), size);
    const std::span<const float> kept(keptOf(worker, out), size);
    if (const auto &transform = m_transforms[std::size_t(out.index)])
        transform->backward(kept, {worker.m_values[std::size_t(out.index)], size}, gradient);
    forEachDropout(worker, out, batch, [&](double rate, const Random &random, std::size_t image) {
        dropOut(rate, random, gradient.subspan(image * elements(out), elements(out)));
    });
    if (observer)
        observer(step, kept, gradient);
}

/// They become those by its inputs.
void TrainingNetwork::gradientLeaves(Worker &worker, int batch, std::size_t step, std::span<float> gradients) const
{
    const Operator &op = m_graph.operators[step];
    std::vector<const float *> values;
    std::vector<float *> inputGradients;
    for (const TensorId id : op.inputs) {
        values.push_back(reinterpret_cast<const float *>(valueOf(worker, id)));
        if (!id.valid() || !m_learns[std::size_t(id.index)])
            inputGradients.push_back(nullptr);
        else if (m_firstOf[std::size_t(id.index)] >= 0)
            inputGradients.push_back(&gradients[std::size_t(m_firstOf[std::size_t(id.index)])]);
        else
            inputGradients.push_back(gradientOf(worker, id));
    }
    for (const TensorId id : m_steps[step].zeroed)
        std::fill_n(gradientOf(worker, id), elements(id) * std::size_t(batch), 0.0f);
    const float *const output = keptOf(worker, op.outputs[0]);
    float *const outputGradient = gradientOf(worker, op.outputs[0]);
    m_steps[step].gradient->run({values,
                                 {&output, 1},
                                 {&outputGradient, 1},
                                 inputGradients,
                                 worker.m_gradientScratch,
                                 batch,
                                 m_steps[step].unset});
}

/// From the last normalization that was met for, or the end, to the one before it, or the beginning.
void TrainingNetwork::backward(std::size_t met, Worker &worker, int batch, std::span<float> gradients,
                               const BackwardObserver &observer) const
{
    const std::size_t left = m_normalizations.size() - met;
    const auto gradientAt = [&](std::size_t at) { return gradientOf(worker, m_graph.operators[at].outputs[0]); };
    std::size_t step = m_steps.size();
    if (met > 0) {
        const Normalization &after = m_normalizations[left];
        step = after.step;
        after.normalizer.backward(worker.m_sums[left], std::size_t(batch), learnedOf(after), worker.m_parts[left],
                                  gradientAt(step));
        gradientLeaves(worker, batch, step, gradients);
    }
    const std::size_t stop = left > 0 ? m_normalizations[left - 1].step : 0;
    while (step-- > stop && !worker.m_progress.cancelled()) {
        if (!m_steps[step].gradient)
            continue;
        gradientArrives(worker, batch, step, observer);
        if (left == 0 || step > stop) {
            gradientLeaves(worker, batch, step, gradients);
            continue;
        }
        const Normalization &before = m_normalizations[left - 1];
        Normalizer::Part &part = worker.m_parts[left - 1];
        const TensorId out = m_graph.operators[step].outputs[0];
        before.normalizer.measureBackward(worker.m_sums[left - 1], keptOf(worker, out), std::size_t(batch), part,
                                          gradientAt(step));
        for (std::size_t c = 0; c < before.normalizer.channels(); ++c) {
            gradients[m_parameters[before.gamma].first + c] += float(part.productSums[c]);
            gradients[m_parameters[before.beta].first + c] += float(part.gradientSums[c]);
        }
    }
}

} // namespace espalier
