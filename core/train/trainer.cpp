// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/train/train.h"

#include "core/base/random.h"
#include "core/base/text.h"
#include "core/data/inputscaling.h"
#include "core/data/labelkind.h"
#include "core/train/checkpoint.h"
#include "core/train/fingerprint.h"
#include "core/train/meansquares.h"
#include "core/train/probe.h"
#include "core/train/teacher.h"
#include "core/train/trainchecks.h"
#include "core/train/trainingnetwork.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <optional>

namespace espalier {

namespace {

constexpr std::size_t parametersPerTask = 8192;
// By then a network that learns at all is better than guessing.
constexpr std::int64_t stepsUntilStuck = 300;
// Streams of random numbers of one seed: an epoch's order, its augmentation, the validation split.
constexpr std::uint64_t augmentationStream = std::uint64_t(1) << 40, validationStream = std::uint64_t(2) << 40;

class Trainer
{
public:
    Trainer(TrainingNetwork network, const Dataset &data, LabelKind labels, const TrainOptions &options,
            ThreadPool &pool, const Progress &progress)
        : m_network(std::move(network)), m_samples(data.train), m_options(options), m_pool(pool), m_progress(progress),
          m_scaling(options.scaling ? *options.scaling : impliedScaling(m_network.input(), data.train).scaling),
          m_reproduces(labels != LabelKind::classes), m_batch(std::size_t(options.batch)),
          m_imagesPerPart(m_network.imagesPerPart(m_batch)), m_parts((m_batch + m_imagesPerPart - 1) / m_imagesPerPart),
          m_partGradients(m_parts), m_partLosses(m_parts), m_partLogits(m_parts), m_order(data.train.count)
    {
        m_workers.resize(m_network.phases() > 1 ? std::max(m_parts, std::size_t(pool.size()))
                                                : std::size_t(pool.size()));
        m_state.parameters.resize(m_network.parameterCount());
        m_state.first.resize(m_network.parameterCount());
        if (options.optimizer.kind != Optimizer::sgd)
            m_state.second.resize(m_network.parameterCount());
        m_network.readParameters(m_state.parameters);
        m_state.statistics.assign(m_network.statistics().begin(), m_network.statistics().end());
        std::iota(m_order.begin(), m_order.end(), std::size_t(0));
        if (options.validation > 0) {
            Random random(options.seed, validationStream);
            random.shuffle(m_order);
            const auto kept = std::ptrdiff_t(double(m_order.size()) * (1 - options.validation));
            m_validation.assign(m_order.begin() + std::max<std::ptrdiff_t>(kept, 1), m_order.end());
            m_order.resize(m_order.size() - m_validation.size());
        }
        m_probe = m_reproduces ? Probe(m_samples, m_order, m_network.input(), m_scaling)
                               : Probe(m_samples, m_order, m_network.classes());
    }

    Result<Model> run(const std::function<void(const EpochResult &)> &epochFinished);

private:
    Result<void> resume();
    Result<LossSum> epoch(int number, std::int64_t steps);
    LossSum step(int epoch, std::size_t first, std::size_t count, float rate);
    /// Some images of a batch.
    struct Part
    {
        std::size_t number;
        std::span<const std::size_t> samples;
        float weight; ///< of each image in the loss
    };
    void runPart(int epoch, std::size_t phase, const Part &part, std::size_t thread);
    TrainingNetwork::Worker &worker(std::size_t number);
    TrainingNetwork::Worker &filledWorker(std::size_t worker, std::span<const std::size_t> samples, int epoch);
    /// The samples that a worker was filled with.
    std::span<const float> inputOf(std::size_t number, std::size_t samples)
    {
        return {reinterpret_cast<const float *>(worker(number).input().data()), samples * m_network.input().elements()};
    }
    /// What is held against the outcome for some samples.
    struct Wanted
    {
        std::span<const std::size_t> samples;
        std::span<const float> input;  ///< an autoencoder's
        std::span<const float> logits; ///< the teacher's, or none
    };
    LossSum loss(const Wanted &wanted, float weight, const TrainingNetwork::Outcome &outcome) const;
    std::vector<float> teacherOf(std::span<const std::size_t> samples) const;
    void update(std::size_t parts, float rate);
    LossSum judge(std::span<const std::size_t> samples);
    Result<void> callHook(std::int64_t step);
    Result<void> settle();
    Error diverged(const std::string &what) const;
    Error noNumber(const std::string &what, std::int64_t epoch) const
    {
        return diverged("training diverged in epoch " + std::to_string(epoch) + ": " + what + " is no longer a number");
    }
    Result<void> checkStuck(const EpochResult &result) const;
    Result<void> checkOutcome();
    bool answersAlike(std::span<const std::size_t> samples);

    TrainingNetwork m_network;
    const Samples &m_samples;
    TrainOptions m_options;
    ThreadPool &m_pool;
    Progress m_progress;
    InputScaling m_scaling;
    bool m_reproduces; ///< its input: an autoencoder
    std::size_t m_batch;
    /// A batch is cut into parts, whatever the number of threads; sums over parts run in their order.
    std::size_t m_imagesPerPart, m_parts;
    std::vector<std::vector<float>> m_partGradients;
    std::vector<LossSum> m_partLosses;
    std::vector<std::vector<float>> m_partLogits; ///< the teacher's of each part's samples as they are seen
    Checkpoint m_state;
    std::int64_t m_done = 0;               ///< steps
    std::vector<std::size_t> m_order;      ///< of samples, shuffled anew for every epoch
    std::vector<std::size_t> m_validation; ///< samples kept back
    std::optional<Probe> m_probe;
    std::optional<Probe::Outcome> m_before; ///< when the network was settled; nothing where it went on from later
    double m_trainLoss = 0;                 ///< of the last epoch, on average
    std::optional<Teacher> m_teacher;
    std::vector<float> m_teacherLogits; ///< of every sample as it is, or none
    /// One for each thread; where a batch has phases, for each part, which keeps its values from one to the next.
    std::vector<std::optional<TrainingNetwork::Worker>> m_workers;
};

TrainingNetwork::Worker &Trainer::worker(std::size_t number)
{
    std::optional<TrainingNetwork::Worker> &worker = m_workers[number];
    if (!worker)
        worker.emplace(m_network, int(m_imagesPerPart)).stopWith(m_progress);
    return *worker;
}

/// The worker with these samples as its input, varied where they are seen in an epoch (from 1) rather than judged (0).
TrainingNetwork::Worker &Trainer::filledWorker(std::size_t number, std::span<const std::size_t> samples, int epoch)
{
    const std::span<std::byte> input = worker(number).input();
    const std::size_t bytes = input.size() / m_imagesPerPart;
    for (std::size_t i = 0; i < samples.size(); ++i) {
        const std::span<std::byte> image = input.subspan(i * bytes, bytes);
        fillInput(m_network.input(), m_samples, m_scaling, samples[i], 1, image);
        if (epoch > 0 && !m_options.augmentation.isNone()) {
            Random random(m_options.seed, augmentationStream + std::uint64_t(epoch) * m_samples.count + samples[i]);
            augment(m_options.augmentation, m_samples.shape,
                    {reinterpret_cast<float *>(image.data()), bytes / sizeof(float)}, random);
        }
    }
    return worker(number);
}

/// The teacher's logits of samples as they are, or none.
std::vector<float> Trainer::teacherOf(std::span<const std::size_t> samples) const
{
    const std::size_t classes = m_network.classes();
    std::vector<float> logits;
    for (std::size_t i = 0; i < samples.size() && !m_teacherLogits.empty(); ++i) {
        const auto row = std::span(m_teacherLogits).subspan(samples[i] * classes, classes);
        logits.insert(logits.end(), row.begin(), row.end());
    }
    return logits;
}

LossSum Trainer::loss(const Wanted &wanted, float weight, const TrainingNetwork::Outcome &outcome) const
{
    const std::size_t outputs = m_network.classes();
    if (m_reproduces)
        return meanSquares(outcome.logits, wanted.input, outputs, weight, outcome.gradient);
    std::vector<std::int32_t> labels;
    for (const std::size_t sample : wanted.samples)
        labels.push_back(m_samples.labels[sample]);
    const auto smoothing = float(m_options.labelSmoothing);
    if (!wanted.logits.empty())
        return distillationLoss(m_options.distillation, outcome.logits, wanted.logits, labels, weight, outcome.gradient,
                                smoothing);
    if (!outcome.probabilities.empty())
        return softmaxCrossEntropy(outcome.probabilities, labels, weight, outcome.gradient, smoothing);
    std::vector<float> probabilities(outcome.logits.size());
    softmax(outcome.logits, outputs, 1, probabilities);
    return softmaxCrossEntropy(probabilities, labels, weight, outcome.gradient, smoothing);
}

void Trainer::runPart(int epoch, std::size_t phase, const Part &part, std::size_t thread)
{
    const std::size_t number = m_network.phases() > 1 ? part.number : thread, count = part.samples.size();
    std::vector<float> &gradients = m_partGradients[part.number], &logits = m_partLogits[part.number];
    if (phase == 0) {
        filledWorker(number, part.samples, epoch)
            .drawFrom(m_options.seed, std::uint64_t(m_done), part.number * m_imagesPerPart);
        gradients.assign(m_network.parameterCount(), 0.0f);
        if (m_teacher && !m_options.augmentation.isNone()) {
            logits.resize(count * m_network.classes());
            m_teacher->logits(inputOf(number, count), count, m_scaling, thread, logits);
        } else {
            logits = teacherOf(part.samples);
        }
    }
    const auto lossOf = [&](const TrainingNetwork::Outcome &outcome) {
        return loss({part.samples, inputOf(number, count), logits}, part.weight, outcome);
    };
    m_partLosses[part.number] += m_network.runPhase(phase, worker(number), int(count), lossOf, gradients);
}

/// Adds the parts' derivatives in order and moves the parameters against them; where it is cancelled, some of them.
void Trainer::update(std::size_t parts, float rate)
{
    std::vector<float> &sums = m_partGradients[0];
    const std::size_t parameters = m_state.parameters.size();
    const std::size_t tasks = (parameters + parametersPerTask - 1) / parametersPerTask;
    std::vector<double> squares(tasks, 0);
    const auto forEachTask = [&](const auto &work) {
        m_pool.run(tasks, [&](std::size_t task, int) {
            if (m_progress.cancelled())
                return;
            const std::size_t first = task * parametersPerTask;
            work(task, first, std::min(parametersPerTask, parameters - first));
        });
    };
    const auto add = [&](std::size_t first, std::size_t count) {
        for (std::size_t part = 1; part < parts; ++part)
            addTo(&sums[first], &m_partGradients[part][first], count);
    };
    float scale = 1;
    const auto move = [&](std::size_t first, std::size_t count) {
        const auto slice = [&](std::vector<float> &row) {
            return row.empty() ? std::span<float>() : std::span(row).subspan(first, count);
        };
        for (float &gradient : slice(sums).first(scale == 1 ? 0 : count))
            gradient *= scale;
        optimizerStep(m_options.optimizer, m_done + 1, rate,
                      {slice(m_state.parameters), slice(m_state.first), slice(m_state.second)}, slice(sums));
        m_network.writeParameters(slice(m_state.parameters), first);
    };
    if (m_options.clipNorm == 0 && m_options.transforms.empty()) {
        forEachTask([&](std::size_t, std::size_t first, std::size_t count) {
            add(first, count);
            move(first, count);
        });
        return;
    }
    forEachTask([&](std::size_t, std::size_t first, std::size_t count) { add(first, count); });
    m_network.throughTransforms(sums, m_progress);
    if (m_options.clipNorm > 0) {
        forEachTask([&](std::size_t task, std::size_t first, std::size_t count) {
            for (std::size_t i = first; i < first + count; ++i)
                squares[task] += double(sums[i]) * double(sums[i]);
        });
        const double norm = std::sqrt(std::accumulate(squares.begin(), squares.end(), 0.0));
        scale = norm > m_options.clipNorm ? float(m_options.clipNorm / norm) : 1.0f;
    }
    forEachTask([&](std::size_t, std::size_t first, std::size_t count) { move(first, count); });
}

Result<void> Trainer::callHook(std::int64_t step)
{
    if (!m_options.beforeStep)
        return {};
    m_options.beforeStep(step, m_network, m_state.parameters);
    m_network.writeParameters(m_state.parameters, 0);
    if (const Result<void> changed = m_network.parametersChanged(m_pool, m_progress); !changed)
        return changed;
    return m_progress.cancelled() ? Result<void>(cancelled()) : Result<void>();
}

LossSum Trainer::step(int epoch, std::size_t first, std::size_t count, float rate)
{
    const std::size_t parts = (count + m_imagesPerPart - 1) / m_imagesPerPart;
    std::ranges::fill(m_partLosses, LossSum());
    std::vector<TrainingNetwork::Worker *> workers;
    for (std::size_t phase = 0; phase < m_network.phases(); ++phase) {
        m_pool.run(parts, [&](std::size_t part, int thread) {
            if (m_progress.cancelled())
                return;
            const std::size_t begin = part * m_imagesPerPart, size = std::min(m_imagesPerPart, count - begin);
            runPart(epoch, phase, {part, std::span(m_order).subspan(first + begin, size), 1.0f / float(count)},
                    std::size_t(thread));
        });
        if (m_progress.cancelled())
            return {};
        for (std::size_t part = workers.size(); m_network.phases() > 1 && part < parts; ++part)
            workers.push_back(&worker(part));
        m_network.meet(phase, workers);
    }
    if (!workers.empty())
        m_network.follow(*workers.front(), m_done);
    update(parts, rate);
    LossSum sum;
    for (const LossSum &loss : std::span(m_partLosses).first(parts))
        sum += loss;
    return sum;
}

/// The loss on these samples as they are, without augmentation.
LossSum Trainer::judge(std::span<const std::size_t> judged)
{
    const std::size_t parts = (judged.size() + m_imagesPerPart - 1) / m_imagesPerPart;
    std::vector<LossSum> losses(parts);
    m_pool.run(parts, [&](std::size_t part, int number) {
        if (m_progress.cancelled())
            return;
        const std::size_t first = part * m_imagesPerPart;
        const auto samples = judged.subspan(first, std::min(m_imagesPerPart, judged.size() - first));
        TrainingNetwork::Worker &worker = filledWorker(std::size_t(number), samples, 0);
        losses[part] = m_network.forward(worker, int(samples.size()), [&](const TrainingNetwork::Outcome &outcome) {
            return loss({samples, inputOf(std::size_t(number), samples.size()), teacherOf(samples)}, 1, outcome);
        });
    });
    LossSum sum;
    for (const LossSum &part : losses)
        sum += part;
    return sum;
}

Result<LossSum> Trainer::epoch(int number, std::int64_t steps)
{
    LossSum sum;
    for (std::size_t first = 0; first < m_order.size(); first += m_batch) {
        const std::size_t count = std::min(m_batch, m_order.size() - first);
        if (m_progress.cancelled())
            return cancelled();
        if (const Result<void> called = callHook(m_done + 1); !called)
            return called.error();
        if (m_done + 1 == m_options.settledAt)
            m_before = {judge(m_probe->samples()), 0};
        const auto rate = float(rateAt(m_options.schedule, m_options.learningRate, m_done, steps));
        const LossSum more = step(number, first, count, rate);
        if (m_progress.cancelled())
            return cancelled();
        if (!std::isfinite(more.loss))
            return noNumber("the loss", number);
        ++m_done;
        if (m_done == m_options.settledAt)
            m_before->trainLoss = more.loss / double(count);
        if (!m_options.beforeStep) // the hook makes the change known
            if (const Result<void> changed = m_network.parametersChanged(m_pool, m_progress); !changed)
                return changed.error();
        sum += more;
        m_progress.report("training", m_done, steps);
    }
    return sum;
}

Error Trainer::diverged(const std::string &what) const
{
    std::string advice = "; lower the learning rate (" + numberText(m_options.learningRate) + " now)";
    constexpr float usualInput = 16; // that networks are made for, by far
    float largest = 0;
    std::vector<float> sample(m_network.input().elements());
    for (const std::size_t number : m_probe->samples()) {
        fillInput(m_network.input(), m_samples, m_scaling, number, 1, std::as_writable_bytes(std::span(sample)));
        for (const float value : sample)
            largest = std::max(largest, std::abs(value));
    }
    if (largest > usualInput)
        advice +=
            ", or scale the inputs, which reach " + numberText(std::round(double(largest))) + ", to about -1 to 1";
    return failed(what + advice);
}

Result<void> Trainer::checkStuck(const EpochResult &result) const
{
    if (m_reproduces)
        return {};
    const auto classes = double(m_network.classes());
    const bool isPlain = !m_teacher && m_options.labelSmoothing == 0;
    // A network that is sure of its errors has a large loss and learns nevertheless.
    const bool isStuck =
        *result.trainAccuracy < std::max(1.5 * m_probe->guess(), 1.05 / classes) &&
        (isPlain ? result.trainLoss > 0.995 * std::log(classes) : *result.trainAccuracy < 1.05 / classes);
    if (m_done < stepsUntilStuck || !isStuck)
        return {};
    return diverged("training is stuck: after epoch " + std::to_string(result.epoch) +
                    " the network is no better than guessing (loss " + numberText(result.trainLoss) + ")");
}

/// Puts the parameters back as they have to be, for what is judged and kept between two epochs.
Result<void> Trainer::settle()
{
    if (const Result<void> called = callHook(noStep); !called)
        return called.error();
    std::ranges::copy(m_network.statistics(), m_state.statistics.begin());
    return {};
}

/// What no loss of an epoch shows: numbers too large since the last step, and a network that training broke.
Result<void> Trainer::checkOutcome()
{
    const auto isFinite = [](float value) { return std::isfinite(value); };
    if (!std::ranges::all_of(m_state.parameters, isFinite))
        return noNumber("a weight", m_state.epoch);
    if (!std::ranges::all_of(m_network.statistics(), isFinite))
        return noNumber("a mean or variance", m_state.epoch);
    if (m_options.epochs == 0)
        return {};
    const LossSum judged = judge(m_probe->samples());
    if (m_progress.cancelled())
        return cancelled();
    if (!std::isfinite(judged.loss))
        return noNumber("the loss behind the last step", m_state.epoch);
    if (!m_options.beforeStep && !m_probe->hasSkill(judged) && answersAlike(m_probe->samples()))
        return diverged("training broke the network: after epoch " + std::to_string(m_state.epoch) +
                        " it answers every sample alike");
    if (!m_before || !m_probe->isBroken(*m_before, {judged, m_trainLoss}))
        return {};
    return diverged("training broke the network: after epoch " + std::to_string(m_state.epoch) +
                    " it is no better than guessing, and worse than it was");
}

/// Whether what the network makes does not depend on the sample: none of its units that learn is left.
bool Trainer::answersAlike(std::span<const std::size_t> samples)
{
    constexpr float sameness = 1e-6f;
    const std::size_t outputs = m_network.classes();
    std::vector<float> first;
    bool areAlike = true;
    for (std::size_t done = 0; done < samples.size() && areAlike && !m_progress.cancelled(); done += m_imagesPerPart) {
        const auto part = samples.subspan(done, std::min(m_imagesPerPart, samples.size() - done));
        m_network.forward(filledWorker(0, part, 0), int(part.size()), [&](const TrainingNetwork::Outcome &outcome) {
            if (first.empty())
                first.assign(outcome.logits.begin(), outcome.logits.begin() + std::ptrdiff_t(outputs));
            for (std::size_t i = 0; i < outcome.logits.size(); ++i) {
                const float usual = first[i % outputs];
                areAlike =
                    areAlike && std::abs(outcome.logits[i] - usual) <= sameness * std::max(1.0f, std::abs(usual));
            }
            return LossSum();
        });
    }
    return areAlike && samples.size() > 1 && !m_progress.cancelled();
}

Result<void> Trainer::resume()
{
    if (m_options.checkpoint.empty() && m_options.resume.empty())
        return {};
    m_state.fingerprint = fingerprint(m_options, m_state.parameters, m_samples, m_scaling, m_teacherLogits, m_progress);
    if (m_progress.cancelled())
        return cancelled();
    if (m_options.resume.empty())
        return {};
    Result<Checkpoint> read = readCheckpoint(m_options.resume, m_state.fingerprint);
    if (!read)
        return read.error();
    const auto fits = [](const std::vector<float> &row, const std::vector<float> &now) {
        return row.size() == now.size();
    };
    if (!fits(read->parameters, m_state.parameters) || !fits(read->first, m_state.first) ||
        !fits(read->second, m_state.second) || !fits(read->statistics, m_state.statistics) || read->epoch < 0 ||
        read->epoch > m_options.epochs)
        return unusableInput("'" + m_options.resume.string() + "' is damaged: start the training anew");
    m_state = *std::move(read);
    m_network.writeParameters(m_state.parameters, 0);
    std::ranges::copy(m_state.statistics, m_network.statistics().begin());
    return m_network.parametersChanged(m_pool, m_progress);
}

Result<Model> Trainer::run(const std::function<void(const EpochResult &)> &epochFinished)
{
    if (m_options.distillation.teacher) {
        if (m_reproduces)
            return unusableInput("a teacher's answers are those of a classifier; this model reproduces its input: take "
                                 "finetune");
        Result<Teacher> teacher = Teacher::prepare(m_options.distillation.teacher, m_samples, m_options.scaling,
                                                   m_network.classes(), m_pool.size());
        if (!teacher)
            return teacher.error();
        m_teacher = *std::move(teacher);
        Result<std::vector<float>> logits = m_teacher->logits(m_samples, m_pool, m_progress);
        if (!logits)
            return logits.error();
        m_teacherLogits = *std::move(logits);
    }
    if (const Result<void> resumed = resume(); !resumed)
        return resumed.error();
    const auto stepsPerEpoch = std::int64_t((m_order.size() + m_batch - 1) / m_batch);
    m_done = stepsPerEpoch * m_state.epoch;
    for (int number = 1; number <= m_options.epochs; ++number) {
        Random random(m_options.seed, std::uint64_t(number));
        random.shuffle(m_order);
        if (number <= m_state.epoch)
            continue;
        if (m_options.patience > 0 && m_state.bestEpoch > 0 && m_state.epoch - m_state.bestEpoch >= m_options.patience)
            break;
        const Result<LossSum> sum = epoch(number, stepsPerEpoch * m_options.epochs);
        if (!sum)
            return sum.error();
        if (const Result<void> settled = settle(); !settled)
            return settled.error();
        const auto count = double(m_order.size());
        EpochResult result{number, sum->loss / count};
        if (!m_reproduces)
            result.trainAccuracy = double(sum->correct) / count;
        m_trainLoss = result.trainLoss;
        if (const Result<void> checked = checkStuck(result); !checked)
            return checked.error();
        if (!m_validation.empty()) {
            const LossSum judged = judge(m_validation);
            if (m_progress.cancelled())
                return cancelled();
            if (!std::isfinite(judged.loss))
                return noNumber("the loss on the samples kept back", number);
            result.validationLoss = judged.loss / double(m_validation.size());
            if (!m_reproduces)
                result.validationAccuracy = double(judged.correct) / double(m_validation.size());
            if (m_options.patience > 0 && m_done >= m_options.settledAt &&
                (m_state.bestEpoch == 0 || *result.validationLoss < m_state.bestLoss)) {
                m_state.best = m_state.parameters;
                m_state.bestStatistics = m_state.statistics;
                m_state.bestLoss = *result.validationLoss;
                m_state.bestEpoch = number;
            }
        }
        m_state.epoch = number;
        if (!m_options.checkpoint.empty())
            if (const Result<void> written = writeCheckpoint(m_state, m_options.checkpoint); !written)
                return written.error();
        if (epochFinished)
            epochFinished(result);
    }
    if (!m_state.best.empty()) {
        m_state.parameters = m_state.best;
        m_network.writeParameters(m_state.parameters, 0);
        std::ranges::copy(m_state.bestStatistics, m_network.statistics().begin());
        if (const Result<void> changed = m_network.parametersChanged(m_pool, m_progress); !changed)
            return changed.error();
    }
    if (const Result<void> settled = settle(); !settled)
        return settled.error();
    if (const Result<void> sound = checkOutcome(); !sound)
        return sound.error();
    return m_network.model();
}

} // namespace

Result<ModelPtr> train(const ModelPtr &model, const Dataset &data, const TrainOptions &options, ThreadPool &pool,
                       const std::function<void(const EpochResult &)> &epochFinished, const Progress &progress)
{
    if (const Result<void> checked = checkTrainOptions(options); !checked)
        return checked.error();
    Result<TrainingNetwork> network = TrainingNetwork::prepare(*model, options.transforms, options.layers);
    if (!network)
        return network.error();
    if (const Result<void> checked = checkTrainSamples(data, network->classes(), model->main()); !checked)
        return checked.error();
    Trainer trainer(*std::move(network), data, labelKindFor(model->main(), data), options, pool, progress);
    Result<Model> trained = trainer.run(epochFinished);
    if (!trained)
        return trained.error();
    return std::make_shared<const Model>(*std::move(trained));
}

} // namespace espalier
