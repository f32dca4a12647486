// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "device/boards/boardsettings.h"
#include "device/plan/executionplan.h"
#include "randomgraph.h"
#include "support/graphbuilder.h"

#include <QtTest>

using namespace espalier;
using namespace espalier::device;

namespace {

/// A dense layer, int8, whose weights have four values.
ModelPtr denseOfFourValues(int inputs, int outputs)
{
    GraphBuilder b;
    std::vector<std::int8_t> weights(std::size_t(inputs) * std::size_t(outputs));
    for (std::size_t i = 0; i < weights.size(); ++i)
        weights[i] = std::int8_t(20 * int(i * i % 7 % 4) - 30);
    const TensorId x = b.input({1, inputs}, DType::int8, GraphBuilder::perTensor(0.1f, 3));
    const TensorId y = b.fullyConnected(x, b.constant({outputs, inputs}, weights, GraphBuilder::perTensor(0.02f, 0)),
                                        {}, {}, GraphBuilder::perTensor(0.5f, -4));
    return b.model({y});
}

} // namespace

class TestWeightForms : public QObject
{
    Q_OBJECT

private slots:
    // Four values are two bits for each weight, but for a small layer not worth the code that looks them up.
    void compactWherePaidFor_data()
    {
        QTest::addColumn<int>("inputs");
        QTest::addColumn<int>("outputs");
        QTest::addColumn<bool>("isCompact");
        QTest::newRow("small") << 64 << 16 << false;
        QTest::newRow("large") << 256 << 64 << true;
    }
    void compactWherePaidFor()
    {
        QFETCH(int, inputs);
        QFETCH(int, outputs);
        QFETCH(bool, isCompact);
        const ModelPtr model = denseOfFourValues(inputs, outputs);
        for (const KernelFamily family : {KernelFamily::plain, KernelFamily::dsp, KernelFamily::thumb}) {
            const auto usual = makePlan(*model, family), dense = makePlan(*model, family, WeightForms::dense),
                       compact = makePlan(*model, family, WeightForms::compact);
            QVERIFY(usual && dense && compact);
            QVERIFY(4 * compact->weightBytes() < 2 * dense->weightBytes());
            QCOMPARE(usual->weightBytes(), (isCompact ? compact : dense)->weightBytes());
            QCOMPARE(usual->steps.at(0).function, (isCompact ? compact : dense)->steps.at(0).function);
        }
    }

    // A layer of two-valued outputs compares, one of two-valued inputs and weights too counts bits; where a step is
    // less than the whole range, a sum may give a third value, and nothing of the kind is done.
    void binaryLayersCountBits_data()
    {
        QTest::addColumn<int>("family");
        QTest::addColumn<QByteArray>("convolution");
        QTest::addColumn<QByteArray>("dense");
        QTest::newRow("plain") << int(KernelFamily::plain) << QByteArray("conv2dQuantized")
                               << QByteArray("fullyConnectedQuantized");
        QTest::newRow("Cortex-M4") << int(KernelFamily::dsp) << QByteArray("dsp::binaryConvolution")
                                   << QByteArray("dsp::binaryFullyConnected");
        QTest::newRow("Cortex-M0+") << int(KernelFamily::thumb) << QByteArray("thumb::binaryConvolution")
                                    << QByteArray("thumb::binaryFullyConnected");
    }
    void binaryLayersCountBits()
    {
        QFETCH(int, family);
        QFETCH(QByteArray, convolution);
        QFETCH(QByteArray, dense);
        test::RandomGraph random(5);
        random.addBinary();
        Model model;
        model.graphs.push_back(random.take());
        const auto plan = makePlan(model, KernelFamily(family), WeightForms::dense);
        QVERIFY2(plan, plan ? "" : plan.error().message.c_str());
        QByteArrayList called;
        for (const PlanStep &step : plan->steps)
            if (step.macs > 0)
                called << QByteArray::fromStdString(step.function);
        std::ranges::sort(called);
        QByteArrayList expected{"conv2dBinary", "conv2dBinary", convolution, dense};
        std::ranges::sort(expected);
        QCOMPARE(called, expected);

        for (Tensor &tensor : model.main().tensors)
            for (float &scale : tensor.quantization.scale)
                scale *= tensor.quantization.axis == 0 && tensor.type == DType::int8 && tensor.isConstant() ? 0.3f : 1;
        const auto gentle = makePlan(model, KernelFamily(family), WeightForms::dense);
        QVERIFY(gentle);
        for (const PlanStep &step : gentle->steps)
            QVERIFY2(step.function.find("inary") == std::string::npos, step.function.c_str());
    }

    void settingsAreRead()
    {
        static constexpr int clocks[] = {125, 200};
        const auto all = readBoardSettings("clock=200,weights=sram,forms=dense", "pico", clocks);
        QVERIFY(all && all->hasClock && all->weightsInRam);
        QCOMPARE(all->megahertz, 200);
        QCOMPARE(all->forms, WeightForms::dense);
        QCOMPARE(all->text(), std::string("clock 200 MHz, weights in SRAM, dense weights"));
        const auto forms = readBoardSettings("forms=compact", "pico", clocks);
        QVERIFY(forms && !forms->hasClock);
        QCOMPARE(forms->megahertz, 125);
        QCOMPARE(forms->text(), std::string("compact weights"));
        QCOMPARE(readBoardSettings("forms=smallest", "qemu-m7", {})->text(), std::string());
    }

    void wrongSettingsAreNamed_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<QByteArray>("said");
        QTest::newRow("value") << QByteArray("forms=thin") << QByteArray("smallest, dense or compact");
        QTest::newRow("key") << QByteArray("form=dense") << QByteArray("forms");
        QTest::newRow("no clock") << QByteArray("clock=64") << QByteArray("no setting 'clock'");
    }
    void wrongSettingsAreNamed()
    {
        QFETCH(QByteArray, text);
        QFETCH(QByteArray, said);
        const auto settings = readBoardSettings(text.toStdString(), "qemu-m7", {});
        QVERIFY(!settings);
        QVERIFY2(settings.error().message.find(said.toStdString()) != std::string::npos,
                 settings.error().message.c_str());
    }
};

QTEST_GUILESS_MAIN(TestWeightForms)
#include "tst_weightforms.moc"
