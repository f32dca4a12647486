// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/text.h"
#include "core/techniques/activationranges.h"
#include "core/techniques/activationwidths.h"
#include "core/techniques/adaround.h"
#include "core/techniques/bitallocation.h"
#include "core/techniques/bitsensitivity.h"
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

std::string kibibytes(std::size_t bytes)
{
    return numberText(std::round(double(bytes) / 102.4) / 10) + " KiB";
}

/// The operators that shall have int16 activations, so that no more live at once than the budget allows; a note tells.
Result<std::vector<LayerSetting>> wideLayers(const ModelPtr &model, const ParameterValues &settings,
                                             BitSensitivity &sensitivity, TechniqueContext &context)
{
    const Graph &graph = model->main();
    const auto budget = std::size_t(settings.integer("ram"));
    if (budget == 0)
        return std::vector<LayerSetting>();
    const Result<std::vector<ActivationRange>> ranges = activationRanges(model, calibrationOf(settings), context);
    if (!ranges)
        return ranges.error();
    std::vector<WidthChoice> choices = widthChoices(graph);
    if (const Result<void> measured = sensitivity.ofActivations(choices, *ranges); !measured)
        return measured.error();
    const std::optional<std::vector<bool>> isWide = chooseWidths(graph, choices, budget * 1024, context.progress);
    if (context.progress.cancelled())
        return cancelled();
    std::vector<bool> narrow(graph.operators.size(), false);
    if (!isWide)
        return unusableInput("activations of int8 already take " + kibibytes(activationBytes(graph, narrow)) +
                             " at once, more than ram=" + std::to_string(budget) + " allows");
    std::vector<LayerSetting> wide;
    for (std::size_t i = 0; i < isWide->size(); ++i)
        if ((*isWide)[i])
            wide.push_back({operatorName(graph, graph.operators[i]), "activations", std::string("int16")});
    context.notes.push_back(std::to_string(wide.size()) + " of " + std::to_string(isWide->size()) +
                            " operators have int16 activations: " + kibibytes(activationBytes(graph, *isWide)) +
                            " live at once, " + kibibytes(activationBytes(graph, narrow)) +
                            " with int8 everywhere; boards take less where they compute in place");
    return wide;
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
    BitSensitivity sensitivity(source, context);
    const Result<std::vector<LayerBits>> costs = sensitivity.ofWeights(*layers, settings.flag("per_channel"));
    if (!costs)
        return costs.error();
    double weights = 0, macs = 0;
    for (const LayerBits &layer : *costs) {
        weights += layer.weights;
        macs += layer.macs;
    }
    const std::optional<std::vector<int>> bits = allocateBits(*costs, settings.real("size") * mostWeightBits * weights,
                                                              settings.real("macbits") * mostWeightBits * macs);
    assert(bits); // both shares allow 2 bits everywhere

    const Technique &quantize = *findTechnique("quantize-int8");
    std::map<std::string, std::string> passedOn;
    for (const auto &[key, value] : settings.all())
        if (key != "size" && key != "macbits" && key != "ram")
            passedOn[key] = parameterText(value);
    Result<ParameterValues> values = ParameterValues::parse(quantize.parameters, passedOn);
    if (!values)
        return values.error();
    Result<std::vector<LayerSetting>> assigned = wideLayers(source, settings, sensitivity, context);
    if (!assigned)
        return assigned.error();
    double weightBits = 0, macBits = 0;
    for (std::size_t i = 0; i < layers->size(); ++i) {
        const int b = (*bits)[i];
        weightBits += b * (*costs)[i].weights;
        macBits += b * (*costs)[i].macs;
        if (b < mostWeightBits)
            assigned->push_back({operatorName(graph, graph.operators[(*layers)[i].op]), "bits", std::int64_t(b)});
    }
    values->setLayerSettings(*std::move(assigned));
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
        {.key = "ram",
         .title = "RAM",
         .description = "How much of activations may live at once. What is left beyond int8 goes to int16 activations "
                        "where int8 ones change the output the most; 0: int8 everywhere.",
         .defaultValue = std::int64_t(0),
         .minimum = 0,
         .maximum = 1 << 20,
         .unit = "KiB"},
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
    "Full-integer int8 whose layers have as many bits for their weights, 2 to 8, and for their activations, 8 or 16, "
    "as budgets allow and the output needs: measured layer by layer, chosen together.",
    "Mixed precision by additive layer errors under a budget, solved by dynamic programming",
    TechniqueFamily::quantization,
    TechniqueNeeds::calibration,
    parameters(),
    apply,
    [](const ParameterValues &settings) {
        const double macs = settings.real("macbits");
        return "int8 with " + percentText(settings.real("size")) + " of the bits" +
               (macs < 1 ? " and " + percentText(macs) + " of the MAC bits" : "") +
               (settings.integer("ram") > 0 ? " in " + std::to_string(settings.integer("ram")) + " KiB" : "") +
               roundingText(settings);
    },
};

} // namespace espalier
