// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "device/bench/validate.h"

#include <algorithm>
#include <cstring>

namespace espalier::device {

namespace {

// The real values of a tensor's bytes.
std::vector<float> realValues(const Tensor &tensor, const std::uint8_t *bytes)
{
    std::vector<float> values(tensor.elements());
    const float scale = tensor.quantization.empty() ? 1.0f : tensor.quantization.scale[0];
    const auto zero = tensor.quantization.empty() ? 0 : std::int32_t(tensor.quantization.zeroPoint[0]);
    for (std::size_t i = 0; i < values.size(); ++i) {
        if (tensor.type == DType::float32)
            std::memcpy(&values[i], bytes + 4 * i, 4);
        else
            values[i] = scale * float((tensor.type == DType::int8 ? std::int8_t(bytes[i]) : bytes[i]) - zero);
    }
    return values;
}

float meanSquaredError(const std::vector<float> &a, const std::vector<float> &b)
{
    float sum = 0;
    for (std::size_t i = 0; i < std::min(a.size(), b.size()); ++i)
        sum += (a[i] - b[i]) * (a[i] - b[i]);
    return sum / float(std::max<std::size_t>(a.size(), 1));
}

// The share of pairs (normal, anomalous) in which the anomalous one scores higher; ties count half.
double areaUnderRoc(const std::vector<float> &scores, const std::vector<std::int32_t> &labels)
{
    std::vector<float> normal, anomalous;
    for (std::size_t i = 0; i < scores.size(); ++i)
        (labels[i] ? anomalous : normal).push_back(scores[i]);
    if (normal.empty() || anomalous.empty())
        return 0;
    std::ranges::sort(normal);
    double wins = 0;
    for (const float score : anomalous) {
        const auto [below, notAbove] = std::equal_range(normal.begin(), normal.end(), score);
        wins += double(below - normal.begin()) + 0.5 * double(notAbove - below);
    }
    return wins / (double(normal.size()) * double(anomalous.size()));
}

bool isReadable(DType type)
{
    return type == DType::float32 || type == DType::int8 || type == DType::uint8;
}

} // namespace

Result<BoardAccuracy> validateOnBoard(Dut &dut, const Model &model, const BenchOptions &options,
                                      std::chrono::milliseconds deadline, const Progress &progress)
{
    const Graph &graph = model.main();
    if (!options.data)
        return invalidArgument("accuracy on the board needs a data set: name one with --data");
    const Samples samples = options.data->test.first(options.validateSamples);
    if (samples.count == 0 || samples.labels.size() < samples.count)
        return unusableInput("the data set '" + options.data->name + "' has no labelled test samples");
    if (const auto fits = checkFit(graph, samples); !fits)
        return fits.error();
    if (graph.inputs.size() != 1 || !isReadable(graph[graph.outputs[0]].type))
        return failed("accuracy on the board needs a model with one input and a numeric output");

    const Tensor &input = graph[graph.inputs[0]], &output = graph[graph.outputs[0]];
    std::vector<std::uint8_t> bytes(input.bytes());
    std::vector<float> scores;
    std::size_t right = 0;
    for (std::size_t i = 0; i < samples.count; ++i) {
        progress.report("validating on the board", std::int64_t(i), std::int64_t(samples.count));
        fillInput(input, samples, options.scaling, i, 1, std::as_writable_bytes(std::span(bytes)));
        if (const auto loaded = dut.load(bytes); !loaded)
            return loaded.error();
        if (const auto spent = dut.run(deadline); !spent)
            return spent.error();
        const auto answer = dut.output(0, output.bytes());
        if (!answer)
            return answer.error();
        const std::vector<float> values = realValues(output, answer->data());
        if (options.data->labelKind == LabelKind::anomaly)
            scores.push_back(meanSquaredError(realValues(input, bytes.data()), values));
        else
            right += std::ranges::max_element(values) - values.begin() == samples.labels[i];
    }
    progress.report("validating on the board", std::int64_t(samples.count), std::int64_t(samples.count));
    if (options.data->labelKind == LabelKind::anomaly)
        return BoardAccuracy{areaUnderRoc(scores, samples.labels), samples.count};
    return BoardAccuracy{double(right) / double(samples.count), samples.count};
}

} // namespace espalier::device
