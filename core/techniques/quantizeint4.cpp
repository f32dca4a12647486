// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/techniques/activationranges.h"
#include "core/techniques/adaround.h"
#include "core/techniques/integerrewrite.h"
#include "core/techniques/rewrite.h"

namespace espalier {

namespace {

Result<ModelPtr> apply(const ModelPtr &model, const ParameterValues &settings, TechniqueContext &context)
{
    if (const Tensor *tensor = quantizedTensor(model->main()))
        return unusableInput("the model is quantized already (\"" + tensor->name + "\" is " +
                             std::string(name(tensor->type)) + "): start from the float model");
    ModelPtr source = model;
    if (holdsFloat16Constants(model->main()))
        source = std::make_shared<const Model>(withFloat32Constants(*model));
    const Calibration calibration = calibrationOf(settings);
    const Result<std::vector<ActivationRange>> ranges = activationRanges(source, calibration, context);
    if (!ranges)
        return ranges.error();

    IntegerPlan plan;
    for (const ActivationRange &range : *ranges)
        plan.activations.push_back(range.seen ? std::optional(activationParameters(range.minimum, range.maximum))
                                              : std::nullopt);
    plan.weightType = DType::int4;
    plan.perChannel = settings.flag("per_channel");
    plan.inputType = integerInterface(settings.text("input_type"));
    plan.outputType = integerInterface(settings.text("output_type"));
    if (roundsAdaptively(settings)) {
        const auto grid = [&](const Graph &graph, std::size_t op) { return integerWeightGrid(graph, op, plan); };
        Result<Model> rounded =
            withAdaptiveRounding(*source, grid, settings.integer("iterations"), calibration, context);
        if (!rounded)
            return rounded.error();
        source = std::make_shared<const Model>(*std::move(rounded));
    }
    Result<Model> result = integerModel(*source, std::move(plan), context.notes);
    if (!result)
        return result.error();
    context.progress.report("quantizing", 1, 1);
    return std::make_shared<const Model>(*std::move(result));
}

std::vector<ParameterSpec> parameters()
{
    std::vector<ParameterSpec> all = calibrationParameters();
    all.push_back({.key = "per_channel",
                   .title = "Per channel",
                   .description = "Weights get a scale for each output channel instead of one for the layer.",
                   .defaultValue = true});
    for (ParameterSpec &spec : roundingParameters())
        all.push_back(std::move(spec));
    all.push_back(integerInterfaceParameter("input_type", "Input",
                                            "Type of the model's input; the others than int8 cost one more operator."));
    all.push_back(integerInterfaceParameter(
        "output_type", "Output", "Type of the model's output; the others than int8 cost one more operator."));
    return all;
}

} // namespace

extern const Technique quantizeInt4;
const Technique quantizeInt4 = {
    "quantize-int4",
    "Integer with 4-bit weights",
    "Weights become 4-bit integers, two to a byte in the file and in flash; activations are int8. An eighth of the "
    "weights' size, at a cost in accuracy.",
    "TensorFlow Lite, int4 weights: symmetric within -7..7, with int8 activations",
    TechniqueFamily::quantization,
    TechniqueNeeds::calibration,
    parameters(),
    apply,
    [](const ParameterValues &settings) {
        const std::string &method = settings.text("calibration");
        return std::string(settings.flag("per_channel") ? "int4" : "int4 per tensor") +
               (method == "minmax" ? "" : " " + method) + (roundsAdaptively(settings) ? " AdaRound" : "");
    },
};

} // namespace espalier
