// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/techniques/activationranges.h"

#include "core/engine/engine.h"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <limits>
#include <memory>
#include <span>

namespace espalier {

namespace {

constexpr std::size_t lanes = 16; // so that the compiler may compare that many values at once

struct Extremes
{
    float minimum = std::numeric_limits<float>::infinity();
    float maximum = -std::numeric_limits<float>::infinity();
    bool finite = true;

    void include(const Extremes &other)
    {
        minimum = std::min(minimum, other.minimum);
        maximum = std::max(maximum, other.maximum);
        finite = finite && other.finite;
    }
};

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

} // namespace

Result<std::vector<ActivationRange>> activationRanges(const ModelPtr &model, std::size_t limit,
                                                      TechniqueContext &context)
{
    const Graph &graph = model->main();
    const Result<const Samples *> found = calibrationSamples(graph, context);
    if (!found)
        return found.error();
    const Samples &samples = **found;
    const std::size_t count = std::min(samples.count, limit);
    const Result<ProgramPtr> program = Program::compile(model);
    if (!program)
        return program.error().in("calibration runs the float model, and");

    const auto batch = std::size_t(std::max(1, (*program)->preferredBatch()));
    const std::size_t chunks = (count + batch - 1) / batch;
    std::vector<std::unique_ptr<Session>> sessions(std::size_t(context.pool.size()));
    std::vector<std::vector<Extremes>> perWorker(sessions.size(), std::vector<Extremes>(graph.tensors.size()));
    std::atomic<std::int64_t> done = 0;
    // Smallest and largest do not depend on the order, so each worker may gather its own.
    context.pool.run(chunks, [&](std::size_t chunk, int worker) {
        if (context.progress.cancelled())
            return;
        std::unique_ptr<Session> &session = sessions[std::size_t(worker)];
        if (!session)
            session = std::make_unique<Session>(*program, int(batch));
        const std::size_t first = chunk * batch, size = std::min(batch, count - first);
        fillInput(graph[graph.inputs[0]], samples, context.scaling, first, size, session->input());
        session->run(int(size), [&](TensorId id, std::span<const std::byte> bytes) {
            if (graph[id].type != DType::float32)
                return;
            const std::span values(reinterpret_cast<const float *>(bytes.data()), bytes.size() / sizeof(float));
            perWorker[std::size_t(worker)][std::size_t(id.index)].include(extremesOf(values));
        });
        context.progress.report("calibrating", done += std::int64_t(size), std::int64_t(count));
    });
    if (context.progress.cancelled())
        return cancelled();

    std::vector<ActivationRange> ranges(graph.tensors.size());
    for (std::size_t i = 0; i < ranges.size(); ++i) {
        Extremes all;
        for (const std::vector<Extremes> &extremes : perWorker)
            all.include(extremes[i]);
        if (!all.finite)
            return unusableInput("calibration gave values of \"" + graph.tensors[i].name +
                                 "\" that are not finite numbers: check the data and its scaling");
        if (all.minimum <= all.maximum)
            ranges[i] = {all.minimum, all.maximum, true};
    }
    return ranges;
}

} // namespace espalier
