// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/engine.h"
#include "core/metrics/evaluate.h"
#include "core/techniques/quantizationparameters.h"
#include "core/techniques/recipe.h"
#include "core/techniques/weights.h"
#include "core/train/architectures/architecture.h"
#include "core/train/train.h"
#include "support/fashiondata.h"

#include <algorithm>

using namespace espalier;

namespace {

void multiply(Tensor &tensor, const ChannelSlices &slices, std::size_t channel, float factor)
{
    const std::span<const float> before = values<float>(tensor);
    std::vector<float> after(before.begin(), before.end());
    for (std::size_t i = 0; i < after.size(); ++i)
        if (slices.of(i) == channel)
            after[i] *= factor;
    tensor.data = sharedBytes(after);
}

/// The same function with channels of every layer far apart: one channel's weights times 1000, the next one's times
/// 0.001, and what reads them scaled the other way, which a RELU between lets pass. Layers of even and odd number have
/// other channels, lest a layer's two scales cancel out.
ModelPtr badlyScaled(const Model &model)
{
    auto result = std::make_shared<Model>(model);
    Graph &graph = result->main();
    const auto isConvolution = [](const Operator &op) {
        return op.kind == OpKind::conv2D || op.kind == OpKind::depthwiseConv2D;
    };
    for (std::size_t i = 0; i + 1 < graph.operators.size(); ++i) {
        const Operator &op = graph.operators[i], &next = graph.operators[i + 1];
        if (!isConvolution(op) || !isConvolution(next))
            continue;
        Tensor &weights = graph[op.inputs[1]], &bias = graph[op.inputs[2]], &readers = graph[next.inputs[1]];
        for (const auto &[offset, factor] : {std::pair(0, 1000.0f), std::pair(1, 0.001f)}) {
            const std::size_t channel = 2 * (i % 2) + std::size_t(offset);
            multiply(weights, channelSlices(weights.shape, weightLayout(op.kind)->channelAxis), channel, factor);
            multiply(bias, channelSlices(bias.shape, 0), channel, factor);
            multiply(readers, channelSlices(readers.shape, 3), channel, 1 / factor);
        }
    }
    return result;
}

} // namespace

/// A small MobileNetV1, trained here in seconds, whose channels are then scaled badly: what one scale for each layer
/// costs, and what equalization brings back.
class MobileNetTest : public QObject
{
    Q_OBJECT

    Dataset m_data;
    ModelPtr m_trained;
    ThreadPool m_pool{2};

    InputScaling scaling(const Model &model) const
    {
        return impliedScaling(model.main()[model.main().inputs[0]], m_data.test).scaling;
    }

    double accuracy(const ModelPtr &model, const std::string &recipe)
    {
        TechniqueContext context{std::make_shared<const Dataset>(m_data), scaling(*model), 1, m_pool, {}};
        const Result<ModelPtr> variant = Recipe::parse(recipe)->apply(model, context);
        if (!variant)
            qFatal("%s", variant.error().message.c_str());
        const Result<Evaluation> evaluation =
            evaluate(*Program::compile(*variant), m_data.test, m_data.labelKind, scaling(**variant), m_pool);
        if (!evaluation)
            qFatal("%s", evaluation.error().message.c_str());
        qInfo("%s: %.2f %%", recipe.c_str(), 100 * evaluation->accuracy);
        return evaluation->accuracy;
    }

private slots:
    void init()
    {
        ESPALIER_NEEDS_FASHION_MNIST;
        if (m_trained)
            return;
        const Result<DatasetPtr> data = openDataset(fashionFolder);
        QVERIFY(data);
        m_data = **data;
        m_data.train = m_data.train.first(8000);
        m_data.test = m_data.test.first(2000);
        const Result<Untrained> untrained =
            findArchitecture("mobilenetv1")->build({m_data.train.shape, m_data.classes, 1, 0.25});
        QVERIFY(untrained);
        TrainOptions options;
        options.epochs = 2;
        options.seed = 1;
        options.layers = untrained->layers;
        const Result<ModelPtr> trained = train(untrained->model, m_data, options, m_pool);
        QVERIFY2(trained, trained ? "" : trained.error().message.c_str());
        m_trained = *trained;
    }

    void equalizingBringsBackWhatOneScaleLoses()
    {
        const double exact = accuracy(m_trained, "");
        QVERIFY2(exact > 0.7, qPrintable(QString::number(exact)));
        const ModelPtr bad = badlyScaled(*m_trained);
        QVERIFY(std::abs(accuracy(bad, "") - exact) < 0.002); // the function is the same
        const double plain = accuracy(bad, "quantize-int8 per_channel=no");
        QVERIFY2(plain < exact - 0.3, qPrintable(QString::number(plain)));
        const double equalized = accuracy(bad, "equalize | quantize-int8 per_channel=no");
        QVERIFY2(equalized > exact - 0.01, qPrintable(QString::number(equalized)));
    }
};

QTEST_GUILESS_MAIN(MobileNetTest)
#include "tst_mobilenet.moc"
