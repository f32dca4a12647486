// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ourtraining.h"

#include "core/base/random.h"
#include "core/techniques/fakequantization.h"
#include "core/train/architectures/architecture.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <ctime>

namespace espalier::benchmarks {

namespace {

double seconds(clockid_t clock)
{
    timespec now{};
    clock_gettime(clock, &now);
    return double(now.tv_sec) + 1e-9 * double(now.tv_nsec);
}

} // namespace

void fail(const std::string &why)
{
    std::fprintf(stderr, "%s\n", why.c_str());
    std::exit(1);
}

Untrained untrained(const Network &network)
{
    Result<Untrained> built =
        findArchitecture(network.name)->build({network.sample, network.classes, 1, network.width});
    if (!built)
        fail(built.error().message);
    return *std::move(built);
}

Dataset noise(const Network &network, std::size_t count)
{
    Dataset data;
    data.name = "noise";
    data.classes = network.classes;
    data.labelKind = network.classes == 0 ? LabelKind::anomaly : LabelKind::classes;
    Random random(7);
    std::vector<float> values;
    for (std::size_t i = 0; i < count; ++i) {
        data.train.labels.push_back(std::int32_t(random.below(std::max<std::size_t>(network.classes, 1))));
        for (std::size_t k = 0; k < elementCount(network.sample); ++k)
            values.push_back(float(random.uniform() - 0.5 + 0.1 * data.train.labels.back()));
    }
    data.train.shape = network.sample;
    data.train.count = count;
    data.train.values = sharedBytes(values);
    data.calibration = data.test = data.train.first(64);
    return data;
}

OurTraining::OurTraining(const Network &network, int batch, Form form)
    : m_data(noise(network, std::size_t(batch) * batchesPerEpoch))
{
    const Untrained built = untrained(network);
    m_model = built.model;
    if (form == Form::fresh)
        m_options.layers = built.layers;
    m_options.batch = batch;
    m_options.learningRate = 0.001;
    m_options.schedule.kind = RateSchedule::constant;
    if (form == Form::quantizeAware)
        quantize();
}

void OurTraining::quantize()
{
    ThreadPool pool(1);
    TechniqueContext context{
        .data = std::make_shared<const Dataset>(m_data), .scaling = {}, .seed = 0, .pool = pool, .progress = {}};
    const Result<std::vector<ActivationRange>> ranges = activationRanges(m_model, {.method = "minmax"}, context);
    if (!ranges)
        fail(ranges.error().message);
    const auto fake = std::make_shared<FakeQuantization>(m_model->main(), *ranges, IntegerPlan(), 0.99);
    m_options.transforms = fake->transforms();
    m_options.beforeStep = [fake](std::int64_t, const TrainingNetwork &, std::span<float>) { fake->update(); };
}

double OurTraining::run(int steps, ThreadPool &pool)
{
    const int epochs = std::max(1, steps / batchesPerEpoch);
    m_options.epochs = 1 + epochs;
    const clockid_t clock = pool.size() == 1 ? CLOCK_PROCESS_CPUTIME_ID : CLOCK_MONOTONIC;
    std::vector<double> ends;
    const Result<ModelPtr> trained =
        train(m_model, m_data, m_options, pool, [&](const EpochResult &) { ends.push_back(seconds(clock)); });
    if (!trained)
        fail(trained.error().message);
    return (ends.back() - ends.front()) / (epochs * batchesPerEpoch);
}

} // namespace espalier::benchmarks
