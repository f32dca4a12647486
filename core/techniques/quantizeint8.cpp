// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/techniques/accuracyaware.h"
#include "core/techniques/activationranges.h"
#include "core/techniques/adaround.h"
#include "core/techniques/biascorrection.h"
#include "core/techniques/integerrewrite.h"
#include "core/techniques/layersettings.h"
#include "core/techniques/rewrite.h"

#include <algorithm>
#include <utility>

namespace espalier {

namespace {

AffineParameters parametersOf(const ActivationRange &range, const std::string &preset, int bits)
{
    if (bits < 8 && range.minimum >= 0)
        return activationParametersOfBits(range.maximum, bits);
    return preset == "performance" ? symmetricActivationParameters(range.minimum, range.maximum)
           : preset == "mixed"     ? asymmetricActivationParameters(range.minimum, range.maximum)
                                   : activationParameters(range.minimum, range.maximum);
}

/// The ranges of activations; those that a layer with a calibration of its own makes are by that.
Result<std::vector<ActivationRange>> rangesOf(const ModelPtr &model, const ParameterValues &settings,
                                              TechniqueContext &context)
{
    const Calibration common = calibrationOf(settings);
    Result<std::vector<ActivationRange>> ranges = activationRanges(model, common, context);
    std::vector<std::pair<Calibration, std::vector<ActivationRange>>> others;
    for (const Operator &op : model->main().operators) {
        const Calibration own = calibrationOf(settingsOf(settings, model->main(), op));
        if (!ranges || own == common)
            continue;
        auto found = std::ranges::find(others, own, &std::pair<Calibration, std::vector<ActivationRange>>::first);
        if (found == others.end()) {
            const Result<std::vector<ActivationRange>> more = activationRanges(model, own, context);
            if (!more)
                return more.error();
            found = others.insert(others.end(), {own, *more});
        }
        for (const TensorId id : op.outputs)
            if (id.valid())
                (*ranges)[std::size_t(id.index)] = found->second[std::size_t(id.index)];
    }
    return ranges;
}

Result<ModelPtr> apply(const ModelPtr &model, const ParameterValues &settings, TechniqueContext &context)
{
    const Result<ModelPtr> floats = floatModel(model, context.notes);
    if (!floats)
        return floats.error();
    ModelPtr source = *floats;
    const Calibration calibration = calibrationOf(settings);
    const Result<std::vector<ActivationRange>> ranges = rangesOf(source, settings, context);
    if (!ranges)
        return ranges.error();

    IntegerPlan plan;
    const std::vector<int> bits = bitsOfActivations(source->main(), int(settings.integer("activation-bits")));
    for (std::size_t i = 0; i < ranges->size(); ++i) {
        const ActivationRange &range = (*ranges)[i];
        plan.activations.push_back(range.seen ? std::optional(parametersOf(range, settings.text("preset"), bits[i]))
                                              : std::nullopt);
    }
    const auto isWide = [](const LayerSetting &setting) {
        return setting.key == "activations" && setting.value == ParameterValue(std::string("int16"));
    };
    if (std::ranges::any_of(settings.layerSettings(), isWide))
        for (const ActivationRange &range : *ranges)
            plan.wideActivations.push_back(
                range.seen ? std::optional(wideActivationParameters(range.minimum, range.maximum)) : std::nullopt);
    plan.perChannel = settings.flag("per_channel");
    plan.inputType = integerInterface(settings.text("input_type"));
    plan.outputType = integerInterface(settings.text("output_type"));
    plan.weightBits = int(settings.integer("bits"));
    plan.exceptions = integerExceptions(source->main(), settings);
    const auto isLearned = [&](const Operator &op) {
        return roundsAdaptively(settingsOf(settings, source->main(), op));
    };
    if (std::ranges::any_of(source->main().operators, isLearned)) {
        const auto grid = [&](const Graph &graph, std::size_t op) {
            return isLearned(graph.operators[op]) ? integerWeightGrid(graph, op, plan) : std::nullopt;
        };
        Result<Model> rounded =
            withAdaptiveRounding(*source, grid, settings.integer("iterations"), calibration, context);
        if (!rounded)
            return rounded.error();
        source = std::make_shared<const Model>(*std::move(rounded));
    }
    const Result<Model> corrected =
        withCorrectedBias(*source, biasCorrectionNamed(settings.text("bias-correction")), plan, calibration, context);
    if (!corrected)
        return corrected.error();
    if (settings.real("max-drop") < 1)
        if (const Result<void> kept =
                keepWithinDrop(std::make_shared<const Model>(*corrected), settings.real("max-drop"), plan, context);
            !kept)
            return kept.error();
    Result<Model> result = integerModel(*corrected, std::move(plan), context.notes, context.progress);
    if (!result)
        return result.error();
    context.progress.report("quantizing", 1, 1);
    return std::make_shared<const Model>(*std::move(result));
}

std::vector<ParameterSpec> parameters()
{
    std::vector<ParameterSpec> all = calibrationParameters();
    all.push_back(
        {.key = "per_channel",
         .title = "Per channel",
         .description = "Convolution weights get a scale for each output channel instead of one for the layer.",
         .defaultValue = true,
         .scope = ParameterScope::either});
    all.push_back(eachLayer({"bits", "Weight bits", "Bits of each weight.", std::int64_t(8), 2, 8}));
    all.push_back(activationBitsParameter());
    all.push_back({.key = "activations",
                   .title = "Activations",
                   .description = "What the data and the result of the layer are: int16 costs twice the memory, and a "
                                  "QUANTIZE where it meets int8, which TensorFlow Lite Micro runs and TensorFlow Lite "
                                  "on a PC does not.",
                   .defaultValue = std::string("int8"),
                   .choices = {"int8", "int16"},
                   .scope = ParameterScope::layer});
    for (ParameterSpec &spec : roundingParameters())
        all.push_back(std::move(spec));
    all.push_back({.key = "preset",
                   .title = "Preset",
                   .description = "How scales of activations follow from their ranges: as TensorFlow Lite does, or as "
                                  "OpenVINO does, symmetric around 0 (performance) or not (mixed).",
                   .defaultValue = std::string("tflite"),
                   .choices = {"tflite", "performance", "mixed"}});
    all.push_back({.key = "bias-correction",
                   .title = "Bias correction",
                   .description = "How biases make up for the mean error of quantized weights: measured layer after "
                                  "layer, computed from the expected input, or measured on the mean input.",
                   .defaultValue = std::string("none"),
                   .choices = {"none", "empirical", "analytic", "fast"}});
    all.push_back(integerInterfaceParameter("input_type", "Input",
                                            "Type of the model's input; the others than int8 cost one more operator."));
    all.push_back(integerInterfaceParameter(
        "output_type", "Output", "Type of the model's output; the others than int8 cost one more operator."));
    all.push_back(largestDropParameter());
    all.push_back(skipParameter());
    return all;
}

} // namespace

extern const Technique quantizeInt8;
const Technique quantizeInt8 = {
    "quantize-int8",
    "Full-integer int8",
    "Weights, activations and arithmetic become 8-bit integers: a quarter of the file, and what microcontrollers run "
    "fastest.",
    "TensorFlow Lite converter, post-training full-integer quantization",
    TechniqueFamily::quantization,
    TechniqueNeeds::calibration,
    parameters(),
    apply,
    [](const ParameterValues &settings) {
        const std::string &method = settings.text("calibration"), &preset = settings.text("preset"),
                          &correction = settings.text("bias-correction");
        const std::int64_t bits = settings.integer("bits");
        return (bits == 8 ? "int8" : "int8 with " + std::to_string(bits) + "-bit weights") +
               (settings.integer("activation-bits") == 8
                    ? ""
                    : " " + std::to_string(settings.integer("activation-bits")) + "-bit activations") +
               (settings.flag("per_channel") ? "" : " per tensor") + roundingText(settings) + dropText(settings) +
               (method == "minmax" ? "" : " " + method) + (preset == "tflite" ? "" : " " + preset) +
               (correction == "none" ? "" : " " + correction + " bias");
    },
};

} // namespace espalier
