// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/random.h"
#include "core/data/dataset.h"
#include "core/engine/engine.h"
#include "support/graphbuilder.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>

/// A dense network of 6 inputs, 24 hidden units and, by default, 4 classes, with fixed pseudo-random weights.
inline espalier::ModelPtr tinyModel(std::int32_t outputs = 4)
{
    using namespace espalier;
    Random random(3);
    const auto weights = [&](std::size_t count) {
        std::vector<float> values(count);
        for (float &value : values)
            value = float(random.uniform() * 2 - 1);
        return values;
    };
    GraphBuilder b;
    const TensorId x = b.input({1, 6});
    const TensorId hidden = b.fullyConnected(x, b.constant({24, 6}, weights(144)), b.constant({24}, weights(24)),
                                             {.activation = Activation::relu});
    return b.model({b.fullyConnected(hidden, b.constant({outputs, 24}, weights(24 * std::size_t(outputs))),
                                     b.constant({outputs}, weights(std::size_t(outputs))))});
}

inline constexpr std::size_t tinySamples = 200;

/// Samples of the tiny model whose labels are its own answers; calibration samples without labels.
inline espalier::DatasetPtr tinyData(const espalier::ModelPtr &model)
{
    using namespace espalier;
    Random random(4);
    const auto samples = [&](std::size_t count) {
        std::vector<float> values(count * 6);
        for (float &value : values)
            value = float(random.uniform() * 2 - 1);
        return Samples{DType::float32, {6}, count, sharedBytes(values), {}, {}};
    };
    Dataset data;
    data.name = "tiny";
    data.path = "tiny";
    data.calibration = samples(50);
    data.test = samples(tinySamples);
    data.classes = 4;
    const Result<ProgramPtr> program = Program::compile(model);
    if (!program)
        std::abort();
    Session session(*program);
    for (std::size_t i = 0; i < tinySamples; ++i) {
        std::memcpy(session.input().data(), data.test.sample(i).data(), data.test.sampleBytes());
        session.run();
        const auto *scores = reinterpret_cast<const float *>(session.output().data());
        data.test.labels.push_back(std::int32_t(std::max_element(scores, scores + 4) - scores));
    }
    return std::make_shared<const Dataset>(std::move(data));
}
