// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/metrics/evaluate.h"

#include "core/metrics/noiseinput.h"
#include "core/metrics/realvalues.h"
#include "core/metrics/statistics.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cmath>
#include <cstring>
#include <mutex>
#include <new>
#include <optional>

namespace espalier {

namespace {

using Clock = std::chrono::steady_clock;

double secondsSince(Clock::time_point start)
{
    return std::chrono::duration<double>(Clock::now() - start).count();
}

Result<void> checkLabels(const Graph &graph, const Samples &samples, LabelKind labels)
{
    const Tensor &input = graph[graph.inputs.front()], &output = graph[graph.outputs.front()];
    if (samples.count == 0)
        return unusableInput("the data has no test samples");
    if (samples.labels.size() != samples.count)
        return unusableInput("the data has no labels to compare with");
    if (!hasRealValues(output))
        return unusableInput("the model's output is of type " + std::string(name(output.type)));
    if (labels == LabelKind::unrelated)
        return unusableInput("the model reproduces its input, of which these labels say nothing: give data labelled 0, "
                             "normal, and 1, anomalous");
    if (labels == LabelKind::anomaly && output.elements() != input.elements())
        return unusableInput("labels that mark anomalies need a model that reproduces its input; this one makes " +
                             shapeText(output.shape) + " of " + shapeText(input.shape));
    if (labels == LabelKind::classes && output.elements() == 0)
        return unusableInput("the model's output is empty");
    return {};
}

std::int32_t predictedClass(const Tensor &tensor, std::span<const std::byte> values, std::size_t classes)
{
    if (classes == 1)
        return realValue(tensor, values, 0) > 0.5f ? 1 : 0;
    std::size_t best = 0;
    float highest = realValue(tensor, values, 0);
    for (std::size_t i = 1; i < classes; ++i)
        if (const float value = realValue(tensor, values, i); value > highest) {
            highest = value;
            best = i;
        }
    return std::int32_t(best);
}

bool hasNoNumber(const Tensor &output, std::span<const std::byte> values)
{
    if (output.type != DType::float32 && output.type != DType::float16)
        return false;
    for (std::size_t i = 0; i < output.elements(); ++i)
        if (std::isnan(realValue(output, values, i)))
            return true;
    return false;
}

float reconstructionError(const Tensor &input, std::span<const std::byte> in, const Tensor &output,
                          std::span<const std::byte> out, std::size_t count)
{
    double sum = 0;
    for (std::size_t i = 0; i < count; ++i) {
        const double difference = double(realValue(input, in, i)) - double(realValue(output, out, i));
        sum += difference * difference;
    }
    return float(sum / double(count));
}

/// Runs all samples in micro-batches; each writes its own entries of the result.
class Pass
{
public:
    Pass(const ProgramPtr &program, const Samples &samples, LabelKind labels, const InputScaling &scaling,
         ThreadPool &pool, const Progress &progress, Evaluation &result)
        : m_program(program), m_samples(samples), m_labels(labels), m_scaling(scaling), m_pool(pool),
          m_progress(progress), m_result(result), m_sessions(std::size_t(pool.size()))
    {
        m_batch = std::size_t(program->preferredBatch(samples.count, pool.size()));
        if (labels == LabelKind::classes)
            result.predicted.resize(samples.count);
        else
            result.scores.resize(samples.count);
    }

    void run()
    {
        const std::size_t batches = (m_samples.count + m_batch - 1) / m_batch;
        m_progress.report(phase, 0, std::int64_t(m_samples.count));
        m_pool.run(batches, [&](std::size_t index, int worker) {
            if (m_progress.cancelled())
                return;
            const std::size_t first = index * m_batch;
            const std::size_t count = std::min(m_batch, m_samples.count - first);
            runBatch(first, count, m_sessions[std::size_t(worker)]);
            const std::lock_guard lock(m_mutex);
            m_done += std::int64_t(count);
            m_progress.report(phase, m_done, std::int64_t(m_samples.count));
        });
    }

    /// Samples for which an output is no number.
    std::size_t noNumbers() const { return m_noNumbers; }

private:
    static constexpr std::string_view phase = "evaluating";

    void runBatch(std::size_t first, std::size_t count, std::optional<Session> &session)
    {
        if (!session)
            session.emplace(m_program, int(m_batch));
        const Graph &graph = m_program->graph();
        const Tensor &input = graph[graph.inputs.front()], &output = graph[graph.outputs.front()];
        const std::span<std::byte> in = session->input().first(count * input.bytes());
        fillInput(input, m_samples, m_scaling, first, count, in);
        session->run(int(count));
        const std::span<const std::byte> out = session->output();
        for (std::size_t i = 0; i < count; ++i) {
            const auto ofSample = out.subspan(i * output.bytes(), output.bytes());
            if (hasNoNumber(output, ofSample))
                ++m_noNumbers;
            if (m_labels == LabelKind::classes)
                m_result.predicted[first + i] = predictedClass(output, ofSample, output.elements());
            else
                m_result.scores[first + i] = reconstructionError(input, in.subspan(i * input.bytes(), input.bytes()),
                                                                 output, ofSample, output.elements());
        }
    }

    const ProgramPtr &m_program;
    const Samples &m_samples;
    LabelKind m_labels;
    const InputScaling &m_scaling;
    ThreadPool &m_pool;
    const Progress &m_progress;
    Evaluation &m_result;
    std::vector<std::optional<Session>> m_sessions; // per worker
    std::size_t m_batch = 1;
    std::mutex m_mutex;
    std::int64_t m_done = 0;
    std::atomic<std::size_t> m_noNumbers = 0;
};

/// Where samples are windows of recordings, the recording is judged: by the mean score of its windows, which takes the
/// place of theirs.
AreaUnderCurve judgeRecordings(std::vector<float> &scores, const Samples &samples)
{
    if (samples.recordings.empty())
        return areaUnderCurve(scores, samples.labels);
    std::vector<float> means;
    std::vector<std::int32_t> labels;
    for (std::size_t first = 0, end = 0; first < scores.size(); first = end) {
        double sum = 0;
        for (end = first; end < scores.size() && samples.recordings[end] == samples.recordings[first]; ++end)
            sum += double(scores[end]);
        const auto mean = float(sum / double(end - first));
        std::fill(scores.begin() + std::ptrdiff_t(first), scores.begin() + std::ptrdiff_t(end), mean);
        means.push_back(mean);
        labels.push_back(samples.labels[first]);
    }
    return areaUnderCurve(means, labels);
}

} // namespace

Result<Evaluation> evaluate(const ProgramPtr &program, const Samples &samples, LabelKind labels,
                            const InputScaling &scaling, ThreadPool &pool, const Progress &progress)
{
    if (const Result<void> fit = checkFit(program->graph(), samples); !fit)
        return fit.error();
    if (const Result<void> checked = checkLabels(program->graph(), samples, labels); !checked)
        return checked.error();
    Evaluation result;
    result.samples = samples.count;
    std::size_t noNumbers = 0;
    const Clock::time_point start = Clock::now();
    try {
        Pass pass(program, samples, labels, scaling, pool, progress, result);
        pass.run();
        noNumbers = pass.noNumbers();
    } catch (const std::bad_alloc &) {
        return failed("not enough memory to evaluate the model");
    }
    result.seconds = secondsSince(start);
    if (progress.cancelled())
        return cancelled();
    if (noNumbers > 0)
        return failed("for " + std::to_string(noNumbers) + " of " + std::to_string(samples.count) +
                      " samples an output of the model is not a number: its weights are broken, or the samples are "
                      "not scaled as it wants them");

    if (labels == LabelKind::anomaly) {
        const AreaUnderCurve curve = judgeRecordings(result.scores, samples);
        if (std::isnan(curve.area))
            return unusableInput("the data needs both normal and anomalous test samples");
        result.accuracy = curve.area;
        result.confidence95 = curve.halfWidth;
        return result;
    }
    std::size_t right = 0;
    for (std::size_t i = 0; i < samples.count; ++i)
        right += result.predicted[i] == samples.labels[i] ? 1 : 0;
    result.accuracy = double(right) / double(samples.count);
    result.confidence95 = wilsonHalfWidth(right, samples.count);
    return result;
}

HostTime hostTime(const ProgramPtr &program, const Progress &progress)
{
    constexpr int warmUpRuns = 3, fewestRuns = 30, mostRuns = 1000;
    constexpr double enoughSeconds = 0.25;
    Session session(program);
    const Graph &graph = program->graph();
    for (std::size_t i = 0; i < graph.inputs.size(); ++i)
        fillWithNoise(graph[graph.inputs[i]].type, session.input(i));
    for (int run = 0; run < warmUpRuns && !progress.cancelled(); ++run)
        session.run();

    std::vector<double> milliseconds;
    const Clock::time_point start = Clock::now();
    while (int(milliseconds.size()) < mostRuns && !progress.cancelled()) {
        const Clock::time_point before = Clock::now();
        session.run();
        milliseconds.push_back(1000 * secondsSince(before));
        const auto runs = std::int64_t(milliseconds.size());
        progress.report("timing", std::min<std::int64_t>(runs, fewestRuns), fewestRuns);
        if (runs >= fewestRuns && secondsSince(start) >= enoughSeconds)
            break;
    }
    HostTime time;
    time.runs = int(milliseconds.size());
    if (milliseconds.empty())
        return time;
    std::ranges::sort(milliseconds);
    const std::size_t middle = milliseconds.size() / 2;
    time.medianMs =
        milliseconds.size() % 2 == 1 ? milliseconds[middle] : (milliseconds[middle - 1] + milliseconds[middle]) / 2;
    time.minMs = milliseconds.front();
    time.maxMs = milliseconds.back();
    return time;
}

} // namespace espalier
