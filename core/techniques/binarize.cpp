// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/techniques/activationranges.h"
#include "core/techniques/binaryactivations.h"
#include "core/techniques/finetuning.h"
#include "core/techniques/integerrewrite.h"
#include "core/techniques/layersettings.h"
#include "core/techniques/rewrite.h"
#include "core/techniques/weights.h"

#include <algorithm>
#include <cmath>
#include <set>

namespace espalier {

namespace {

// Depthwise filters are left alone: few weights, and each channel has only its own.
constexpr OpKind binarizedKinds[] = {OpKind::conv2D, OpKind::fullyConnected, OpKind::transposeConv};

/// The signs of weights (of 0: +1) times the mean magnitude of their slice. Derivatives go straight through where the
/// weight lies within 1.
class BinaryWeights final : public ValueTransform
{
public:
    explicit BinaryWeights(ChannelSlices slices) : m_slices(slices) {}

    void forward(std::span<const float> kept, std::span<float> used) const override
    {
        std::vector<double> sums(m_slices.slices, 0.0);
        for (std::size_t i = 0; i < kept.size(); ++i)
            sums[m_slices.of(i)] += double(std::abs(kept[i]));
        const double count = double(kept.size()) / double(m_slices.slices);
        for (std::size_t i = 0; i < kept.size(); ++i) {
            const auto scale = float(sums[m_slices.of(i)] / count);
            used[i] = kept[i] >= 0 ? scale : -scale;
        }
    }

    void backward(std::span<const float> kept, std::span<const float>, std::span<float> gradient) const override
    {
        for (std::size_t i = 0; i < kept.size(); ++i)
            if (std::abs(kept[i]) > 1)
                gradient[i] = 0;
    }

private:
    ChannelSlices m_slices;
};

/// The weights that become binary.
Result<std::vector<Weights>> chosenWeights(const Graph &graph, const ParameterValues &settings)
{
    Result<std::vector<Weights>> weights = floatWeights(graph, binarizedKinds);
    const Result<std::vector<std::string>> names = layerNames(graph, settings.text("layers"));
    if (!names)
        return names.error();
    if (!weights)
        return weights;
    const std::vector<Weights> all = weightsOf(graph);
    const bool keepsEnds = settings.flag("keep_ends");
    std::erase_if(*weights, [&](const Weights &w) {
        const Operator &op = graph.operators[w.op];
        const bool isEnd = w.tensor == all.front().tensor || w.tensor == all.back().tensor;
        return (keepsEnds && isEnd) || !isMeant(graph, op, *names) || isSkipped(settings, graph, op);
    });
    if (weights->empty())
        return unusableInput("no layer is left to become binary: the first and the last keep their weights "
                             "(keep_ends=no changes that), as do depthwise ones and those that are not meant");
    return weights;
}

/// The layers whose outputs become binary.
Result<std::vector<std::size_t>> chosenOutputs(const Graph &graph, const ParameterValues &settings)
{
    if (!settings.flag("activations"))
        return std::vector<std::size_t>();
    const Result<std::vector<std::string>> names = layerNames(graph, settings.text("layers"));
    if (!names)
        return names.error();
    std::vector<std::size_t> layers = layersWithBinaryOutput(
        graph, [&](const Operator &op) { return isMeant(graph, op, *names) && !isSkipped(settings, graph, op); });
    if (layers.empty())
        return unusableInput("no activation can become binary: only those of layers without an activation or with a "
                             "ReLU, which other layers alone read, can");
    return layers;
}

/// The model with these layers as they are trained: without an activation, with a bias.
ModelPtr withoutActivations(const ModelPtr &model, const std::vector<std::size_t> &layers)
{
    if (layers.empty())
        return model;
    auto changed = std::make_shared<Model>(*model);
    Graph &graph = changed->main();
    for (const std::size_t layer : layers) {
        Operator &op = graph.operators[layer];
        *fusedActivation(op) = Activation::none;
        const WeightLayout layout = *weightLayout(op.kind);
        if (op.input(layout.bias).valid())
            continue;
        Tensor bias;
        bias.name = operatorName(graph, op) + "_bias";
        bias.shape = {graph[op.inputs[layout.weights]].shape[std::size_t(layout.channelAxis)]};
        bias.data = sharedBytes(std::vector<float>(bias.elements(), 0.0f));
        op.inputs.resize(std::max(op.inputs.size(), layout.bias + 1), TensorId::none);
        op.inputs[layout.bias] = graph.addTensor(std::move(bias));
    }
    return changed;
}

/// The trained model with the steps of its activations as ReLU6.
Result<ModelPtr> withSteps(const Model &trained, const std::vector<std::size_t> &layers,
                           const std::vector<Weights> &binary, TechniqueContext &context)
{
    std::set<std::size_t> binaryWeights;
    for (const Weights &w : binary)
        binaryWeights.insert(w.op);
    const auto draft =
        std::make_shared<const Model>(withRelu6Steps(trained, layers, binaryWeights, [](TensorId) { return 1e-3f; }));
    const Result<std::vector<ActivationRange>> ranges = activationRanges(draft, Calibration(), context);
    if (!ranges)
        return ranges.error();
    std::string names;
    for (const std::size_t layer : layers)
        names += (names.empty() ? "" : ", ") + operatorName(trained.main(), trained.main().operators[layer]);
    context.notes.push_back("activations of " + names +
                            " take two values, 0 and 6, as ReLU6 of large sums: a byte each in int8");
    return std::make_shared<const Model>(withRelu6Steps(trained, layers, binaryWeights, [&](TensorId id) {
        const ActivationRange &range = (*ranges)[std::size_t(id.index)];
        return std::max(range.maximum, 0.0f) - std::min(range.minimum, 0.0f);
    }));
}

Result<ModelPtr> apply(const ModelPtr &model, const ParameterValues &settings, TechniqueContext &context)
{
    const ModelPtr source =
        holdsFloat16Constants(model->main()) ? std::make_shared<const Model>(withFloat32Constants(*model)) : model;
    const Result<std::vector<Weights>> weights = chosenWeights(source->main(), settings);
    if (!weights)
        return weights.error();
    if (settings.integer("epochs") > 0)
        if (const Result<void> checked = checkTrainingData(context); !checked)
            return checked.error();
    const Result<std::vector<std::size_t>> outputs = chosenOutputs(source->main(), settings);
    if (!outputs)
        return outputs.error();
    ValueTransforms transforms;
    for (const Weights &w : *weights)
        transforms.emplace_back(w.tensor, std::make_shared<BinaryWeights>(integerWeightSlices(
                                              source->main()[w.tensor].shape, w.kind, w.channelAxis, true)));
    const std::size_t binaryTensors = transforms.size();
    TrainingLayers layers;
    for (const std::size_t layer : *outputs) {
        const TensorId output = source->main().operators[layer].outputs[0];
        transforms.emplace_back(output, std::make_shared<UnitStep>());
        layers.normalizations.push_back({output});
    }
    const Result<ModelPtr> trained =
        fineTune(withoutActivations(source, *outputs), settings, context, {},
                 {.transforms = transforms, .distillation = {}, .layers = std::move(layers)});
    if (!trained)
        return trained.error();
    auto result = std::make_shared<Model>(**trained);
    std::size_t binary = 0, total = 0;
    for (const Weights &w : weightsOf(result->main()))
        total += result->main()[w.tensor].elements();
    transforms.resize(binaryTensors);
    for (const auto &[id, transform] : transforms) {
        Tensor &tensor = result->main()[id];
        std::vector<float> used(tensor.elements());
        transform->forward(values<float>(tensor), used);
        tensor.data = sharedBytes(used);
        binary += used.size();
    }
    context.notes.push_back(
        std::to_string(binary) + " of " + std::to_string(total) +
        " weights take two values for each output channel: " + std::to_string((binary + 7) / 8) +
        " bytes at a bit each; the file holds them as float32, quantize-int8 behind it as a byte each "
        "without further loss");
    if (settings.integer("epochs") == 0)
        context.notes.emplace_back("nothing was trained, without which binary weights cost most of the accuracy");
    return outputs->empty() ? ModelPtr(result) : withSteps(*result, *outputs, *weights, context);
}

} // namespace

extern const Technique binarize;
const Technique binarize = {
    "binarize",
    "Binary weights",
    "Trains the model on with weights that are a sign times a scale for each output channel, and activations of two "
    "values where asked for; the first and the last layer keep their weights.",
    "XNOR-Net (arXiv 1603.05279), binary weights; CBin-NN: with activations also",
    TechniqueFamily::quantization,
    TechniqueNeeds::training,
    withFineTuning({{"keep_ends", "Keep ends", "Whether the first and the last layer keep their weights.", true},
                    {"activations", "Activations",
                     "Whether what one layer hands to the next takes two values too; each layer is normalized over its "
                     "batch while it trains.",
                     false},
                    layersParameter(),
                    skipParameter()},
                   {.epochs = 3, .learningRate = 0.01}),
    apply,
    [](const ParameterValues &settings) {
        return (settings.flag("activations") ? "binary with activations" : "binary") + epochsText(settings);
    },
    [](const ParameterValues &settings) {
        return needsOfFineTuning(settings,
                                 settings.flag("activations") ? TechniqueNeeds::calibration : TechniqueNeeds::nothing);
    },
};

} // namespace espalier
