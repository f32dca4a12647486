// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "device/bench/validate.h"

#include "core/data/labelkind.h"
#include "core/metrics/realvalues.h"
#include "core/metrics/statistics.h"

#include <cmath>

namespace espalier::device {

namespace {

// As the host's evaluation: the first maximum; a single output means class 1 above one half.
std::int32_t predictedClass(const Tensor &output, std::span<const std::byte> values)
{
    if (output.elements() == 1)
        return realValue(output, values, 0) > 0.5f ? 1 : 0;
    std::size_t best = 0;
    for (std::size_t i = 1; i < output.elements(); ++i)
        best = realValue(output, values, i) > realValue(output, values, best) ? i : best;
    return std::int32_t(best);
}

float reconstructionError(const Tensor &input, std::span<const std::byte> in, const Tensor &output,
                          std::span<const std::byte> out)
{
    double sum = 0;
    for (std::size_t i = 0; i < output.elements(); ++i) {
        const double difference = double(realValue(input, in, i)) - double(realValue(output, out, i));
        sum += difference * difference;
    }
    return float(sum / double(output.elements()));
}

} // namespace

Result<BoardAccuracy> validateOnBoard(Dut &dut, const Model &model, const BenchOptions &options,
                                      std::chrono::milliseconds deadline, const Progress &progress)
{
    const Graph &graph = model.main();
    if (!options.data)
        return invalidArgument("accuracy on the board needs a data set: name one with --data");
    const Samples samples = options.data->test.spread(options.validateSamples);
    if (samples.count == 0 || samples.labels.size() < samples.count)
        return unusableInput("the data set '" + options.data->name + "' has no labelled test samples");
    if (const auto fits = checkFit(graph, samples); !fits)
        return fits.error();
    const Tensor &input = graph[graph.inputs[0]], &output = graph[graph.outputs[0]];
    const LabelKind labels = labelKindFor(graph, *options.data);
    const bool isAnomaly = labels == LabelKind::anomaly;
    if (labels == LabelKind::unrelated)
        return failed("the model reproduces its input, of which the labels of '" + options.data->name +
                      "' say nothing");
    if (graph.inputs.size() != 1 || !hasRealValues(output) || output.elements() == 0)
        return failed("accuracy on the board needs a model with one input and a numeric output");
    if (isAnomaly && (output.elements() != input.elements() || !samples.recordings.empty()))
        return failed("the area under the ROC curve is not measured on boards for this data set: its score is not one "
                      "reconstruction per sample");
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
        const auto out = std::as_bytes(std::span(*answer));
        if (isAnomaly)
            scores.push_back(reconstructionError(input, std::as_bytes(std::span(bytes)), output, out));
        else
            right += predictedClass(output, out) == samples.labels[i] ? 1 : 0;
    }
    progress.report("validating on the board", std::int64_t(samples.count), std::int64_t(samples.count));
    if (isAnomaly) {
        const double area = areaUnderCurve(scores, samples.labels).area;
        if (std::isnan(area))
            return unusableInput("the validated samples need both normal and anomalous ones: take more");
        return BoardAccuracy{area, samples.count};
    }
    return BoardAccuracy{double(right) / double(samples.count), samples.count};
}

} // namespace espalier::device
