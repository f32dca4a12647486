// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/techniques/applymasks.h"
#include "core/techniques/fakequantization.h"
#include "core/techniques/finetuning.h"
#include "core/techniques/layersettings.h"
#include "core/techniques/rewrite.h"
#include "core/techniques/weights.h"

namespace espalier {

namespace {

constexpr OpKind layerKinds[] = {OpKind::conv2D, OpKind::depthwiseConv2D, OpKind::fullyConnected,
                                 OpKind::transposeConv};

Result<ModelPtr> apply(const ModelPtr &model, const ParameterValues &settings, TechniqueContext &context)
{
    if (const Tensor *tensor = quantizedTensor(model->main()))
        return unusableInput("the model is quantized already (\"" + tensor->name + "\" is " +
                             std::string(name(tensor->type)) + "): start from the float model");
    const ModelPtr source = inFloat32(model);
    const Result<std::vector<Weights>> weights = floatWeights(source->main(), layerKinds);
    if (!weights)
        return weights.error();
    if (settings.integer("epochs") > 0)
        if (const Result<void> checked = checkTrainingData(context); !checked)
            return checked.error();
    const Result<std::vector<ActivationRange>> ranges =
        activationRanges(source, {.method = "minmax", .samples = std::size_t(settings.integer("samples"))}, context);
    if (!ranges)
        return ranges.error();

    IntegerPlan plan;
    plan.perChannel = settings.flag("per_channel");
    plan.weightBits = int(settings.integer("bits"));
    plan.exceptions = integerExceptions(source->main(), settings);
    plan.inputType = integerInterface(settings.text("input_type"));
    plan.outputType = integerInterface(settings.text("output_type"));
    const auto fake = std::make_shared<FakeQuantization>(
        source->main(), *ranges, std::move(plan), settings.real("decay"), int(settings.integer("activation-bits")));
    const StepHook keepZeros = settings.flag("keep_zeros") ? zeroKeeper(source->main(), *weights) : StepHook();
    const StepHook hook = [fake, keepZeros](std::int64_t step, const TrainingNetwork &network,
                                            std::span<float> parameters) {
        if (keepZeros)
            keepZeros(step, network, parameters);
        fake->update();
    };
    const Result<ModelPtr> trained =
        fineTune(source, settings, context, hook, {.transforms = fake->transforms(), .distillation = {}, .layers = {}});
    if (!trained)
        return trained.error();
    Result<Model> result = integerModel(**trained, fake->plan(), context.notes, context.progress);
    if (!result)
        return result.error();
    if (const std::int64_t bits = settings.integer("bits"); bits < 8)
        context.notes.push_back("weights take " + std::to_string((1 << bits) - 1) + " values, " + std::to_string(bits) +
                                " bits' worth, and a byte each in the file");
    context.progress.report("quantizing", 1, 1);
    return std::make_shared<const Model>(*std::move(result));
}

std::vector<ParameterSpec> parameters()
{
    return withFineTuning(
        {eachLayer({"bits", "Weight bits", "Bits of each weight.", std::int64_t(8), 2, 8}),
         activationBitsParameter(),
         {.key = "per_channel",
          .title = "Per channel",
          .description = "Convolution weights get a scale for each output channel instead of one for the layer.",
          .defaultValue = true,
          .scope = ParameterScope::either},
         {"decay", "Range decay", "How much of an activation's range stays at each step; the rest comes from the step.",
          0.99, 0, 1},
         {"samples", "Samples", "At most so many calibration samples, which give the first ranges.", std::int64_t(500),
          1, 1000000},
         {"keep_zeros", "Keep zeros", "Whether weights that are zero now stay zero, as pruning left them.", true},
         integerInterfaceParameter("input_type", "Input",
                                   "Type of the model's input; the others than int8 cost one more operator."),
         integerInterfaceParameter("output_type", "Output",
                                   "Type of the model's output; the others than int8 cost one more operator."),
         skipParameter()},
        {.epochs = 2, .learningRate = 0.01});
}

} // namespace

extern const Technique quantizeAware;
const Technique quantizeAware = {
    "quantize-aware",
    "Quantization-aware training",
    "Trains the model on with the rounding of its integer form in every step, so that weights settle where few bits "
    "suffice; the result is that integer form.",
    "Jacob et al. 2018 and TensorFlow Model Optimization: fake quantization, straight-through gradients, "
    "moving-average "
    "ranges",
    TechniqueFamily::quantization,
    TechniqueNeeds::training,
    parameters(),
    apply,
    [](const ParameterValues &settings) {
        const std::int64_t bits = settings.integer("bits");
        const std::int64_t activationBits = settings.integer("activation-bits");
        return "aware int" + std::to_string(bits) +
               (activationBits < 8 ? " with " + std::to_string(activationBits) + "-bit activations" : "") +
               epochsText(settings);
    },
    [](const ParameterValues &settings) { return needsOfFineTuning(settings, TechniqueNeeds::calibration); },
};

} // namespace espalier
