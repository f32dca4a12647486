// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/techniques/activationranges.h"
#include "core/techniques/integerrewrite.h"
#include "core/techniques/rewrite.h"

namespace espalier {

namespace {

Result<ModelPtr> apply(const ModelPtr &model, const ParameterValues &settings, TechniqueContext &context)
{
    const Result<ModelPtr> source = floatModel(model, context.notes);
    if (!source)
        return source.error();
    const Result<std::vector<ActivationRange>> ranges = activationRanges(*source, calibrationOf(settings), context);
    if (!ranges)
        return ranges.error();

    IntegerPlan plan;
    for (const ActivationRange &range : *ranges)
        plan.activations.push_back(range.seen ? std::optional(wideActivationParameters(range.minimum, range.maximum))
                                              : std::nullopt);
    plan.activationType = DType::int16;
    plan.perChannel = settings.flag("per_channel");
    plan.inputType = integerInterface(settings.text("input_type"));
    plan.outputType = integerInterface(settings.text("output_type"));
    Result<Model> result = integerModel(**source, std::move(plan), context.notes, context.progress);
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
         .defaultValue = true});
    all.push_back(integerInterfaceParameter(
        "input_type", "Input", "Type of the model's input; float costs one more operator.", {"int16", "float"}));
    all.push_back(integerInterfaceParameter(
        "output_type", "Output", "Type of the model's output; float costs one more operator.", {"int16", "float"}));
    return all;
}

} // namespace

extern const Technique quantizeInt16x8;
const Technique quantizeInt16x8 = {
    "quantize-int16x8",
    "Int16 activations, int8 weights",
    "Weights become 8-bit integers and activations 16-bit ones: nearly the accuracy of floats in a quarter of the "
    "file, for twice the memory of int8 and a slower run.",
    "TensorFlow Lite converter, post-training integer quantization with int16 activations",
    TechniqueFamily::quantization,
    TechniqueNeeds::calibration,
    parameters(),
    apply,
    [](const ParameterValues &settings) {
        const std::string &method = settings.text("calibration");
        return std::string("int16x8") + (settings.flag("per_channel") ? "" : " per tensor") +
               (method == "minmax" ? "" : " " + method);
    },
};

} // namespace espalier
