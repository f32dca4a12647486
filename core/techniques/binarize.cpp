// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/techniques/finetuning.h"
#include "core/techniques/integerrewrite.h"
#include "core/techniques/layersettings.h"
#include "core/techniques/rewrite.h"
#include "core/techniques/weights.h"

#include <algorithm>
#include <cmath>
#include <map>

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
    ValueTransforms transforms;
    for (const Weights &w : *weights)
        transforms.emplace_back(w.tensor, std::make_shared<BinaryWeights>(integerWeightSlices(
                                              source->main()[w.tensor].shape, w.kind, w.channelAxis, true)));
    const Result<ModelPtr> trained =
        fineTune(source, settings, context, {}, {.transforms = transforms, .distillation = {}});
    if (!trained)
        return trained.error();
    auto result = std::make_shared<Model>(**trained);
    std::size_t binary = 0, total = 0;
    for (const Weights &w : weightsOf(result->main()))
        total += result->main()[w.tensor].elements();
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
    return ModelPtr(result);
}

} // namespace

extern const Technique binarize;
const Technique binarize = {
    "binarize",
    "Binary weights",
    "Trains the model on with weights that are a sign times a scale for each output channel; the first and the last "
    "layer "
    "keep theirs.",
    "XNOR-Net (arXiv 1603.05279), binary weights; CBin-NN",
    TechniqueFamily::quantization,
    TechniqueNeeds::training,
    withFineTuning({{"keep_ends", "Keep ends", "Whether the first and the last layer keep their weights.", true},
                    layersParameter(),
                    skipParameter()},
                   {.epochs = 3, .learningRate = 0.01}),
    apply,
    [](const ParameterValues &settings) { return "binary" + epochsText(settings); },
    [](const ParameterValues &settings) { return needsOfFineTuning(settings); },
};

} // namespace espalier
