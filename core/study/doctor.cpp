// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/study/doctor.h"

#include "core/base/text.h"
#include "core/engine/engine.h"
#include "core/graph/ownname.h"
#include "core/metrics/realvalues.h"
#include "core/techniques/percent.h"

#include <algorithm>
#include <bitset>
#include <cmath>
#include <functional>
#include <limits>

namespace espalier {

namespace {

// From where on a finding is told.
constexpr double muchClipped = 0.001, muchDrift = 0.5, fewBits = 5, wideInput = 32, enoughCovered = 0.95;
constexpr double rareClass = 0.25, dominantClass = 2; ///< against the share that each class would have

/// What one tensor held over the calibration samples.
struct Seen
{
    std::vector<double> minima, maxima; ///< of each sample
    double sum = 0, squares = 0, count = 0;

    double mean() const { return sum / count; }
    double deviation() const { return std::sqrt(std::max(0.0, squares / count - mean() * mean())); }
};

struct Tested
{
    double minimum = std::numeric_limits<double>::infinity(), maximum = -minimum;
    double sum = 0, count = 0, clipped = 0;
    std::bitset<256> levels;
};

bool isExamined(const Tensor &tensor)
{
    return tensor.type == DType::float32 ||
           ((tensor.type == DType::int8 || tensor.type == DType::uint8) && tensor.quantization.scale.size() == 1);
}

/// Shows every examined tensor's real values of every sample; false where it was stopped.
bool runAll(const ProgramPtr &program, const Samples &samples, const InputScaling &scaling, const char *phase,
            const Progress &progress, const std::function<void(TensorId, std::span<const float>)> &show)
{
    const Graph &graph = program->graph();
    Session session(program);
    std::vector<float> values;
    for (std::size_t s = 0; s < samples.count; ++s) {
        if (progress.cancelled())
            return false;
        progress.report(phase, std::int64_t(s), std::int64_t(samples.count));
        fillInput(graph[graph.inputs[0]], samples, scaling, s, 1, session.input());
        session.run(1, [&](TensorId id, std::span<const std::byte> bytes) {
            const Tensor &tensor = graph[id];
            if (!isExamined(tensor))
                return;
            values.resize(tensor.elements());
            for (std::size_t i = 0; i < values.size(); ++i)
                values[i] = realValue(tensor, bytes, i);
            show(id, values);
        });
    }
    return true;
}

/// Whether the tensor's range is part of its operator's definition: nothing is clipped there.
bool hasFixedRange(const Graph &graph, TensorId id)
{
    return std::ranges::any_of(graph.operators, [&](const Operator &op) {
        return (op.kind == OpKind::softmax || op.kind == OpKind::logistic || op.kind == OpKind::tanh) &&
               op.outputs.front() == id;
    });
}

/// What the levels of an int8 form of the tensor cover.
std::pair<double, double> rangeOf(const Tensor &tensor, const Seen &seen)
{
    if (tensor.type != DType::float32) {
        const double low = tensor.type == DType::int8 ? -128 : 0, scale = double(tensor.quantization.scale[0]),
                     zero = double(tensor.quantization.zeroPoint[0]);
        return {scale * (low - zero), scale * (low + 255 - zero)};
    }
    // As quantizing widens it: zero is always in.
    return {std::min(0.0, *std::ranges::min_element(seen.minima)),
            std::max(0.0, *std::ranges::max_element(seen.maxima))};
}

std::vector<RangeCoverage> coverageOf(const std::vector<const Seen *> &tensors, std::size_t samples)
{
    std::vector<RangeCoverage> curve;
    for (std::size_t n = 1;; n = std::min(2 * n, samples)) {
        double sum = 0;
        for (const Seen *seen : tensors) {
            const auto extent = [&](std::size_t first) {
                const auto m = std::ptrdiff_t(first);
                return *std::max_element(seen->maxima.begin(), seen->maxima.begin() + m) -
                       *std::min_element(seen->minima.begin(), seen->minima.begin() + m);
            };
            const double whole = extent(samples);
            sum += whole > 0 ? extent(n) / whole : 1;
        }
        curve.push_back({n, tensors.empty() ? 1 : sum / double(tensors.size())});
        if (n == samples)
            return curve;
    }
}

std::string className(const Dataset &data, std::size_t label)
{
    return label < data.classNames.size() ? "'" + data.classNames[label] + "'" : "class " + std::to_string(label);
}

void judgeClasses(const Dataset &data, Diagnosis &diagnosis)
{
    const std::vector<std::int32_t> &labels =
        data.calibration.labels.empty() ? data.train.labels : data.calibration.labels;
    if (labels.empty() || data.labelKind != LabelKind::classes || data.classes < 2)
        return;
    diagnosis.classCounts.assign(data.classes, 0);
    for (const std::int32_t label : labels)
        if (label >= 0 && std::size_t(label) < data.classes)
            ++diagnosis.classCounts[std::size_t(label)];
    const double even = double(labels.size()) / double(data.classes);
    const auto least = std::ranges::min_element(diagnosis.classCounts),
               most = std::ranges::max_element(diagnosis.classCounts);
    const auto share = [&](std::size_t count) { return percentText(double(count) / double(labels.size())); };
    if (double(*most) > dominantClass * even)
        diagnosis.sentences.push_back(
            "Classes are out of balance: " + className(data, std::size_t(most - diagnosis.classCounts.begin())) +
            " has " + share(*most) + " of the samples; calibrate on about as many of each.");
    if (double(*least) < rareClass * even)
        diagnosis.sentences.push_back("Few samples of " +
                                      className(data, std::size_t(least - diagnosis.classCounts.begin())) + ": " +
                                      std::to_string(*least) + " of " + std::to_string(labels.size()) +
                                      "; ranges may not cover what it does in the network.");
}

void judge(const Dataset &data, Diagnosis &diagnosis)
{
    const TensorHealth &input = diagnosis.tensors.front();
    const double largest = std::max(std::abs(input.minimum), std::abs(input.maximum));
    if (largest > wideInput)
        diagnosis.sentences.push_back(
            "Inputs lie between " + numberText(std::round(input.minimum)) + " and " +
            numberText(std::round(input.maximum)) +
            ": where the network was trained on normalised inputs, near -1 to 1, that step is "
            "missing; check the scaling.");
    const auto worst = [&](auto figure) { return std::ranges::max_element(diagnosis.tensors, {}, figure); };
    if (const auto t = worst(&TensorHealth::clipped); t->clipped > muchClipped)
        diagnosis.sentences.push_back("Test values pass the calibrated range: " + percentText(t->clipped) + " in '" +
                                      t->name +
                                      "' are clipped; calibrate on more samples, or on such as the test has.");
    if (const auto t = worst(&TensorHealth::drift); t->drift > muchDrift)
        diagnosis.sentences.push_back("Test data differ from calibration data: the mean of '" + t->name +
                                      "' moved by " + numberText(std::round(t->drift * 10) / 10) +
                                      " standard deviations; calibrate on data like those that will come.");
    const auto few = std::ranges::min_element(diagnosis.tensors, {}, &TensorHealth::bitsUsed);
    if (few->bitsUsed < fewBits)
        diagnosis.sentences.push_back("Values of '" + few->name + "' use " +
                                      numberText(std::round(few->bitsUsed * 10) / 10) +
                                      " of 8 bits: outliers stretch its range, or it holds few different values; try "
                                      "calibration=percentile or mse.");
    if (diagnosis.coverage.size() > 1) {
        const RangeCoverage &half = diagnosis.coverage[diagnosis.coverage.size() - 2];
        if (half.covered < enoughCovered)
            diagnosis.sentences.push_back("Ranges still grow with more calibration samples: the first " +
                                          std::to_string(half.samples) + " gave only " + percentText(half.covered) +
                                          " of them; take more.");
    } else {
        diagnosis.sentences.push_back("One calibration sample says little about ranges; take some hundred.");
    }
    judgeClasses(data, diagnosis);
    if (diagnosis.sentences.empty())
        diagnosis.sentences.push_back("Nothing stands out: ranges are settled, and the test data keep to them.");
}

} // namespace

Result<Diagnosis> diagnose(const ModelPtr &model, const Dataset &data, const InputScaling &scaling, std::size_t limit,
                           const Progress &progress)
{
    const Result<ProgramPtr> program = Program::compile(model);
    if (!program)
        return program.error();
    const Graph &graph = (*program)->graph();
    const Samples calibration = data.calibration.spread(limit), test = data.test.spread(limit);
    for (const Samples *samples : {&calibration, &test}) {
        if (samples->count == 0)
            return unusableInput("the data set \"" + data.name + "\" has no " +
                                 (samples == &calibration ? "calibration" : "test") + " samples to examine");
        if (const Result<void> fits = checkFit(graph, *samples); !fits)
            return fits.error();
    }
    std::vector<Seen> seen(graph.tensors.size());
    std::vector<TensorId> order;
    const bool wasRun = runAll(*program, calibration, scaling, "calibration data", progress,
                               [&](TensorId id, std::span<const float> values) {
                                   Seen &s = seen[std::size_t(id.index)];
                                   if (values.empty())
                                       return;
                                   if (s.minima.empty())
                                       order.push_back(id);
                                   const auto [low, high] = std::ranges::minmax_element(values);
                                   s.minima.push_back(double(*low));
                                   s.maxima.push_back(double(*high));
                                   for (const float v : values) {
                                       s.sum += double(v);
                                       s.squares += double(v) * double(v);
                                   }
                                   s.count += double(values.size());
                               });
    if (!wasRun)
        return cancelled();
    if (order.empty())
        return unusableInput("the model has no tensor of real values or of int8 with one scale");
    const auto notFinite = [&](TensorId id) {
        return unusableInput("'" + ownName(graph[id].name) + "' holds values that are not finite");
    };
    std::vector<std::pair<double, double>> ranges(graph.tensors.size());
    std::vector<const Seen *> examined;
    for (const TensorId id : order) {
        const Seen &s = seen[std::size_t(id.index)];
        if (!std::isfinite(s.sum) || !std::isfinite(s.squares))
            return notFinite(id);
        ranges[std::size_t(id.index)] = rangeOf(graph[id], s);
        examined.push_back(&s);
    }

    std::vector<Tested> tested(graph.tensors.size());
    const bool wasTested =
        runAll(*program, test, scaling, "test data", progress, [&](TensorId id, std::span<const float> values) {
            Tested &t = tested[std::size_t(id.index)];
            const Tensor &tensor = graph[id];
            const auto [low, high] = ranges[std::size_t(id.index)];
            const bool isInteger = tensor.type != DType::float32;
            // Where the range begins at zero, what is there was cut by a ReLU, not by the type.
            const double step = (high - low) / 255, beyond = isInteger ? step / 2 : 0;
            for (const float value : values) {
                const double v = double(value);
                t.minimum = std::min(t.minimum, v);
                t.maximum = std::max(t.maximum, v);
                t.sum += v;
                if (isInteger ? v > high - beyond || (low < -beyond && v < low + beyond) : v > high || v < low)
                    ++t.clipped;
                if (step > 0 && std::isfinite(v))
                    t.levels.set(std::size_t(std::clamp(std::nearbyint((v - low) / step), 0.0, 255.0)));
            }
            t.count += double(values.size());
        });
    if (!wasTested)
        return cancelled();

    Diagnosis diagnosis;
    diagnosis.calibrationSamples = calibration.count;
    diagnosis.testSamples = test.count;
    for (const TensorId id : order) {
        const Seen &s = seen[std::size_t(id.index)];
        const Tested &t = tested[std::size_t(id.index)];
        if (!std::isfinite(t.sum))
            return notFinite(id);
        // Evenly spread integers have their part at the two ends without being clipped.
        const double share = t.clipped / t.count;
        const double clipped = graph[id].type == DType::float32 ? share
                               : hasFixedRange(graph, id)       ? 0
                                                                : std::max(0.0, share - 2.0 / 256);
        const double deviation = s.deviation(), moved = std::abs(t.sum / t.count - s.mean());
        const auto [low, high] = ranges[std::size_t(id.index)];
        diagnosis.tensors.push_back({ownName(graph[id].name), low, high, t.minimum, t.maximum, clipped,
                                     std::log2(double(std::max<std::size_t>(t.levels.count(), 1))),
                                     deviation > 0 ? moved / deviation : 0});
    }
    diagnosis.coverage = coverageOf(examined, calibration.count);
    judge(data, diagnosis);
    return diagnosis;
}

} // namespace espalier
