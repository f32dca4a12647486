// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/techniques/layersettings.h"
#include "core/techniques/quantizationparameters.h"
#include "core/techniques/rewrite.h"
#include "core/techniques/technique.h"
#include "core/techniques/weights.h"

#include <algorithm>
#include <cmath>
#include <map>

namespace espalier {

namespace {

struct Settings
{
    std::size_t minElements;
    bool perChannel;
    bool asymmetric;
    bool isPytorch; ///< PyTorch's choice of layers and its weights; the others do not matter then
};

Settings settingsOf(const ParameterValues &values)
{
    if (values.text("style") == "pytorch")
        return {1, false, true, true};
    return {std::size_t(values.integer("min_elements")), values.flag("per_channel"), values.flag("asymmetric"), false};
}

/// A clause that says why an operator's weights stay float; empty where they become int8.
std::string whyFloat(const Graph &graph, const Operator &op, const WeightLayout &layout, const Settings &settings)
{
    if (settings.isPytorch && op.kind != OpKind::fullyConnected)
        return "PyTorch quantizes dense layers only";
    const TensorId id = op.input(layout.weights);
    if (!id.valid() || !graph[id].isConstant() || graph[id].type != DType::float32)
        return "its weights are not a float32 constant";
    const Tensor &weights = graph[id];
    if (op.kind == OpKind::transposeConv)
        return "TFLite has no kernel for int8 weights and float data";
    if (op.kind == OpKind::depthwiseConv2D && !settings.perChannel)
        return "TFLite's kernel for int8 weights and float data needs a scale per channel";
    if (std::size_t(layout.channelAxis) >= weights.shape.size())
        return "its weights have too few dimensions";
    if (weights.elements() < settings.minElements)
        return "its " + std::to_string(weights.elements()) + " weights are fewer than " +
               std::to_string(settings.minElements);
    if (!op.input(layout.data).valid() || graph[op.input(layout.data)].type != DType::float32)
        return "its data is not float32";
    if (!std::ranges::all_of(values<float>(weights), [](float w) { return std::isfinite(w); }))
        return "its weights hold values that are not finite numbers";
    return {};
}

/// The weights as int8; per tensor for dense layers, whose kernels take one scale.
Tensor integerWeights(const Tensor &from, const Operator &op, const WeightLayout &layout, const Settings &settings)
{
    const std::int32_t axis = settings.perChannel && op.kind != OpKind::fullyConnected ? layout.channelAxis : -1;
    const ChannelSlices slices = channelSlices(from.shape, axis);
    const std::span<const float> weights = values<float>(from);
    QuantizedWeights stored = settings.isPytorch
                                  ? pytorchWeights(weights)
                                  : quantizedWeights(weights, slices, largestMagnitudes(weights, slices));
    std::ranges::replace(stored.scales, 0.0f, 1.0f); // a channel of zeros may have any scale
    Tensor tensor = from;
    tensor.type = DType::int8;
    tensor.data = sharedBytes(stored.values);
    tensor.quantization = {};
    tensor.quantization.zeroPoint.assign(stored.scales.size(), 0);
    tensor.quantization.scale = std::move(stored.scales);
    tensor.quantization.axis = std::max(axis, 0);
    return tensor;
}

/// The version of TFLite's operator that brought its form with int8 weights and float data.
std::int32_t hybridVersion(OpKind kind, bool perChannel, bool asymmetric)
{
    switch (kind) {
    case OpKind::conv2D:
        return perChannel ? 5 : 2;
    case OpKind::depthwiseConv2D:
        return perChannel ? 6 : 4;
    default:
        return asymmetric ? 9 : 3;
    }
}

Result<ModelPtr> apply(const ModelPtr &model, const ParameterValues &values, TechniqueContext &context)
{
    if (const Tensor *tensor = quantizedTensor(model->main()))
        return unusableInput("the model is quantized already (\"" + tensor->name + "\" is " +
                             std::string(name(tensor->type)) + "): start from the float model");
    const Settings settings = settingsOf(values);
    auto result = std::make_shared<Model>(withFloat32Constants(*model));
    Graph &graph = result->main();
    std::map<std::pair<TensorId, OpKind>, TensorId> made; // shared weights stay shared among operators of a kind
    std::vector<std::string> left;
    for (Operator &op : graph.operators) {
        if (context.progress.cancelled())
            return cancelled();
        const std::optional<WeightLayout> layout = weightLayout(op.kind);
        if (!layout || isSkipped(values, graph, op))
            continue;
        if (const std::string why = whyFloat(graph, op, *layout, settings); !why.empty()) {
            left.push_back(operatorName(graph, op) + " (" + op.typeName + ") keeps float32 weights: " + why);
            continue;
        }
        TensorId &weights = op.inputs[layout->weights];
        const auto [entry, isNew] = made.try_emplace({weights, op.kind}, TensorId::none);
        if (isNew)
            entry->second = graph.addTensor(integerWeights(graph[weights], op, *layout, settings));
        weights = entry->second;
        const bool perChannel = graph[weights].quantization.perChannel();
        op.version = std::max(op.version, hybridVersion(op.kind, perChannel, settings.asymmetric));
        if (auto *dense = std::get_if<FullyConnectedOptions>(&op.options))
            dense->asymmetricQuantizeInputs = settings.asymmetric;
    }
    if (made.empty() && left.empty())
        return unusableInput("the model has no convolution or dense layer that is not skipped");
    if (made.empty() && settings.isPytorch)
        return unusableInput("the model has no dense layer that style=pytorch could quantize: " + left.front() +
                             "; style=tflite takes convolutions too");
    context.notes.insert(context.notes.end(), left.begin(), left.end());
    removeUnusedTensors(*result);
    context.progress.report("quantizing", 1, 1);
    return ModelPtr(result);
}

} // namespace

extern const Technique quantizeDynamic;
const Technique quantizeDynamic = {
    "quantize-dynamic",
    "Dynamic range",
    "Large weights become 8-bit integers, activations stay float and are quantized while running: a small file without "
    "calibration data.",
    "TensorFlow Lite converter, post-training dynamic range quantization; PyTorch, torch.ao dynamic quantization",
    TechniqueFamily::quantization,
    TechniqueNeeds::nothing,
    {{.key = "style",
      .title = "Style",
      .description = "As TFLite's converter does, by the settings below; or PyTorch's weights, which replace those "
                     "settings: dense layers only, of any size, one scale of the largest weight / 127.5. Both run "
                     "with TFLite's kernels.",
      .defaultValue = std::string("tflite"),
      .choices = {"tflite", "pytorch"}},
     {.key = "min_elements",
      .title = "Smallest layer",
      .description = "Layers with fewer weights than this keep them as float32.",
      .defaultValue = std::int64_t(1024),
      .minimum = 1,
      .maximum = 1e9},
     {.key = "per_channel",
      .title = "Per channel",
      .description = "Convolution weights get a scale for each output channel instead of one for the layer.",
      .defaultValue = true},
     {.key = "asymmetric",
      .title = "Asymmetric input",
      .description = "Dense layers quantize their input with a zero point while running, instead of around 0.",
      .defaultValue = true},
     skipParameter()},
    apply,
    [](const ParameterValues &values) {
        return std::string(values.text("style") == "pytorch" ? "dynamic pytorch" : "dynamic");
    },
};

} // namespace espalier
