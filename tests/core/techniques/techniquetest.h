// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/engine/engine.h"
#include "core/formats/modelformat.h"
#include "core/metrics/evaluate.h"
#include "core/techniques/recipe.h"
#include "modelbuilder.h"

#include <QtTest>

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

namespace espalier::test {

/// Data that fits sampleModel(): noise, with labels.
inline DatasetPtr noise(std::size_t count)
{
    auto data = std::make_shared<Dataset>();
    data->name = "noise";
    data->classes = 5;
    Random random(9);
    for (Samples *samples : {&data->train, &data->calibration, &data->test}) {
        std::vector<float> values(count * 128);
        for (float &value : values)
            value = float(random.uniform() * 2 - 1);
        samples->shape = {8, 8, 2};
        samples->count = count;
        samples->values = sharedBytes(values);
        for (std::size_t i = 0; i < count; ++i)
            samples->labels.push_back(std::int32_t(random.below(5)));
    }
    return data;
}

inline Result<ModelPtr> applied(const ModelPtr &model, const std::string &recipe, ThreadPool &pool,
                                std::uint64_t seed = 1, DatasetPtr data = noise(20), const Progress &progress = {})
{
    const Result<Recipe> parsed = Recipe::parse(recipe);
    if (!parsed)
        return parsed.error();
    TechniqueContext context{std::move(data), {}, seed, pool, progress};
    return parsed->apply(model, context);
}

inline Bytes written(const ModelPtr &model)
{
    const auto tflite = std::ranges::find(modelFormats(), "tflite", &ModelFormat::id);
    const Result<Bytes> bytes = (*tflite)->write(*model);
    if (!bytes)
        qFatal("%s", bytes.error().message.c_str());
    return *bytes;
}

/// The probabilities that a model gives for the first samples, as floats.
inline std::vector<float> outputs(const ModelPtr &model, const Samples &samples = noise(20)->test)
{
    const Result<ProgramPtr> program = Program::compile(model);
    if (!program)
        qFatal("%s", program.error().message.c_str());
    const Graph &graph = (*program)->graph();
    const Tensor &input = graph[graph.inputs[0]], &output = graph[graph.outputs[0]];
    Session session(*program, 8);
    fillInput(input, samples, InputScaling(), 0, 8, session.input());
    session.run(8);
    std::vector<float> all;
    const auto append = [&]<class T>(const T *results) {
        for (std::size_t i = 0; i < 8 * output.elements(); ++i) {
            if constexpr (std::is_same_v<T, float>)
                all.push_back(results[i]);
            else
                all.push_back(output.quantization.scale[0] *
                              float(std::int64_t(results[i]) - output.quantization.zeroPoint[0]));
        }
    };
    const std::byte *const bytes = session.output().data();
    if (output.type == DType::float32)
        append(reinterpret_cast<const float *>(bytes));
    else if (output.type == DType::int16)
        append(reinterpret_cast<const std::int16_t *>(bytes));
    else
        append(reinterpret_cast<const std::int8_t *>(bytes));
    return all;
}

inline float largestDifference(const std::vector<float> &a, const std::vector<float> &b)
{
    float largest = 0;
    for (std::size_t i = 0; i < a.size(); ++i)
        largest = std::max(largest, std::abs(a[i] - b[i]));
    return largest;
}

} // namespace espalier::test
