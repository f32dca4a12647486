// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/techniques/activationranges.h"

#include "core/engine/engine.h"
#include "core/techniques/clippedrange.h"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <functional>
#include <limits>
#include <memory>
#include <span>

namespace espalier {

namespace {

/// Samples whose common extremes are one step of a moving average: as an observer of PyTorch sees batches of them.
constexpr std::size_t movingAverageBatch = 32;

constexpr std::size_t lanes = 16; // so that the compiler may compare that many values at once

Result<const Samples *> calibrationSamples(const Graph &graph, const TechniqueContext &context)
{
    if (!context.data)
        return invalidArgument("calibration needs a data set, and none was given");
    const Samples &samples = context.data->calibration;
    if (samples.count == 0)
        return unusableInput("the data set \"" + context.data->name + "\" has no calibration samples");
    if (graph.inputs.size() != 1)
        return unusableInput("the model has " + std::to_string(graph.inputs.size()) +
                             " inputs, and a data set feeds one");
    if (const Result<void> fits = checkFit(graph, samples); !fits)
        return fits.error();
    return &samples;
}

float mean(std::span<const float> values)
{
    double sum = 0;
    for (const float value : values)
        sum += double(value);
    return float(sum / double(values.size()));
}

/// The calibration samples of a context, run through a float model as often as a method needs.
class Calibrator
{
public:
    static Result<Calibrator> make(const ModelPtr &model, const Calibration &calibration, TechniqueContext &context);

    Result<std::vector<ActivationRange>> extremes();
    Result<std::vector<ActivationRange>> averages();
    Result<std::vector<ActivationRange>> clipped(const std::vector<ActivationRange> &extremes);
    Result<std::vector<std::vector<ChannelMoments>>> moments(const std::vector<TensorId> &tensors);

    /// The values of a float32 tensor over a batch of samples, the first of which has this number.
    using Visit = std::function<void(int worker, TensorId tensor, std::size_t sample, std::span<const float> values)>;
    bool run(const Visit &visit); ///< false where it was cancelled

private:
    Calibrator(ProgramPtr program, const Samples &samples, const Calibration &calibration, TechniqueContext &context)
        : m_program(std::move(program)), m_samples(samples.spread(calibration.samples)), m_calibration(calibration),
          m_context(context)
    {
    }

    const Graph &graph() const { return m_program->graph(); }
    std::size_t batch() const { return std::size_t(std::max(1, m_program->preferredBatch())); }
    std::size_t count() const { return m_samples.count; }
    Error notFinite(std::size_t tensor) const;

    ProgramPtr m_program;
    Samples m_samples;
    const Calibration &m_calibration;
    TechniqueContext &m_context;
    int m_passes = 0;
};

Result<Calibrator> Calibrator::make(const ModelPtr &model, const Calibration &calibration, TechniqueContext &context)
{
    const Result<const Samples *> samples = calibrationSamples(model->main(), context);
    if (!samples)
        return samples.error();
    Result<ProgramPtr> program = Program::compile(model);
    if (!program)
        return program.error().in("calibration runs the float model, and");
    return Calibrator(*std::move(program), **samples, calibration, context);
}

bool Calibrator::run(const Visit &visit)
{
    const std::size_t batch = this->batch();
    const std::size_t chunks = (count() + batch - 1) / batch;
    std::vector<std::unique_ptr<Session>> sessions(std::size_t(m_context.pool.size()));
    const bool isSecond = m_passes++ > 0;
    std::atomic<std::int64_t> done = 0;
    m_context.pool.run(chunks, [&](std::size_t chunk, int worker) {
        if (m_context.progress.cancelled())
            return;
        std::unique_ptr<Session> &session = sessions[std::size_t(worker)];
        if (!session)
            session = std::make_unique<Session>(m_program, int(batch));
        const std::size_t first = chunk * batch, size = std::min(batch, count() - first);
        fillInput(graph()[graph().inputs[0]], m_samples, m_context.scaling, first, size, session->input());
        session->run(int(size), [&](TensorId id, std::span<const std::byte> bytes) {
            if (graph()[id].type == DType::float32)
                visit(worker, id, first,
                      std::span(reinterpret_cast<const float *>(bytes.data()), bytes.size() / sizeof(float)));
        });
        m_context.progress.report(isSecond ? "counting values" : "calibrating", done += std::int64_t(size),
                                  std::int64_t(count()));
    });
    return !m_context.progress.cancelled();
}

Error Calibrator::notFinite(std::size_t tensor) const
{
    return unusableInput("calibration gave values of \"" + graph().tensors[tensor].name +
                         "\" that are not finite numbers: check the data and its scaling");
}

Result<std::vector<ActivationRange>> Calibrator::extremes()
{
    // Smallest and largest do not depend on the order, so each worker may gather its own.
    std::vector<std::vector<Extremes>> perWorker(std::size_t(m_context.pool.size()),
                                                 std::vector<Extremes>(graph().tensors.size()));
    if (!run([&](int worker, TensorId id, std::size_t, std::span<const float> values) {
            perWorker[std::size_t(worker)][std::size_t(id.index)].include(extremesOf(values));
        }))
        return cancelled();
    std::vector<ActivationRange> ranges(graph().tensors.size());
    for (std::size_t i = 0; i < ranges.size(); ++i) {
        Extremes all;
        for (const std::vector<Extremes> &extremes : perWorker)
            all.include(extremes[i]);
        if (!all.finite)
            return notFinite(i);
        if (all.minimum <= all.maximum)
            ranges[i] = {all.minimum, all.maximum, true};
    }
    return ranges;
}

Result<std::vector<ActivationRange>> Calibrator::averages()
{
    std::vector<std::vector<Extremes>> perTensor(graph().tensors.size());
    for (std::size_t i = 0; i < perTensor.size(); ++i)
        if (graph().tensors[i].type == DType::float32 && !graph().tensors[i].isConstant())
            perTensor[i].resize(count());
    if (!run([&](int, TensorId id, std::size_t first, std::span<const float> values) {
            const std::size_t elements = graph()[id].elements();
            for (std::size_t k = 0; elements > 0 && k < values.size() / elements; ++k)
                perTensor[std::size_t(id.index)][first + k] = extremesOf(values.subspan(k * elements, elements));
        }))
        return cancelled();
    std::vector<ActivationRange> ranges(graph().tensors.size());
    for (std::size_t i = 0; i < ranges.size(); ++i) {
        const bool isMoving = m_calibration.method == "moving-average";
        const std::size_t together = isMoving ? movingAverageBatch : 1;
        std::vector<float> lows, highs;
        for (std::size_t first = 0; first < perTensor[i].size(); first += together) {
            Extremes batch;
            for (std::size_t k = first; k < std::min(first + together, perTensor[i].size()); ++k)
                batch.include(perTensor[i][k]);
            if (!batch.finite)
                return notFinite(i);
            if (batch.minimum <= batch.maximum) {
                lows.push_back(batch.minimum);
                highs.push_back(batch.maximum);
            }
        }
        if (lows.empty())
            continue;
        ranges[i] = {isMoving ? movingAverage(lows) : mean(lows), isMoving ? movingAverage(highs) : mean(highs), true};
    }
    return ranges;
}

Result<std::vector<ActivationRange>> Calibrator::clipped(const std::vector<ActivationRange> &extremes)
{
    const bool isEntropy = m_calibration.method == "entropy";
    const auto empty = [&](const ActivationRange &range) {
        return isEntropy ? Histogram::between(range.minimum, range.maximum)
                         : Histogram::around(range.minimum, range.maximum);
    };
    std::vector<std::vector<std::unique_ptr<Histogram>>> perWorker(std::size_t(m_context.pool.size()));
    for (auto &histograms : perWorker)
        histograms.resize(extremes.size());
    if (!run([&](int worker, TensorId id, std::size_t, std::span<const float> values) {
            std::unique_ptr<Histogram> &mine = perWorker[std::size_t(worker)][std::size_t(id.index)];
            if (!mine)
                mine = std::make_unique<Histogram>(empty(extremes[std::size_t(id.index)]));
            mine->add(values);
        }))
        return cancelled();
    std::vector<ActivationRange> ranges = extremes;
    m_context.pool.run(ranges.size(), [&](std::size_t i, int) {
        ActivationRange &range = ranges[i];
        if (!range.seen || range.minimum == range.maximum || m_context.progress.cancelled())
            return;
        Histogram all = empty(range);
        for (const auto &histograms : perWorker)
            if (histograms[i])
                all.add(*histograms[i]);
        const std::string &method = m_calibration.method;
        const ClippedRange best = method == "percentile" ? percentileRange(all, m_calibration.percentile)
                                  : method == "mse"      ? leastSquaresRange(all, 8)
                                  : method == "entropy"  ? entropyRange(all)
                                                         : enhancedRange(all, 8);
        range.minimum = best.minimum;
        range.maximum = best.maximum;
    });
    if (m_context.progress.cancelled())
        return cancelled();
    return ranges;
}

Result<std::vector<std::vector<ChannelMoments>>> Calibrator::moments(const std::vector<TensorId> &tensors)
{
    struct Sums
    {
        double values = 0, squares = 0;
    };
    // Sums depend on the order, so each batch has its own, and they are added in the order of batches.
    const std::size_t batches = (count() + batch() - 1) / batch();
    std::vector<std::vector<std::vector<Sums>>> perTensor(tensors.size(), std::vector<std::vector<Sums>>(batches));
    std::vector<std::size_t> elements(tensors.size(), 0);
    for (std::size_t i = 0; i < tensors.size(); ++i)
        elements[i] = graph()[tensors[i]].elements();
    if (!run([&](int, TensorId id, std::size_t first, std::span<const float> values) {
            for (std::size_t i = 0; i < tensors.size(); ++i) {
                if (tensors[i] != id)
                    continue;
                std::vector<Sums> &sums = perTensor[i][first / batch()];
                sums.assign(std::size_t(graph()[id].shape.back()), {});
                for (std::size_t k = 0; k < values.size(); k += sums.size())
                    for (std::size_t c = 0; c < sums.size(); ++c) {
                        const auto value = double(values[k + c]);
                        sums[c].values += value;
                        sums[c].squares += value * value;
                    }
            }
        }))
        return cancelled();
    std::vector<std::vector<ChannelMoments>> result;
    for (std::size_t i = 0; i < tensors.size(); ++i) {
        std::vector<ChannelMoments> &channels = result.emplace_back(std::size_t(graph()[tensors[i]].shape.back()));
        for (std::size_t c = 0; c < channels.size(); ++c) {
            Sums all;
            for (const std::vector<Sums> &sums : perTensor[i]) {
                all.values += sums[c].values;
                all.squares += sums[c].squares;
            }
            const double values = double(elements[i] / channels.size()) * double(count());
            const double mean = all.values / values;
            channels[c] = {mean, std::sqrt(std::max(0.0, all.squares / values - mean * mean))};
            if (!std::isfinite(channels[c].mean) || !std::isfinite(channels[c].deviation))
                return notFinite(std::size_t(tensors[i].index));
        }
    }
    return result;
}

} // namespace

Extremes extremesOf(std::span<const float> values)
{
    float low[lanes], high[lanes], rest[lanes];
    std::fill_n(low, lanes, std::numeric_limits<float>::infinity());
    std::fill_n(high, lanes, -std::numeric_limits<float>::infinity());
    std::fill_n(rest, lanes, 0.0f);
    const auto include = [&](std::size_t lane, float value) {
        low[lane] = value < low[lane] ? value : low[lane];
        high[lane] = value > high[lane] ? value : high[lane];
        rest[lane] += value - value; // stays 0 unless a value is infinite or not a number
    };
    const std::size_t whole = values.size() / lanes * lanes;
    for (std::size_t i = 0; i < whole; i += lanes)
        for (std::size_t lane = 0; lane < lanes; ++lane)
            include(lane, values[i + lane]);
    for (std::size_t i = whole; i < values.size(); ++i)
        include(i - whole, values[i]);
    Extremes all;
    for (std::size_t lane = 0; lane < lanes; ++lane)
        all.include({low[lane], high[lane], rest[lane] == 0});
    return all;
}

AffineParameters parametersOf(const ActivationRange &range, int bits)
{
    return bits < 8 && range.minimum >= 0 ? activationParametersOfBits(range.maximum, bits)
                                          : activationParameters(range.minimum, range.maximum);
}

std::vector<int> bitsOfActivations(const Graph &graph, int bits)
{
    std::vector<int> all(graph.tensors.size(), bits);
    for (const TensorId id : graph.inputs)
        all[std::size_t(id.index)] = 8;
    return all;
}

ParameterSpec activationBitsParameter()
{
    return {
        "activation-bits",
        "Activation bits",
        "Bits of each activation that is never negative, such as those behind a ReLU; the others and the input have 8.",
        std::int64_t(8),
        2,
        8};
}

float movingAverage(std::span<const float> values)
{
    constexpr float weight = 0.01f;
    float average = values.front();
    for (const float value : values.subspan(1))
        average += weight * (value - average);
    return average;
}

std::vector<ParameterSpec> calibrationParameters()
{
    return {
        {.key = "calibration",
         .title = "Calibration",
         .description = "How the range of each activation follows from the values that calibration samples give it.",
         .defaultValue = std::string("minmax"),
         .choices = {"minmax", "moving-average", "mean", "percentile", "mse", "entropy", "tf_enhanced"},
         .scope = ParameterScope::either},
        {.key = "percentile",
         .title = "Percentile",
         .description = "Share of the values below the upper end of the range, and above the lower one, with "
                        "calibration=percentile.",
         .defaultValue = 99.99,
         .minimum = 50.1,
         .maximum = 100,
         .unit = "%",
         .scope = ParameterScope::either},
        {.key = "samples",
         .title = "Samples",
         .description = "How many calibration samples are run, spread over those that the data set has.",
         .defaultValue = std::int64_t(500),
         .minimum = 1,
         .maximum = 1e6}};
}

Calibration calibrationOf(const ParameterValues &settings)
{
    return {settings.text("calibration"), std::size_t(settings.integer("samples")), settings.real("percentile")};
}

Result<std::vector<ActivationRange>> activationRanges(const ModelPtr &model, const Calibration &calibration,
                                                      TechniqueContext &context)
{
    Result<Calibrator> calibrator = Calibrator::make(model, calibration, context);
    if (!calibrator)
        return calibrator.error();
    if (calibration.method == "moving-average" || calibration.method == "mean")
        return calibrator->averages();
    Result<std::vector<ActivationRange>> extremes = calibrator->extremes();
    if (!extremes || calibration.method == "minmax")
        return extremes;
    return calibrator->clipped(*extremes);
}

Result<void> visitActivations(const ModelPtr &model, const Calibration &calibration, TechniqueContext &context,
                              const ActivationVisitor &visitor)
{
    Result<Calibrator> calibrator = Calibrator::make(model, calibration, context);
    if (!calibrator)
        return calibrator.error();
    const bool finished = calibrator->run([&](int, TensorId tensor, std::size_t sample, std::span<const float> values) {
        visitor(tensor, sample, values);
    });
    return finished ? Result<void>() : cancelled();
}

Result<std::vector<std::vector<ChannelMoments>>> channelMoments(const ModelPtr &model, const Calibration &calibration,
                                                                const std::vector<TensorId> &tensors,
                                                                TechniqueContext &context)
{
    Result<Calibrator> calibrator = Calibrator::make(model, calibration, context);
    if (!calibrator)
        return calibrator.error();
    return calibrator->moments(tensors);
}

} // namespace espalier
