// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/random.h"
#include "core/data/labelkind.h"
#include "core/metrics/modelmetrics.h"
#include "core/techniques/finetuning.h"
#include "core/techniques/percent.h"
#include "core/techniques/rewrite.h"
#include "core/techniques/weights.h"
#include "core/train/trainingnetwork.h"

#include <algorithm>
#include <cmath>

namespace espalier {

namespace {

constexpr OpKind layerKinds[] = {OpKind::conv2D, OpKind::depthwiseConv2D, OpKind::fullyConnected,
                                 OpKind::transposeConv};

/// Puts a new head behind what is left of a network.
class Head
{
public:
    Head(Model &model, std::uint64_t seed) : m_graph(model.main()), m_random(seed, 0x68656164) {}

    /// A 1×1 convolution of this width, the mean of each channel and a dense layer; of values without places the dense
    /// layer alone. Then softmax. Appends the new constants to `parameters`.
    TensorId add(TensorId features, std::int32_t width, std::int32_t classes, std::vector<TensorId> &parameters)
    {
        if (m_graph[features].shape.size() == 4) {
            const Shape in = m_graph[features].shape;
            Conv2DOptions relu;
            relu.activation = Activation::relu;
            const TensorId w = weights("head/conv/weights", {width, 1, 1, in[3]}, in[3], parameters);
            const TensorId c = weights("head/conv/bias", {width}, in[3], parameters);
            features = step(OpKind::conv2D, {features, w, c}, "head/conv", {1, in[1], in[2], width}, relu);
            features = step(OpKind::mean, {features, whole("head/mean/axes", {1, 2})}, "head/mean", {1, width},
                            ReduceOptions{false});
        }
        const std::int32_t in = m_graph[features].shape[1];
        const TensorId w = weights("head/dense/weights", {classes, in}, in, parameters);
        const TensorId c = weights("head/dense/bias", {classes}, in, parameters);
        features = step(OpKind::fullyConnected, {features, w, c}, "head/dense", {1, classes}, FullyConnectedOptions());
        return step(OpKind::softmax, {features}, "head/probabilities", {1, classes}, SoftmaxOptions());
    }

private:
    TensorId value(const std::string &name, Shape shape)
    {
        Tensor tensor;
        tensor.name = name;
        tensor.shape = std::move(shape);
        return m_graph.addTensor(std::move(tensor));
    }
    TensorId whole(const std::string &name, const std::vector<std::int32_t> &numbers)
    {
        const TensorId id = value(name, {std::int32_t(numbers.size())});
        m_graph[id].type = DType::int32;
        m_graph[id].data = sharedBytes(numbers);
        return id;
    }
    /// Uniform within 1 / sqrt(inputs of one output), as new networks start.
    TensorId weights(const std::string &name, Shape shape, std::int32_t inputs, std::vector<TensorId> &parameters)
    {
        std::vector<float> all(elementCount(shape));
        for (float &w : all)
            w = float((m_random.uniform() * 2 - 1) / std::sqrt(double(inputs)));
        parameters.push_back(value(name, std::move(shape)));
        m_graph[parameters.back()].data = sharedBytes(all);
        return parameters.back();
    }
    TensorId step(OpKind kind, std::vector<TensorId> inputs, const std::string &name, Shape shape, OpOptions options)
    {
        const TensorId output = value(name, std::move(shape));
        Operator op = plainOperator(kind, 1, inputs[0], output);
        op.inputs = std::move(inputs);
        op.options = std::move(options);
        m_graph.operators.push_back(std::move(op));
        return output;
    }

    Graph &m_graph;
    Random m_random;
};

/// Places behind which a network can end: nothing but this operator's output is read from there on.
std::vector<std::size_t> cutPoints(const Graph &graph)
{
    std::vector<std::size_t> lastRead(graph.tensors.size(), 0);
    for (std::size_t i = 0; i < graph.operators.size(); ++i)
        for (const TensorId id : graph.operators[i].inputs)
            if (id.valid())
                lastRead[std::size_t(id.index)] = i;
    std::vector<std::size_t> points;
    for (std::size_t i = 0; i + 1 < graph.operators.size(); ++i) {
        const TensorId out = graph.operators[i].outputs[0];
        const Tensor &tensor = graph[out];
        bool single = graph.operators[i].outputs.size() == 1 && tensor.type == DType::float32 &&
                      (tensor.shape.size() == 4 || tensor.shape.size() == 2) && tensor.shape[0] == 1;
        for (std::size_t before = 0; before <= i && single; ++before)
            for (const TensorId id : graph.operators[before].outputs)
                single &= id == out || lastRead[std::size_t(id.index)] <= i;
        for (const TensorId id : graph.inputs)
            single &= lastRead[std::size_t(id.index)] <= i;
        if (single)
            points.push_back(i);
    }
    return points;
}

struct Shortened
{
    Model model;
    std::vector<TensorId> head; ///< its constants
};

Shortened shortened(const Model &model, std::size_t point, std::int32_t width, std::int32_t classes, std::uint64_t seed)
{
    Shortened result{model, {}};
    Graph &graph = result.model.main();
    graph.operators.resize(point + 1);
    const TensorId out = Head(result.model, seed).add(graph.operators[point].outputs[0], width, classes, result.head);
    const TensorId before = graph.outputs[0];
    graph.outputs = {out};
    for (Signature &signature : result.model.signatures)
        for (Signature::Entry &entry : signature.outputs)
            if (signature.graph == 0 && entry.tensor == before)
                entry.tensor = out;
    return result;
}

/// Puts back every parameter but those of the head.
StepHook onlyHeadLearns(const Shortened &model)
{
    std::vector<std::pair<TensorId, std::vector<float>>> kept;
    const Graph &graph = model.model.main();
    for (const Operator &op : graph.operators) {
        const std::optional<WeightLayout> layout = weightLayout(op.kind);
        for (const std::size_t input : layout ? std::vector{layout->weights, layout->bias} : std::vector<std::size_t>())
            if (const TensorId id = op.input(input);
                id.valid() && graph[id].isConstant() && std::ranges::find(model.head, id) == model.head.end())
                kept.emplace_back(id, floatValues(graph[id]));
    }
    return [kept = std::move(kept)](std::int64_t, const TrainingNetwork &network, std::span<float> parameters) {
        for (const auto &[id, before] : kept)
            std::ranges::copy(before, parameters.begin() + network.placeOf(id));
    };
}

Result<ModelPtr> apply(const ModelPtr &model, const ParameterValues &settings, TechniqueContext &context)
{
    const ModelPtr plain = inFloat32(model);
    const Graph &graph = plain->main();
    if (const Result<std::vector<Weights>> weights = floatWeights(graph, layerKinds); !weights)
        return weights.error();
    if (context.progress.cancelled())
        return cancelled();
    if (const Result<void> checked = checkTrainingData(context); !checked)
        return checked.error();
    if (graph.inputs.size() != 1 || graph.outputs.size() != 1 || graph[graph.outputs[0]].shape.size() != 2)
        return unusableInput("only a classifier with one input and one output can be shortened");
    if (labelKindFor(graph, *context.data) != LabelKind::classes)
        return unusableInput("the head that takes the place of the last layers classifies; this model reproduces its "
                             "input");
    const std::int32_t classes = graph[graph.outputs[0]].shape[1];
    const double target = settings.real("target") * double(parameterCount(graph));

    const std::vector<std::size_t> points = cutPoints(graph);
    for (auto point = points.rbegin(); point != points.rend(); ++point) {
        Shortened candidate = shortened(*plain, *point, std::int32_t(settings.integer("width")), classes, context.seed);
        if (double(parameterCount(candidate.model.main())) > target)
            continue;
        context.notes.push_back("the network ends behind " + operatorName(graph, graph.operators[*point]) + ": " +
                                std::to_string(graph.operators.size() - *point - 1) + " of " +
                                std::to_string(graph.operators.size()) + " operators went, a head of " +
                                std::to_string(candidate.model.main().operators.size() - *point - 1) + " came");
        const StepHook hook = onlyHeadLearns(candidate);
        const auto whole = std::make_shared<const Model>(candidate.model);
        Result<ModelPtr> trained = fineTune(whole, settings, context, hook); // the head alone
        if (trained)
            trained = fineTune(*trained, settings, context);
        if (!trained)
            return trained.error();
        auto result = std::make_shared<Model>(**trained);
        removeUnusedTensors(*result);
        return ModelPtr(result);
    }
    return unusableInput("no place to end the network leaves at most " + percentText(settings.real("target")) +
                         " of its parameters: raise target, or lower width");
}

} // namespace

extern const Technique pruneDepth;
const Technique pruneDepth = {
    "prune-depth",
    "Depth pruning",
    "Drops the last layers and trains a small head in their place: fewer layers make small models faster on any board.",
    "De Leon and Atienza, Depth pruning with auxiliary networks for TinyML (arXiv 2204.10546)",
    TechniqueFamily::pruning,
    TechniqueNeeds::training,
    withFineTuning({{"target", "Target", "Share of the parameters that the shorter network, head included, may have.",
                     0.5, 0.001, 1},
                    {"width", "Head width", "Channels of the head's 1×1 convolution.", std::int64_t(32), 1, 1024}},
                   {.epochs = 5}),
    apply,
    [](const ParameterValues &settings) {
        return "depth to " + percentText(settings.real("target")) + epochsText(settings);
    },
};

} // namespace espalier
