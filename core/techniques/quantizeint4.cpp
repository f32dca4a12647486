// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/techniques/activationranges.h"
#include "core/techniques/adaround.h"
#include "core/techniques/integerrewrite.h"
#include "core/techniques/rewrite.h"
#include "core/techniques/weights.h"

#include <charconv>

namespace espalier {

namespace {

std::size_t chosenGroup(const ParameterValues &settings)
{
    const std::string &text = settings.text("group");
    std::size_t group = 0; // "none" is no number
    std::from_chars(text.data(), text.data() + text.size(), group);
    return group;
}

/// Says which convolutions and dense layers have no groups. An unusableInput error where none has.
Result<void> tellGroups(const Graph &graph, const IntegerPlan &plan, std::vector<std::string> &notes)
{
    const std::string size = std::to_string(plan.group);
    bool hasGroups = false;
    for (const Operator &op : graph.operators) {
        if ((op.kind != OpKind::conv2D && op.kind != OpKind::fullyConnected) || !hasIntegerWeights(graph, op, plan))
            continue;
        if (groupSize(graph, op, plan) > 0) {
            hasGroups = true;
            continue;
        }
        const Tensor &weights = graph[op.inputs[weightLayout(op.kind)->weights]];
        notes.push_back(operatorName(graph, op) + " keeps a scale for each output channel: the channel's " +
                        std::to_string(weights.elements() / std::size_t(weights.shape[0])) +
                        " weights are not two or more groups of " + size);
    }
    if (!hasGroups)
        return unusableInput("no layer of the model has groups of " + size +
                             ": the weights of each output must be two or more whole ones");
    notes.push_back("the file holds all weights as int8, since TensorFlow Lite's operators take groups of int4 with "
                    "float activations alone; boards keep 4 bits for each weight and 4 for each group");
    return {};
}

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
    plan.group = chosenGroup(settings);
    plan.perChannel = settings.flag("per_channel");
    plan.inputType = integerInterface(settings.text("input_type"));
    plan.outputType = integerInterface(settings.text("output_type"));
    if (plan.group > 0)
        if (const Result<void> told = tellGroups(source->main(), plan, context.notes); !told)
            return told.error();
    if (roundsAdaptively(settings)) {
        const auto grid = [&](const Graph &graph, std::size_t op) { return integerWeightGrid(graph, op, plan); };
        Result<Model> rounded =
            withAdaptiveRounding(*source, grid, settings.integer("iterations"), calibration, context);
        if (!rounded)
            return rounded.error();
        source = std::make_shared<const Model>(*std::move(rounded));
    }
    Result<Model> result = integerModel(*source, std::move(plan), context.notes, context.progress);
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
    all.push_back({.key = "group",
                   .title = "Group",
                   .description = "So many neighbouring weights of an output share a 4-bit multiple of its scale.",
                   .defaultValue = std::string("none"),
                   .choices = {"none", "8", "16", "32", "64", "128", "256"}});
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
    "weights' size, at a cost in accuracy, which groups lower.",
    "TensorFlow Lite, int4 weights: symmetric within -7..7, with int8 activations; groups: AIMET, low-power blockwise "
    "quantization",
    TechniqueFamily::quantization,
    TechniqueNeeds::calibration,
    parameters(),
    apply,
    [](const ParameterValues &settings) {
        const std::string &method = settings.text("calibration");
        const std::size_t group = chosenGroup(settings);
        return std::string(settings.flag("per_channel") ? "int4" : "int4 per tensor") +
               (group > 0 ? " groups of " + std::to_string(group) : "") + (method == "minmax" ? "" : " " + method) +
               (roundsAdaptively(settings) ? " AdaRound" : "");
    },
};

} // namespace espalier
