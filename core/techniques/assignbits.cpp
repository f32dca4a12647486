// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/text.h"
#include "core/metrics/modelmetrics.h"
#include "core/techniques/activationranges.h"
#include "core/techniques/adaround.h"
#include "core/techniques/bitallocation.h"
#include "core/techniques/integerrewrite.h"
#include "core/techniques/percent.h"
#include "core/techniques/recipe.h"
#include "core/techniques/rewrite.h"
#include "core/techniques/weights.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <map>

namespace espalier {

namespace {

constexpr OpKind layerKinds[] = {OpKind::conv2D, OpKind::depthwiseConv2D, OpKind::fullyConnected,
                                 OpKind::transposeConv};
constexpr int leastBits = 2, mostBits = 8;
constexpr std::size_t samplesLookedAt = 128;

bool endsInProbabilities(const Graph &graph)
{
    const Operator &last = graph.operators.back();
    return last.kind == OpKind::softmax && last.outputs[0] == graph.outputs[0];
}

/// How far an output is from the float model's: of probabilities the Kullback-Leibler divergence, else the share of the
/// float one's power.
double distance(std::span<const float> exact, std::span<const float> made, bool areProbabilities)
{
    constexpr double least = 1e-7; // of a probability
    double sum = 0, power = 0;
    for (std::size_t i = 0; i < exact.size(); ++i) {
        const double p = double(exact[i]), q = double(made[i]);
        sum += areProbabilities ? p * (std::log(std::max(p, least)) - std::log(std::max(q, least))) : (q - p) * (q - p);
        power += p * p;
    }
    return areProbabilities || power == 0 ? sum : sum / power;
}

/// Measures what fewer bits of single layers do to the model's output.
class Sensitivity
{
public:
    Sensitivity(const ModelPtr &model, bool perChannel, TechniqueContext &context)
        : m_model(model), m_perChannel(perChannel),
          m_context(context), m_quiet{context.data, context.scaling, context.seed, context.pool,
                                      Progress(context.progress.stopToken(), {})}
    {
    }

    Result<std::vector<LayerBits>> measure(std::span<const Weights> layers);

private:
    Result<std::vector<float>> outputs(const ModelPtr &model);

    ModelPtr m_model;
    bool m_perChannel;
    TechniqueContext &m_context;
    TechniqueContext m_quiet;
};

Result<std::vector<float>> Sensitivity::outputs(const ModelPtr &model)
{
    const TensorId judged = model->main().outputs[0];
    const std::size_t elements = model->main()[judged].elements();
    const std::size_t count = std::min(samplesLookedAt, m_context.data ? m_context.data->calibration.count : 0);
    std::vector<float> all(count * elements);
    const Result<void> seen =
        visitActivations(model, {.samples = samplesLookedAt}, m_quiet,
                         [&](TensorId id, std::size_t first, std::span<const float> values) {
                             if (id == judged)
                                 std::ranges::copy(values, all.begin() + std::ptrdiff_t(first * elements));
                         });
    return seen ? Result<std::vector<float>>(std::move(all)) : seen.error();
}

Result<std::vector<LayerBits>> Sensitivity::measure(std::span<const Weights> layers)
{
    const Result<std::vector<float>> exact = outputs(m_model);
    if (!exact)
        return exact.error();
    std::vector<LayerBits> result;
    for (const Weights &layer : layers) {
        const Graph &graph = m_model->main();
        const Tensor &weights = graph[layer.tensor];
        LayerBits bits;
        bits.weights = double(weights.elements());
        bits.macs = double(macs(graph, graph.operators[layer.op]));
        const std::span<const float> before = values<float>(weights);
        const ChannelSlices slices = integerWeightSlices(weights.shape, layer.kind, layer.channelAxis, m_perChannel);
        for (int b = leastBits; b <= mostBits; ++b) {
            const QuantizedWeights stored = quantizedWeights(before, slices, largestMagnitudes(before, slices), b);
            std::vector<float> rounded;
            for (std::size_t i = 0; i < before.size(); ++i)
                rounded.push_back(float(stored.values[i]) * stored.scales[slices.of(i)]);
            auto changed = std::make_shared<Model>(*m_model);
            changed->main()[layer.tensor].data = sharedBytes(rounded);
            const Result<std::vector<float>> made = outputs(changed);
            if (!made)
                return made.error();
            const double noise = distance(*exact, *made, endsInProbabilities(graph));
            if (!std::isfinite(noise))
                return unusableInput("the output on calibration samples holds values that are not finite numbers: "
                                     "check the data and its scaling");
            bits.errors.push_back(noise);
        }
        result.push_back(std::move(bits));
        m_context.progress.report("measuring layers", std::int64_t(result.size()), std::int64_t(layers.size()));
    }
    return result;
}

Result<ModelPtr> apply(const ModelPtr &model, const ParameterValues &settings, TechniqueContext &context)
{
    if (const Tensor *tensor = quantizedTensor(model->main()))
        return unusableInput("the model is quantized already (\"" + tensor->name + "\" is " +
                             std::string(name(tensor->type)) + "): start from the float model");
    const ModelPtr source =
        holdsFloat16Constants(model->main()) ? std::make_shared<const Model>(withFloat32Constants(*model)) : model;
    const Graph &graph = source->main();
    const Result<std::vector<Weights>> layers = floatWeights(graph, layerKinds);
    if (!layers)
        return layers.error();
    const Result<std::vector<LayerBits>> costs =
        Sensitivity(source, settings.flag("per_channel"), context).measure(*layers);
    if (!costs)
        return costs.error();
    double weights = 0, macs = 0;
    for (const LayerBits &layer : *costs) {
        weights += layer.weights;
        macs += layer.macs;
    }
    const std::optional<std::vector<int>> bits =
        allocateBits(*costs, settings.real("size") * mostBits * weights, settings.real("macbits") * mostBits * macs);
    assert(bits); // both shares allow 2 bits everywhere

    const Technique &quantize = *findTechnique("quantize-int8");
    std::map<std::string, std::string> passedOn;
    for (const auto &[key, value] : settings.all())
        if (key != "size" && key != "macbits")
            passedOn[key] = parameterText(value);
    Result<ParameterValues> values = ParameterValues::parse(quantize.parameters, passedOn);
    if (!values)
        return values.error();
    std::vector<LayerSetting> assigned;
    double weightBits = 0, macBits = 0;
    for (std::size_t i = 0; i < layers->size(); ++i) {
        const int b = (*bits)[i];
        weightBits += b * (*costs)[i].weights;
        macBits += b * (*costs)[i].macs;
        if (b < mostBits)
            assigned.push_back({operatorName(graph, graph.operators[(*layers)[i].op]), "bits", std::int64_t(b)});
    }
    values->setLayerSettings(assigned);
    context.notes.push_back("assigned: " + Recipe({{&quantize, *values}}).text());
    context.notes.push_back("weights have " + numberText(std::round(weightBits / weights * 100) / 100) +
                            " bits in the mean, multiply-accumulates " +
                            numberText(std::round(macBits / macs * 100) / 100) + "; packed, weights would take " +
                            std::to_string(std::int64_t(std::ceil(weightBits / 8))) +
                            " bytes, the file has a byte for each");
    return quantize.apply(source, *values, context);
}

std::vector<ParameterSpec> parameters()
{
    std::vector<ParameterSpec> all = {
        {"size", "Size", "Share of the bits of 8-bit weights that may be used.", 0.5, 0.25, 1},
        {"macbits", "MAC bits",
         "The same of multiply-accumulates, each counted with the bits of its weight; 1 leaves them free.", 1.0, 0.25,
         1},
        {.key = "per_channel",
         .title = "Per channel",
         .description = "Convolution weights get a scale for each output channel instead of one for the layer.",
         .defaultValue = true}};
    for (std::vector<ParameterSpec> more : {calibrationParameters(), roundingParameters()})
        for (ParameterSpec &spec : more) {
            spec.scope = ParameterScope::whole;
            all.push_back(std::move(spec));
        }
    return all;
}

} // namespace

extern const Technique assignBits;
const Technique assignBits = {
    "assign-bits",
    "Bits by sensitivity",
    "Full-integer int8 whose layers have as many bits for their weights, 2 to 8, as a budget allows and the output "
    "needs: "
    "measured layer by layer, chosen together.",
    "Mixed precision by additive layer errors under a budget, solved by dynamic programming",
    TechniqueFamily::quantization,
    TechniqueNeeds::calibration,
    parameters(),
    apply,
    [](const ParameterValues &settings) {
        const double macs = settings.real("macbits");
        return "int8 with " + percentText(settings.real("size")) + " of the bits" +
               (macs < 1 ? " and " + percentText(macs) + " of the MAC bits" : "") + roundingText(settings);
    },
};

} // namespace espalier
