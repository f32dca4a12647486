// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/study/errordebug.h"

#include "core/data/labelkind.h"
#include "core/graph/ownname.h"
#include "core/metrics/evaluate.h"
#include "core/metrics/realvalues.h"
#include "core/study/figureformat.h"
#include "core/study/layermatch.h"
#include "core/study/layerreplacement.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstring>

namespace espalier {

namespace {

/// Sums that ErrorFigures are made of.
struct Sums
{
    double signal = 0, other = 0, product = 0, noise = 0, maxError = 0;

    void add(std::span<const float> a, std::span<const float> b)
    {
        for (std::size_t i = 0; i < a.size(); ++i) {
            const double x = double(a[i]), y = double(b[i]);
            signal += x * x;
            other += y * y;
            product += x * y;
            noise += (x - y) * (x - y);
            maxError = std::max(maxError, std::abs(x - y));
        }
    }

    bool isFinite() const { return std::isfinite(signal) && std::isfinite(other) && std::isfinite(noise); }

    ErrorFigures figures() const
    {
        constexpr double most = 200;
        ErrorFigures figures;
        if (noise > 0)
            figures.sqnrDb = signal > 0 ? std::clamp(10 * std::log10(signal / noise), -most, most) : -most;
        if (signal > 0 && other > 0)
            figures.cosine = std::clamp(product / (std::sqrt(signal) * std::sqrt(other)), -1.0, 1.0);
        else
            figures.cosine = signal > 0 || other > 0 ? 0 : 1;
        figures.maxError = maxError;
        return figures;
    }
};

/// A model that runs one sample after another and keeps what every tensor held, as real numbers.
class Observed
{
public:
    explicit Observed(ProgramPtr program) : m_program(std::move(program)), m_session(m_program)
    {
        m_values.resize(graph().tensors.size());
    }

    const Graph &graph() const { return m_program->foldedGraph(); }
    void run(const Samples &samples, const InputScaling &scaling, std::size_t sample)
    {
        fillInput(graph()[graph().inputs[0]], samples, scaling, sample, 1, m_session.input());
        m_session.run(1, [this](TensorId id, std::span<const std::byte> bytes) {
            const Tensor &tensor = graph()[id];
            std::vector<float> &values = m_values[std::size_t(id.index)];
            if (!hasRealValues(tensor))
                return;
            values.resize(tensor.elements());
            for (std::size_t i = 0; i < values.size(); ++i)
                values[i] = realValue(tensor, bytes, i);
        });
    }
    /// Of the last run; empty where the tensor holds nothing that has a real value.
    std::span<const float> operator[](TensorId id) const { return m_values[std::size_t(id.index)]; }

private:
    ProgramPtr m_program;
    Session m_session;
    std::vector<std::vector<float>> m_values;
};

/// One layer of the variant with inputs from the reference.
class AloneLayer
{
public:
    /// Null where an input has no counterpart in the reference or the layer does not run by itself.
    static std::unique_ptr<AloneLayer> make(const Graph &reference, const Operator &counterpart, const Graph &variant,
                                            std::size_t op)
    {
        const std::vector<std::size_t> places = runtimeInputs(variant, variant.operators[op]);
        std::vector<TensorId> sources;
        for (const std::size_t place : places) {
            const TensorId source = counterpart.input(place);
            if (!source.valid() || reference[source].isConstant() || reference[source].type != DType::float32 ||
                reference[source].elements() != variant[variant.operators[op].inputs[place]].elements())
                return nullptr;
            sources.push_back(source);
        }
        const Result<ProgramPtr> program = Program::compile(layerAlone(variant, op));
        if (!program || sources.empty())
            return nullptr;
        return std::unique_ptr<AloneLayer>(new AloneLayer(*program, std::move(sources)));
    }

    void compare(const Observed &reference, std::span<const float> expected)
    {
        for (std::size_t i = 0; i < m_sources.size(); ++i) {
            const std::span<const float> values = reference[m_sources[i]];
            std::memcpy(m_session.input(i).data(), values.data(), values.size_bytes());
        }
        m_session.run();
        const Tensor &output = m_program->graph()[m_program->graph().outputs[0]];
        m_values.resize(expected.size());
        for (std::size_t i = 0; i < m_values.size(); ++i)
            m_values[i] = realValue(output, m_session.output(), i);
        m_sums.add(expected, m_values);
    }
    const Sums &sums() const { return m_sums; }

private:
    AloneLayer(ProgramPtr program, std::vector<TensorId> sources)
        : m_program(std::move(program)), m_session(m_program), m_sources(std::move(sources))
    {
    }

    ProgramPtr m_program;
    Session m_session;
    std::vector<TensorId> m_sources;
    std::vector<float> m_values;
    Sums m_sums;
};

std::string decibels(const std::optional<double> &value)
{
    char text[32];
    std::snprintf(text, sizeof text, "%.1f dB", value.value_or(0));
    return value ? text : "no error at all";
}

std::string percent(double accuracy)
{
    return figureFormat(Column::accuracy, 1).text(accuracy) + " %";
}

/// Lower means worse; layers without error or alone figures come last.
double aloneSqnr(const LayerError &layer)
{
    return layer.alone && layer.alone->sqnrDb ? *layer.alone->sqnrDb : 1e9;
}

std::vector<std::string> sentencesOf(const ErrorDebug &debug)
{
    std::vector<std::string> sentences;
    const LayerError &last = debug.layers.back();
    if (debug.referenceAccuracy && debug.variantAccuracy)
        sentences.push_back("The reference is right on " + percent(*debug.referenceAccuracy) + " of " +
                            std::to_string(debug.accuracySamples) + " samples, the variant on " +
                            percent(*debug.variantAccuracy) + ".");
    if (debug.breaksAt) {
        const std::size_t at = *debug.breaksAt;
        sentences.push_back("It breaks at '" + debug.layers[at].layer + "': the SQNR falls to " +
                            decibels(debug.layers[at].accumulated.sqnrDb) +
                            (at > 0
                                 ? " from " + decibels(debug.layers[at - 1].accumulated.sqnrDb) + " in the layer before"
                                 : std::string()) +
                            ".");
    } else {
        sentences.push_back("No layer breaks: the SQNR at the end, in '" + last.layer + "', is " +
                            decibels(last.accumulated.sqnrDb) + ".");
    }
    const auto worst = std::ranges::min_element(debug.layers, {}, aloneSqnr);
    if (worst->alone && worst->alone->sqnrDb)
        sentences.push_back("By itself '" + worst->layer + "' (" + worst->type +
                            ") adds the most noise: " + decibels(worst->alone->sqnrDb) + " with exact inputs.");
    for (const LayerError &layer : debug.layers)
        if (layer.accuracyIfKept)
            sentences.push_back(
                "If '" + layer.layer + "' stayed as in the reference, " + percent(*layer.accuracyIfKept) +
                " would be right" +
                (layer.accuracyIfWide ? "; with int16 activations, " + percent(*layer.accuracyIfWide) : "") + ".");
    if (debug.unmatched > 0)
        sentences.push_back(std::to_string(debug.unmatched) + (debug.unmatched == 1 ? " operator" : " operators") +
                            " of the reference found no counterpart in the variant and " +
                            (debug.unmatched == 1 ? "was" : "were") + " not compared.");
    return sentences;
}

} // namespace

Result<ErrorDebug> debugError(const ErrorDebugRequest &request, ThreadPool &pool, const Progress &progress)
{
    const Result<ProgramPtr> programs[] = {Program::compile(request.reference), Program::compile(request.variant)};
    for (const Result<ProgramPtr> &program : programs) {
        if (!program)
            return program.error();
        if (const Result<void> fits = checkFit((*program)->graph(), request.data->test); !fits)
            return fits.error();
    }
    if (request.data->test.count == 0)
        return unusableInput("the data set \"" + request.data->name + "\" has no test samples to compare on");
    const Graph &reference = (*programs[0])->foldedGraph(), &variant = (*programs[1])->foldedGraph();
    const Result<std::vector<LayerMatch>> pairs = matchLayers(reference, variant);
    if (!pairs)
        return pairs.error();

    const Samples samples = request.data->test.spread(std::max<std::size_t>(request.samples, 1));
    ErrorDebug result;
    result.samples = samples.count;
    std::vector<Sums> sums(pairs->size());
    std::vector<std::unique_ptr<AloneLayer>> alone;
    for (const LayerMatch &pair : *pairs)
        alone.push_back(AloneLayer::make(reference, reference.operators[pair.first], variant, pair.second));
    Observed first(*programs[0]), second(*programs[1]);
    for (std::size_t s = 0; s < samples.count; ++s) {
        progress.report("comparing layers", std::int64_t(s), std::int64_t(samples.count));
        first.run(samples, request.referenceScaling, s);
        second.run(samples, request.variantScaling, s);
        for (std::size_t i = 0; i < pairs->size(); ++i) {
            if (progress.cancelled())
                return cancelled();
            const TensorId id = reference.operators[(*pairs)[i].first].outputs.front();
            const std::span<const float> expected = first[id],
                                         found = second[variant.operators[(*pairs)[i].second].outputs.front()];
            if (expected.size() != found.size())
                continue; // values without a real number: never a network's
            sums[i].add(expected, found);
            if (alone[i])
                alone[i]->compare(first, expected);
            if (!sums[i].isFinite() || (alone[i] && !alone[i]->sums().isFinite()))
                return unusableInput("layer '" + ownName(reference[id].name) +
                                     "' gives values that are not finite for sample " + std::to_string(s));
        }
    }
    for (std::size_t i = 0; i < pairs->size(); ++i) {
        const Operator &op = reference.operators[(*pairs)[i].first];
        LayerError layer{ownName(reference[op.outputs.front()].name),
                         op.typeName,
                         (*pairs)[i].second,
                         sums[i].figures(),
                         {},
                         {},
                         {}};
        if (alone[i])
            layer.alone = alone[i]->sums().figures();
        if (!result.breaksAt && layer.accumulated.sqnrDb && *layer.accumulated.sqnrDb < breakingSqnrDb)
            result.breaksAt = i;
        result.layers.push_back(std::move(layer));
    }
    for (const Operator &op : reference.operators)
        if (op.kind != OpKind::quantize && op.kind != OpKind::dequantize && !reference[op.outputs.front()].isConstant())
            ++result.unmatched;
    result.unmatched -= pairs->size();

    if (!request.data->test.labels.empty()) {
        const Samples judged =
            request.accuracySamples == 0 ? request.data->test : request.data->test.spread(request.accuracySamples);
        result.accuracySamples = judged.count;
        const auto accuracyOf = [&](const ProgramPtr &program, const InputScaling &scaling) {
            return evaluate(program, judged, labelKindFor(program->graph(), *request.data), scaling, pool, progress);
        };
        const Result<Evaluation> whole = accuracyOf(*programs[0], request.referenceScaling),
                                 changed = accuracyOf(*programs[1], request.variantScaling);
        if (!whole)
            return whole.error();
        if (!changed)
            return changed.error();
        result.referenceAccuracy = whole->accuracy;
        result.variantAccuracy = changed->accuracy;

        std::vector<std::size_t> order;
        for (std::size_t i = 0; i < result.layers.size(); ++i)
            if (result.layers[i].alone && result.layers[i].alone->sqnrDb)
                order.push_back(i);
        std::ranges::stable_sort(order, {}, [&](std::size_t i) { return aloneSqnr(result.layers[i]); });
        std::size_t done = 0;
        for (const std::size_t i : order) {
            if (done == request.whatIfs)
                break;
            const Result<ModelPtr> mixed =
                withLayerOf(*request.variant, (*pairs)[i].second, reference, (*pairs)[i].first);
            const Result<ProgramPtr> program = mixed ? Program::compile(*mixed) : Result<ProgramPtr>(mixed.error());
            if (!program)
                continue; // the next worst is asked instead
            const Result<Evaluation> kept = accuracyOf(*program, request.variantScaling);
            if (!kept)
                return kept.error();
            result.layers[i].accuracyIfKept = kept->accuracy;
            ++done;
            const Result<ModelPtr> wide =
                withWideLayer(*request.variant, (*pairs)[i].second, reference, (*pairs)[i].first);
            const Result<ProgramPtr> wideProgram = wide ? Program::compile(*wide) : Result<ProgramPtr>(wide.error());
            if (!wideProgram)
                continue; // it has no such form
            const Result<Evaluation> widened = accuracyOf(*wideProgram, request.variantScaling);
            if (!widened)
                return widened.error();
            result.layers[i].accuracyIfWide = widened->accuracy;
        }
    }
    result.sentences = sentencesOf(result);
    return result;
}

} // namespace espalier
