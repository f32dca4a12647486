// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/techniques/adaround.h"

#include "core/base/random.h"
#include "core/graph/weightlayout.h"
#include "core/kernels/product/matrixproduct.h"
#include "core/kernels/vectorize.h"
#include "core/techniques/layerrows.h"
#include "core/techniques/percent.h"
#include "core/techniques/rewrite.h"
#include "core/techniques/softrounding.h"
#include "core/techniques/weights.h"
#include "core/train/optimizer.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <set>

namespace espalier {

namespace {

constexpr float learningRate = 0.001f;
constexpr std::size_t batchSamples = 32, batchRows = 256;
constexpr std::size_t mostRows = 8192, mostFloats = std::size_t(1) << 24; // of all that a layer learns from

/// The ends of an activation that cuts, and nothing for one that bends.
std::optional<std::pair<float, float>> endsOf(Activation activation)
{
    constexpr float infinite = std::numeric_limits<float>::infinity();
    switch (activation) {
    case Activation::none:
        return std::pair(-infinite, infinite);
    case Activation::relu:
        return std::pair(0.0f, infinite);
    case Activation::relu6:
        return std::pair(0.0f, 6.0f);
    case Activation::reluN1To1:
        return std::pair(-1.0f, 1.0f);
    default:
        return std::nullopt;
    }
}

/// The activation behind an operator: fused, or the only reader of its output.
Activation activationBehind(const Graph &graph, Operator op)
{
    const Activation *const fused = fusedActivation(op);
    if (!fused || *fused != Activation::none || useCounts(graph)[std::size_t(op.outputs[0].index)] != 1)
        return fused ? *fused : Activation::none;
    for (const Operator &reader : graph.operators)
        if (std::ranges::count(reader.inputs, op.outputs[0]) > 0)
            return reader.kind == OpKind::relu    ? Activation::relu
                   : reader.kind == OpKind::relu6 ? Activation::relu6
                                                  : Activation::none;
    return Activation::none;
}

/// What a layer learns from: rows of its inputs in the model so far, and what the float model makes there.
struct Lesson
{
    LayerRows layer;
    std::pair<float, float> ends; ///< of the activation
    std::size_t rows = 0, batch = 0;
    std::vector<float> inputs, targets, bias;
};

// Sums over values that belong to one channel each; `stride` floats from row to row.
ESPALIER_VECTORIZE void sumApart(const float *inputs, std::size_t stride, std::size_t channels, const float *weights,
                                 std::size_t width, std::size_t depth, std::size_t rows, float *sums)
{
    for (std::size_t r = 0; r < rows; ++r)
        for (std::size_t k = 0; k < depth; ++k) {
            const float *const in = inputs + r * stride + k * channels, *const w = weights + k * width;
            float *const sum = sums + r * width;
            ESPALIER_INDEPENDENT
            for (std::size_t c = 0; c < width; ++c)
                sum[c] = (k == 0 ? 0.0f : sum[c]) + in[c] * w[c];
        }
}

ESPALIER_VECTORIZE void gradientApart(const float *inputs, std::size_t stride, std::size_t channels,
                                      const float *errors, std::size_t width, std::size_t depth, std::size_t rows,
                                      float *gradient)
{
    std::fill_n(gradient, depth * width, 0.0f);
    for (std::size_t r = 0; r < rows; ++r)
        for (std::size_t k = 0; k < depth; ++k) {
            const float *const in = inputs + r * stride + k * channels, *const error = errors + r * width;
            float *const into = gradient + k * width;
            ESPALIER_INDEPENDENT
            for (std::size_t c = 0; c < width; ++c)
                into[c] += in[c] * error[c];
        }
}

/// Some neighbouring channels of a layer: the sums of others do not depend on their weights, so each block learns for
/// itself.
class Block
{
public:
    Block(const Lesson &lesson, std::size_t first, std::size_t width, std::span<const float> weights,
          const WeightGrid &grid)
        : m_lesson(lesson), m_first(first), m_width(width), m_highest(float(grid.highest)), m_lowest(float(grid.lowest))
    {
        const std::size_t depth = lesson.layer.depth(), count = depth * width;
        for (std::vector<float> *const values : {&m_lower, &m_steps, &m_nearest, &m_a, &m_values, &m_gradient})
            values->resize(count);
        m_means.assign(count, 0);
        m_squares.assign(count, 0);
        for (std::size_t i = 0; i < count; ++i) {
            const std::size_t at = lesson.layer.weight(first + i % width, i / width);
            m_steps[i] = grid.steps[grid.slices.of(at)];
            const float place = m_steps[i] == 0 ? 0 : weights[at] / m_steps[i];
            m_lower[i] = std::floor(place);
            m_nearest[i] = std::clamp(std::round(place), m_lowest, m_highest);
            const float fraction = place - m_lower[i];
            const bool isEnd = m_nearest[i] == m_lowest || m_nearest[i] == m_highest;
            const bool isPinned = isEnd && std::abs(place - m_nearest[i]) < 1e-3f;
            m_a[i] = !isPinned ? softRoundingStart(fraction) : fraction < 0.5f ? -20.0f : 20.0f;
        }
        m_sums.resize(lesson.batch * width);
    }

    void step(std::int64_t iteration, std::int64_t iterations, std::size_t firstRow)
    {
        const SoftWeights soft{m_lower, m_steps, m_lowest, m_highest};
        softWeights(soft, m_a, m_values);
        sum(firstRow, m_lesson.batch);
        for (std::size_t r = 0; r < m_lesson.batch; ++r)
            for (std::size_t c = 0; c < m_width; ++c) {
                float &value = m_sums[r * m_width + c];
                const bool passes = value > m_lesson.ends.first && value < m_lesson.ends.second;
                value = passes ? 2 * (value - target(firstRow + r, c)) / float(m_lesson.batch) : 0.0f;
            }
        const LayerRows &layer = m_lesson.layer;
        const float *const in = inputs(firstRow);
        if (layer.isApart())
            gradientApart(in, layer.rowFloats(), layer.channels(), m_sums.data(), m_width, layer.depth(),
                          m_lesson.batch, m_gradient.data());
        else
            multiply({layer.depth(), m_width, m_lesson.batch, in, 1, layer.depth(), m_sums.data(), m_width,
                      m_gradient.data(), m_width, false});
        softGradient(soft, m_a, roundingExponent(iteration, iterations), m_gradient);
        optimizerStep({.kind = Optimizer::adam}, iteration + 1, learningRate, {m_a, m_means, m_squares}, m_gradient);
    }

    /// Writes the rounded weights and adds the squares of the errors of the layer's output.
    void finish(std::span<float> weights, double &nearestError, double &error)
    {
        std::vector<float> learned(m_a.size());
        for (std::size_t i = 0; i < learned.size(); ++i)
            learned[i] = std::clamp(m_lower[i] + (m_a[i] >= 0 ? 1.0f : 0.0f), m_lowest, m_highest);
        const std::vector<double> nearestErrors = errorsOf(m_nearest), learnedErrors = errorsOf(learned);
        for (std::size_t c = 0; c < m_width; ++c) {
            const bool isBetter = learnedErrors[c] < nearestErrors[c];
            nearestError += nearestErrors[c];
            error += isBetter ? learnedErrors[c] : nearestErrors[c];
            for (std::size_t k = 0; k < m_lesson.layer.depth(); ++k) {
                const std::size_t i = k * m_width + c;
                weights[m_lesson.layer.weight(m_first + c, k)] = (isBetter ? learned[i] : m_nearest[i]) * m_steps[i];
            }
        }
    }

private:
    const float *inputs(std::size_t row) const
    {
        const LayerRows &layer = m_lesson.layer;
        return m_lesson.inputs.data() + row * layer.rowFloats() + (layer.isApart() ? m_first : 0);
    }
    float target(std::size_t row, std::size_t c) const
    {
        return m_lesson.targets[row * m_lesson.layer.channels() + m_first + c];
    }

    /// The layer's sums for m_values.
    void sum(std::size_t firstRow, std::size_t rows)
    {
        const LayerRows &layer = m_lesson.layer;
        if (layer.isApart())
            sumApart(inputs(firstRow), layer.rowFloats(), layer.channels(), m_values.data(), m_width, layer.depth(),
                     rows, m_sums.data());
        else
            multiply({rows, m_width, layer.depth(), inputs(firstRow), layer.depth(), 1, m_values.data(), m_width,
                      m_sums.data(), m_width, false});
        for (std::size_t r = 0; r < rows; ++r)
            for (std::size_t c = 0; c < m_width; ++c)
                m_sums[r * m_width + c] += m_lesson.bias[m_first + c];
    }

    std::vector<double> errorsOf(const std::vector<float> &places)
    {
        for (std::size_t i = 0; i < places.size(); ++i)
            m_values[i] = places[i] * m_steps[i];
        std::vector<double> errors(m_width, 0.0);
        for (std::size_t first = 0; first < m_lesson.rows; first += m_lesson.batch) {
            const std::size_t rows = std::min(m_lesson.batch, m_lesson.rows - first);
            sum(first, rows);
            for (std::size_t r = 0; r < rows; ++r)
                for (std::size_t c = 0; c < m_width; ++c) {
                    const float made = std::clamp(m_sums[r * m_width + c], m_lesson.ends.first, m_lesson.ends.second);
                    const auto error = double(made - target(first + r, c));
                    errors[c] += error * error;
                }
        }
        return errors;
    }

    const Lesson &m_lesson;
    std::size_t m_first, m_width;
    float m_highest, m_lowest;
    std::vector<float> m_lower, m_steps, m_nearest;                   ///< of each weight: depth × width
    std::vector<float> m_a, m_means, m_squares, m_values, m_gradient; ///< likewise
    std::vector<float> m_sums;
};

class AdaptiveRounder
{
public:
    AdaptiveRounder(const Model &model, std::int64_t iterations, const Calibration &calibration,
                    TechniqueContext &context)
        : m_float(model), m_result(model), m_iterations(iterations), m_calibration(calibration),
          m_context(context), m_quiet{context.data, context.scaling, context.seed, context.pool,
                                      Progress(context.progress.stopToken(), {})}
    {
    }

    Result<Model> run(const WeightGridOf &gridOf);

private:
    Result<std::optional<Lesson>> lesson(std::size_t op);
    Result<void> learn(const Lesson &lesson, const WeightGrid &grid, Tensor &weights);
    std::int64_t iterationsFor(const WeightGrid &grid) const
    {
        return m_iterations > 0 ? m_iterations : grid.highest < 127 ? 15000 : 10000;
    }

    const Model &m_float;
    Model m_result;
    std::int64_t m_iterations;
    const Calibration &m_calibration;
    TechniqueContext &m_context;
    TechniqueContext m_quiet; ///< for the runs between, whose progress would tell a person nothing
    std::int64_t m_done = 0, m_total = 0;
    double m_shares = 0; ///< sum over layers of the error that is left of that of rounding to nearest
    std::size_t m_layers = 0;
};

/// Runs both models up to an operator, and takes of each image the same positions to places in random order.
Result<std::optional<Lesson>> AdaptiveRounder::lesson(std::size_t op)
{
    const Graph &graph = m_float.main();
    const Operator &own = graph.operators[op];
    const std::optional<LayerRows> layer = LayerRows::of(graph, own);
    const std::optional<std::pair<float, float>> ends = endsOf(activationBehind(graph, own));
    if (!layer || !ends)
        return std::optional<Lesson>();
    const std::size_t most = std::clamp<std::size_t>(mostFloats / layer->rowFloats(), batchSamples, mostRows);
    const std::size_t images = std::min({m_context.data->calibration.count, m_calibration.samples, most});
    const std::size_t perImage = std::min(layer->positions(), std::max<std::size_t>(1, most / images));
    Lesson lesson{*layer, *ends, images * perImage, 0, {}, {}, {}};
    lesson.batch = std::min({lesson.rows, batchRows, batchSamples * layer->positions()});
    lesson.inputs.resize(lesson.rows * layer->rowFloats());
    lesson.targets.resize(lesson.rows * layer->channels());
    lesson.bias.assign(layer->channels(), 0.0f);
    const WeightLayout layout = *weightLayout(own.kind);
    if (const TensorId bias = own.input(layout.bias); bias.valid())
        std::ranges::copy(values<float>(graph[bias]), lesson.bias.begin());

    Random random(m_context.seed, op + 1);
    std::vector<std::size_t> positions(lesson.rows), places(lesson.rows);
    for (std::size_t r = 0; r < lesson.rows; ++r) {
        places[r] = r;
        positions[r] = perImage == layer->positions() ? r % perImage : std::size_t(random.below(layer->positions()));
    }
    random.shuffle(places);
    for (const bool isInput : {true, false}) {
        const Model &model = isInput ? m_result : m_float;
        auto until = std::make_shared<const Model>(partOf(model, 0, op, graph.inputs[0], own.outputs[0]));
        const Operator &last = until->main().operators.back();
        const TensorId wanted = isInput ? last.inputs[layout.data] : last.outputs[0];
        const std::size_t elements = until->main()[wanted].elements(), channels = layer->channels();
        const Calibration some{.samples = images};
        const auto take = [&](TensorId id, std::size_t first, std::span<const float> all) {
            for (std::size_t i = 0; id == wanted && i < all.size() / elements; ++i)
                for (std::size_t k = 0; k < perImage; ++k) {
                    const std::size_t r = (first + i) * perImage + k;
                    const float *const image = all.data() + i * elements;
                    if (isInput) {
                        layer->fill(image, positions[r], lesson.inputs.data() + places[r] * layer->rowFloats());
                        continue;
                    }
                    float *const target = lesson.targets.data() + places[r] * channels;
                    for (std::size_t c = 0; c < channels; ++c)
                        target[c] = std::clamp(image[positions[r] * channels + c], ends->first, ends->second);
                }
        };
        if (const Result<void> seen = visitActivations(until, some, m_quiet, take); !seen)
            return seen.error();
    }
    return std::optional(std::move(lesson));
}

Result<void> AdaptiveRounder::learn(const Lesson &lesson, const WeightGrid &grid, Tensor &tensor)
{
    const std::int64_t iterations = iterationsFor(grid);
    const std::span<const float> before = values<float>(tensor);
    std::vector<float> weights(before.begin(), before.end());
    const std::size_t channels = lesson.layer.channels(), width = channels > 16 ? 16 : 8;
    const std::size_t blocks = (channels + width - 1) / width;
    std::vector<std::pair<double, double>> errors(blocks);
    m_context.pool.run(blocks, [&](std::size_t i, int) {
        Block block(lesson, i * width, std::min(width, channels - i * width), before, grid);
        Random random(m_context.seed);
        for (std::int64_t iteration = 0; iteration < iterations; ++iteration) {
            if (m_context.progress.cancelled())
                return;
            if (i == 0)
                m_context.progress.report("rounding", m_done + iteration, m_total);
            block.step(iteration, iterations, std::size_t(random.below(lesson.rows / lesson.batch)) * lesson.batch);
        }
        block.finish(weights, errors[i].first, errors[i].second);
    });
    if (m_context.progress.cancelled())
        return cancelled();
    tensor.data = sharedBytes(weights);
    double nearest = 0, learned = 0;
    for (const auto &[nearestError, error] : errors) {
        nearest += nearestError;
        learned += error;
    }
    m_shares += nearest > 0 ? learned / nearest : 1;
    ++m_layers;
    return {};
}

Result<Model> AdaptiveRounder::run(const WeightGridOf &gridOf)
{
    const Graph &graph = m_float.main();
    std::vector<std::optional<WeightGrid>> grids;
    std::set<TensorId> known; // weights that several operators use follow the first
    for (std::size_t op = 0; op < graph.operators.size(); ++op) {
        grids.push_back(gridOf(graph, op));
        if (grids[op] &&
            !known.insert(graph.operators[op].inputs[weightLayout(graph.operators[op].kind)->weights]).second)
            grids[op].reset();
        if (grids[op])
            m_total += iterationsFor(*grids[op]);
    }
    for (std::size_t op = 0; op < graph.operators.size(); ++op) {
        if (!grids[op])
            continue;
        const Result<std::optional<Lesson>> found = lesson(op);
        if (!found)
            return found.error();
        const Operator &own = graph.operators[op];
        if (*found) {
            const TensorId weights = own.inputs[weightLayout(own.kind)->weights];
            if (const Result<void> learned = learn(**found, *grids[op], m_result.main()[weights]); !learned)
                return learned.error();
        } else {
            m_context.notes.push_back(operatorName(graph, own) + " is rounded to nearest: AdaRound has no form for it");
        }
        m_done += iterationsFor(*grids[op]);
    }
    if (m_layers > 0)
        m_context.notes.push_back("adaptive rounding leaves " + percentText(m_shares / double(m_layers)) +
                                  " of the squared error that rounding to nearest makes at a layer's output, in the "
                                  "mean over layers");
    return std::move(m_result);
}

} // namespace

std::vector<ParameterSpec> roundingParameters()
{
    return {{.key = "rounding",
             .title = "Rounding",
             .description =
                 "Whether weights go to the nearest step, or each to the one of its two neighbours that keeps "
                 "the layer's output on calibration samples (AdaRound).",
             .defaultValue = std::string("nearest"),
             .choices = {"nearest", "adaround"},
             .scope = ParameterScope::either},
            {"iterations", "Iterations", "Steps in which AdaRound learns each layer; 0: 10000, below 8 bits 15000.",
             std::int64_t(0), 0, 1000000}};
}

bool roundsAdaptively(const ParameterValues &settings)
{
    return settings.text("rounding") == "adaround";
}

std::string roundingText(const ParameterValues &settings)
{
    return roundsAdaptively(settings) ? " adaround" : "";
}

Result<Model> withAdaptiveRounding(const Model &model, const WeightGridOf &gridOf, std::int64_t iterations,
                                   const Calibration &calibration, TechniqueContext &context)
{
    return AdaptiveRounder(model, iterations, calibration, context).run(gridOf);
}

} // namespace espalier
