// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/graph/int4.h"
#include "core/techniques/integerrewrite.h"
#include "modelbuilder.h"

#include <QtTest>

#include <algorithm>

using namespace espalier;

namespace {

const Operator &operatorNamed(const Graph &graph, const std::string &output)
{
    return *std::ranges::find_if(graph.operators,
                                 [&](const Operator &op) { return graph[op.outputs[0]].name == output; });
}

const Tensor &tensorNamed(const Graph &graph, const std::string &name)
{
    return *std::ranges::find(graph.tensors, name, &Tensor::name);
}

AffineParameters parametersOf(const Tensor &tensor)
{
    return {tensor.quantization.scale.at(0), std::int32_t(tensor.quantization.zeroPoint.at(0))};
}

/// A plan that gives every activation a range of its own.
IntegerPlan planFor(const Model &model)
{
    IntegerPlan plan;
    for (std::size_t i = 0; i < model.main().tensors.size(); ++i)
        plan.activations.push_back(activationParameters(-float(i + 1), float(i + 2)));
    return plan;
}

Model quantizedSample(const IntegerPlan &plan, std::vector<std::string> &notes)
{
    Result<Model> result = integerModel(*sampleModel(), plan, notes);
    if (!result)
        qFatal("%s", result.error().message.c_str());
    return *std::move(result);
}

} // namespace

class IntegerModelTest : public QObject
{
    Q_OBJECT

private slots:
    void everythingBecomesInteger()
    {
        std::vector<std::string> notes;
        const Model model = quantizedSample(planFor(*sampleModel()), notes);
        QVERIFY(notes.empty());
        for (const Tensor &tensor : model.main().tensors)
            QVERIFY2(tensor.type != DType::float32, tensor.name.c_str());
        QCOMPARE(model.main()[model.main().inputs[0]].type, DType::int8);
        QCOMPARE(model.main()[model.main().outputs[0]].type, DType::int8);
    }

    void wideActivationsHaveWideBiases()
    {
        std::vector<std::string> notes;
        IntegerPlan plan = planFor(*sampleModel());
        for (std::size_t i = 0; i < plan.activations.size(); ++i)
            plan.activations[i] = wideActivationParameters(-float(i + 1), float(i + 2));
        plan.activationType = plan.inputType = plan.outputType = DType::int16;
        const Model model = quantizedSample(plan, notes);
        const Graph &graph = model.main();
        QVERIFY(notes.empty());
        QCOMPARE(graph[graph.inputs[0]].type, DType::int16);
        QCOMPARE(graph[graph.outputs[0]].type, DType::int16);
        QCOMPARE(tensorNamed(graph, "conv/w").type, DType::int8);
        QCOMPARE(tensorNamed(graph, "conv/b").type, DType::int64);
        QCOMPARE(tensorNamed(graph, "factor").type, DType::int16);
        QCOMPARE(parametersOf(tensorNamed(graph, "softmax")), (AffineParameters{1.0f / 32768, 0}));
        QCOMPARE(operatorNamed(graph, "conv").version, 4);
        QCOMPARE(operatorNamed(graph, "dw").version, 5);
        QCOMPARE(operatorNamed(graph, "softmax").version, 3);
    }

    void weightsArePerChannelWhereTfliteHasIt()
    {
        std::vector<std::string> notes;
        IntegerPlan plan = planFor(*sampleModel());
        const Model model = quantizedSample(plan, notes);
        const Graph &graph = model.main();
        QCOMPARE(tensorNamed(graph, "conv/w").quantization.scale.size(), std::size_t(8));
        QCOMPARE(tensorNamed(graph, "conv/w").quantization.axis, 0);
        QCOMPARE(tensorNamed(graph, "dw/w").quantization.axis, 3);
        QCOMPARE(tensorNamed(graph, "hidden/w").quantization.scale.size(), std::size_t(1));
        const Tensor &bias = tensorNamed(graph, "conv/b");
        QCOMPARE(bias.type, DType::int32);
        QCOMPARE(bias.quantization.scale[3],
                 parametersOf(tensorNamed(graph, "image")).scale * tensorNamed(graph, "conv/w").quantization.scale[3]);
        QCOMPARE(operatorNamed(graph, "conv").version, 3);
        QCOMPARE(operatorNamed(graph, "dw").version, 3);
        QCOMPARE(operatorNamed(graph, "hidden").version, 4);

        plan.perChannel = false;
        const Model perTensor = quantizedSample(plan, notes);
        QCOMPARE(tensorNamed(perTensor.main(), "conv/w").quantization.scale.size(), std::size_t(1));
        QCOMPARE(tensorNamed(perTensor.main(), "conv/b").quantization.scale.size(), std::size_t(1));
    }

    void fourBitWeightsArePacked()
    {
        std::vector<std::string> notes;
        const ModelPtr floats = sampleModel();
        IntegerPlan plan = planFor(*floats);
        plan.weightType = DType::int4;
        const Model model = quantizedSample(plan, notes);
        const Graph &graph = model.main();
        for (const auto &[weights, version] : {std::pair("conv", 7), {"dw", 7}, {"hidden", 10}}) {
            const Tensor &tensor = tensorNamed(graph, std::string(weights) + "/w");
            const Tensor &original = tensorNamed(floats->main(), tensor.name);
            QCOMPARE(tensor.type, DType::int4);
            QCOMPARE(tensor.data->size(), (tensor.elements() + 1) / 2);
            QCOMPARE(operatorNamed(graph, weights).version, version);
            // Each value is the nearest step of its channel's scale, which takes the largest magnitude to 7.
            const ChannelSlices slices = channelSlices(tensor.shape, tensor.quantization.axis);
            QCOMPARE(tensor.quantization.scale.size(), slices.slices);
            for (std::size_t i = 0; i < tensor.elements(); ++i) {
                const float scale = tensor.quantization.scale[slices.of(i)];
                const int stored = int4At(tensor.data->data(), i);
                QVERIFY(std::abs(stored) <= 7);
                QVERIFY(std::abs(float(stored) * scale - values<float>(original)[i]) <= 0.501f * scale);
            }
        }
    }

    void groupsAreFourBitsTimesAMultiplier()
    {
        std::vector<std::string> notes;
        const ModelPtr floats = sampleModel();
        IntegerPlan plan = planFor(*floats);
        plan.weightType = DType::int4;
        plan.group = 32;
        const Model model = quantizedSample(plan, notes);
        const Tensor &tensor = tensorNamed(model.main(), "hidden/w"),
                     &original = tensorNamed(floats->main(), "hidden/w");
        // 18 weights of each output are no groups: they are of 4 bits by their channel, spread over the byte.
        QCOMPARE(tensorNamed(model.main(), "conv/w").type, DType::int8);
        for (const std::int8_t w : values<std::int8_t>(tensorNamed(model.main(), "conv/w")))
            QVERIFY(w % 16 == 0 && std::abs(int(w)) <= 7 * 16);
        QCOMPARE(tensor.type, DType::int8);
        QCOMPARE(operatorNamed(model.main(), "hidden").version, 4);
        QCOMPARE(tensor.quantization.scale.size(), std::size_t(12));
        double error = 0, errorByChannel = 0;
        for (std::size_t first = 0; first < tensor.elements(); first += 32) {
            const float scale = tensor.quantization.scale[first / 256];
            const auto group = values<std::int8_t>(tensor).subspan(first, 32);
            int multiplier = 16;
            while (!std::ranges::all_of(group,
                                        [&](int v) { return v % multiplier == 0 && std::abs(v) <= 7 * multiplier; }))
                QVERIFY(--multiplier > 0);
            for (std::size_t i = 0; i < group.size(); ++i) {
                const float w = values<float>(original)[first + i], channelStep = 16 * scale;
                error += std::pow(double(float(group[i]) * scale - w), 2);
                errorByChannel += std::pow(double(std::round(w / channelStep) * channelStep - w), 2);
            }
        }
        QVERIFY(error < 0.9 * errorByChannel);
    }

    void scalesFollowTheOperators()
    {
        std::vector<std::string> notes;
        const Model model = quantizedSample(planFor(*sampleModel()), notes);
        const Graph &graph = model.main();
        QCOMPARE(parametersOf(tensorNamed(graph, "pooled")), parametersOf(tensorNamed(graph, "scaled")));
        QCOMPARE(parametersOf(tensorNamed(graph, "flat")), parametersOf(tensorNamed(graph, "both")));
        QCOMPARE(parametersOf(tensorNamed(graph, "softmax")), (AffineParameters{1.0f / 256, -128}));
        // Both parts of the concatenation had parameters of their own: each is requantized to the whole's.
        const Operator &concat = operatorNamed(graph, "both");
        for (const TensorId id : concat.inputs) {
            QCOMPARE(parametersOf(graph[id]), parametersOf(tensorNamed(graph, "both")));
            QVERIFY(QString::fromStdString(graph[id].name).endsWith(QLatin1String("_requantized")));
        }
        QCOMPARE(std::ranges::count(graph.operators, OpKind::quantize, &Operator::kind), 2);
        // A constant among the data is an activation: its extremes make its parameters.
        const Tensor &factor = tensorNamed(graph, "factor");
        QCOMPARE(factor.type, DType::int8);
        QVERIFY(factor.isConstant());
    }

    void otherInputAndOutputTypes()
    {
        std::vector<std::string> notes;
        IntegerPlan plan = planFor(*sampleModel());
        plan.inputType = DType::uint8;
        plan.outputType = DType::float32;
        const Model model = quantizedSample(plan, notes);
        const Graph &graph = model.main();
        const Tensor &input = graph[graph.inputs[0]], &output = graph[graph.outputs[0]];
        QCOMPARE(input.name, std::string("image"));
        QCOMPARE(input.type, DType::uint8);
        const Operator &first = graph.operators.front(), &last = graph.operators.back();
        QCOMPARE(first.kind, OpKind::quantize);
        QCOMPARE(parametersOf(input).zeroPoint, parametersOf(graph[first.outputs[0]]).zeroPoint + 128);
        QCOMPARE(parametersOf(input).scale, parametersOf(graph[first.outputs[0]]).scale);
        QCOMPARE(output.name, std::string("softmax"));
        QCOMPARE(output.type, DType::float32);
        QCOMPARE(last.kind, OpKind::dequantize);
        QCOMPARE(graph[last.inputs[0]].name, std::string("softmax_int8"));
    }

    void floatOperatorsStandBetweenConversions()
    {
        ModelBuilder b;
        const TensorId in = b.input("in", {1, 4});
        const TensorId a = b.add(OpKind::relu, {in}, "a", {1, 4});
        const TensorId c = b.add(OpKind::other, {a}, "c", {1, 4});
        const TensorId d = b.add(OpKind::add, {a, c}, "d", {1, 4}, ArithmeticOptions());
        const ModelPtr model = b.finish({d});
        std::vector<std::string> notes;
        const Result<Model> result = integerModel(*model, planFor(*model), notes);
        QVERIFY(result);
        QCOMPARE(notes.size(), std::size_t(1));
        QVERIFY(notes[0].starts_with("c ("));
        std::vector<OpKind> kinds;
        for (const Operator &op : result->main().operators)
            kinds.push_back(op.kind);
        QCOMPARE(kinds,
                 std::vector<OpKind>({OpKind::relu, OpKind::dequantize, OpKind::other, OpKind::quantize, OpKind::add}));
    }

    void unseenTensorsStayFloat()
    {
        std::vector<std::string> notes;
        IntegerPlan plan = planFor(*sampleModel());
        for (std::size_t i = 0; i < plan.activations.size(); ++i)
            if (sampleModel()->main().tensors[i].name == "logits")
                plan.activations[i].reset();
        quantizedSample(plan, notes);
        QCOMPARE(notes.size(), std::size_t(2)); // what makes it and what reads it
    }

    void sharedWeightsServeDifferentInputs()
    {
        ModelBuilder b;
        const TensorId in = b.input("in", {1, 4});
        const TensorId w = b.weights("w", {4, 4}, 1), bias = b.weights("b", {4}, 1);
        const TensorId one = b.add(OpKind::fullyConnected, {in, w, bias}, "one", {1, 4}, FullyConnectedOptions());
        const TensorId two = b.add(OpKind::fullyConnected, {one, w, bias}, "two", {1, 4}, FullyConnectedOptions());
        const ModelPtr model = b.finish({two});
        std::vector<std::string> notes;
        const Result<Model> result = integerModel(*model, planFor(*model), notes);
        QVERIFY(result);
        const Graph &graph = result->main();
        const float scale1 = graph[operatorNamed(graph, "one").inputs[2]].quantization.scale[0];
        const float scale2 = graph[operatorNamed(graph, "two").inputs[2]].quantization.scale[0];
        QVERIFY(scale1 != scale2); // a bias is in units of its own operator's input
    }

    void nothingToDoIsAnError()
    {
        ModelBuilder b;
        const TensorId in = b.input("in", {1, 4});
        const ModelPtr model = b.finish({b.add(OpKind::other, {in}, "out", {1, 4})});
        std::vector<std::string> notes;
        const Result<Model> result = integerModel(*model, planFor(*model), notes);
        QVERIFY(!result);
        QCOMPARE(result.error().code, ErrorCode::unusableInput);
    }
};

QTEST_GUILESS_MAIN(IntegerModelTest)
#include "tst_integermodel.moc"
