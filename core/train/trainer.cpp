// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/train/train.h"

#include "core/base/random.h"
#include "core/base/text.h"
#include "core/data/inputscaling.h"
#include "core/train/schedule.h"
#include "core/train/sgd.h"
#include "core/train/trainingnetwork.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <optional>

namespace espalier {

namespace {

// A batch is cut into parts of this many images, whatever the number of threads; sums over parts run in their order.
constexpr std::size_t imagesPerPart = 8;
constexpr std::size_t parametersPerTask = 8192;
constexpr int largestBatch = 4096; // each part has derivatives of its own
// By then a network that learns at all is better than guessing.
constexpr std::int64_t stepsUntilStuck = 300;

Result<void> checkData(const Dataset &data, std::size_t classes, const Graph &graph)
{
    const Samples &samples = data.train;
    if (samples.count == 0)
        return unusableInput("the data set \"" + data.name + "\" has no training samples");
    if (data.labelKind != LabelKind::classes || samples.labels.size() != samples.count)
        return unusableInput("the training samples of \"" + data.name + "\" have no class labels");
    for (std::size_t i = 0; i < samples.count; ++i)
        if (samples.labels[i] < 0 || std::size_t(samples.labels[i]) >= classes)
            return unusableInput("label " + std::to_string(samples.labels[i]) + " of training sample " +
                                 std::to_string(i) + " of \"" + data.name + "\" is outside the model's " +
                                 std::to_string(classes) + " classes");
    return checkFit(graph, samples);
}

class Trainer
{
public:
    Trainer(TrainingNetwork network, const Samples &samples, const TrainOptions &options, ThreadPool &pool)
        : m_network(std::move(network)), m_samples(samples), m_options(options), m_pool(pool),
          m_scaling(impliedScaling(m_network.input(), samples).scaling), m_batch(std::size_t(options.batch)),
          m_parts((m_batch + imagesPerPart - 1) / imagesPerPart),
          m_partGradients(m_parts, std::vector<float>(m_network.parameterCount())), m_partLosses(m_parts),
          m_parameters(m_network.parameterCount()), m_velocities(m_network.parameterCount()), m_order(samples.count),
          m_workers(std::size_t(pool.size()))
    {
        m_network.readParameters(m_parameters);
        std::iota(m_order.begin(), m_order.end(), std::size_t(0));
    }

    Result<Model> run(const std::function<void(const EpochResult &)> &epochFinished, const Progress &progress);

private:
    LossSum step(std::size_t first, std::size_t count, float rate);
    void runPart(std::size_t part, std::size_t first, std::size_t count, float weight, int worker);
    void update(std::size_t parts, float rate);
    Result<void> callHook(std::int64_t step);

    TrainingNetwork m_network;
    const Samples &m_samples;
    TrainOptions m_options;
    ThreadPool &m_pool;
    InputScaling m_scaling;
    std::size_t m_batch, m_parts;
    std::vector<std::vector<float>> m_partGradients;
    std::vector<LossSum> m_partLosses;
    std::vector<float> m_parameters, m_velocities;
    std::vector<std::size_t> m_order; ///< of samples, shuffled anew for every epoch
    std::vector<std::optional<TrainingNetwork::Worker>> m_workers;
};

void Trainer::runPart(std::size_t part, std::size_t first, std::size_t count, float weight, int workerNumber)
{
    std::optional<TrainingNetwork::Worker> &worker = m_workers[std::size_t(workerNumber)];
    if (!worker)
        worker.emplace(m_network, int(imagesPerPart));
    std::vector<std::int32_t> labels;
    const std::span<std::byte> input = worker->input();
    const std::size_t bytes = input.size() / imagesPerPart;
    for (std::size_t i = 0; i < count; ++i) {
        const std::size_t sample = m_order[first + i];
        fillInput(m_network.input(), m_samples, m_scaling, sample, 1, input.subspan(i * bytes, bytes));
        labels.push_back(m_samples.labels[sample]);
    }
    std::ranges::fill(m_partGradients[part], 0.0f);
    m_partLosses[part] = m_network.run(*worker, labels, weight, m_partGradients[part]);
}

/// Adds the parts' derivatives in order and moves the parameters against them.
void Trainer::update(std::size_t parts, float rate)
{
    const std::size_t tasks = (m_parameters.size() + parametersPerTask - 1) / parametersPerTask;
    m_pool.run(tasks, [&](std::size_t task, int) {
        const std::size_t first = task * parametersPerTask;
        const std::size_t count = std::min(parametersPerTask, m_parameters.size() - first);
        const std::span<float> sum = std::span(m_partGradients[0]).subspan(first, count);
        for (std::size_t part = 1; part < parts; ++part) {
            const float *const more = &m_partGradients[part][first];
            for (std::size_t i = 0; i < count; ++i)
                sum[i] += more[i];
        }
        const std::span<float> parameters = std::span(m_parameters).subspan(first, count);
        sgdStep(parameters, std::span(m_velocities).subspan(first, count), sum, rate, float(m_options.momentum));
        m_network.writeParameters(parameters, first);
    });
}

Result<void> Trainer::callHook(std::int64_t step)
{
    if (!m_options.beforeStep)
        return {};
    m_options.beforeStep(step, m_network, m_parameters);
    m_network.writeParameters(m_parameters, 0);
    return m_network.parametersChanged(m_pool);
}

LossSum Trainer::step(std::size_t first, std::size_t count, float rate)
{
    const std::size_t parts = (count + imagesPerPart - 1) / imagesPerPart;
    m_pool.run(parts, [&](std::size_t part, int worker) {
        const std::size_t begin = part * imagesPerPart;
        runPart(part, first + begin, std::min(imagesPerPart, count - begin), 1.0f / float(count), worker);
    });
    update(parts, rate);
    LossSum sum;
    for (std::size_t part = 0; part < parts; ++part) {
        sum.loss += m_partLosses[part].loss;
        sum.correct += m_partLosses[part].correct;
    }
    return sum;
}

Result<Model> Trainer::run(const std::function<void(const EpochResult &)> &epochFinished, const Progress &progress)
{
    const std::size_t stepsPerEpoch = (m_samples.count + m_batch - 1) / m_batch;
    const auto steps = std::int64_t(stepsPerEpoch) * m_options.epochs;
    const std::string advice = "; lower the learning rate (" + numberText(m_options.learningRate) + " now)";
    std::int64_t done = 0;
    for (int epoch = 1; epoch <= m_options.epochs; ++epoch) {
        Random random(m_options.seed, std::uint64_t(epoch));
        random.shuffle(m_order);
        LossSum sum;
        for (std::size_t first = 0; first < m_samples.count; first += m_batch) {
            if (progress.cancelled())
                return cancelled();
            if (const Result<void> called = callHook(done + 1); !called)
                return called.error();
            const LossSum more = step(first, std::min(m_batch, m_samples.count - first),
                                      float(cosineRate(m_options.learningRate, done, steps)));
            if (!std::isfinite(more.loss))
                return failed("training diverged in epoch " + std::to_string(epoch) +
                              ": the loss is no longer a number" + advice);
            if (!m_options.beforeStep) // the hook makes the change known
                if (const Result<void> changed = m_network.parametersChanged(m_pool); !changed)
                    return changed.error();
            sum.loss += more.loss;
            sum.correct += more.correct;
            progress.report("training", ++done, steps);
        }
        const double count = double(m_samples.count);
        const EpochResult result{epoch, sum.loss / count, double(sum.correct) / count};
        if (done >= stepsUntilStuck && result.trainLoss > 0.995 * std::log(double(m_network.classes())))
            return failed("training is stuck: after epoch " + std::to_string(epoch) +
                          " the network is no better than guessing (loss " + numberText(result.trainLoss) + ")" +
                          advice);
        if (epochFinished)
            epochFinished(result);
    }
    if (const Result<void> called = callHook(done + 1); !called)
        return called.error();
    // A number too large in the parameters of the last step shows in no loss.
    if (!std::ranges::all_of(m_parameters, [](float p) { return std::isfinite(p); }))
        return failed("training diverged in its last step: a weight is no longer a number" + advice);
    return m_network.model();
}

} // namespace

Result<ModelPtr> train(const ModelPtr &model, const Dataset &data, const TrainOptions &options, ThreadPool &pool,
                       const std::function<void(const EpochResult &)> &epochFinished, const Progress &progress)
{
    if (options.epochs < 0 || options.batch < 1 || options.batch > largestBatch || !(options.learningRate >= 0) ||
        !(options.momentum >= 0 && options.momentum < 1))
        return invalidArgument(
            "training takes at least 0 epochs, a batch from 1 to 4096, a learning rate of at least 0 "
            "and a momentum from 0 to below 1");
    Result<TrainingNetwork> network = TrainingNetwork::prepare(*model);
    if (!network)
        return network.error();
    if (const Result<void> checked = checkData(data, network->classes(), model->main()); !checked)
        return checked.error();
    Trainer trainer(*std::move(network), data.train, options, pool);
    Result<Model> trained = trainer.run(epochFinished, progress);
    if (!trained)
        return trained.error();
    return std::make_shared<const Model>(*std::move(trained));
}

} // namespace espalier
