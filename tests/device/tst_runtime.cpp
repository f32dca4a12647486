// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The microcontroller runtime, compiled for this machine, gives the host engine's results bit for bit.
#include "everyoperator.h"
#include "hostbuild.h"
#include "randomgraph.h"

#include <QtTest>

#include <regex>

using namespace espalier;
using namespace espalier::test;

class TestRuntime : public QObject
{
    Q_OBJECT

private slots:
    void equalsTheHost_data()
    {
        QTest::addColumn<int>("type");
        QTest::addColumn<int>("family");
        using device::KernelFamily;
        QTest::newRow("float32") << int(DType::float32) << int(KernelFamily::plain);
        QTest::newRow("int8") << int(DType::int8) << int(KernelFamily::plain);
        QTest::newRow("uint8") << int(DType::uint8) << int(KernelFamily::plain);
        QTest::newRow("int16") << int(DType::int16) << int(KernelFamily::plain);
        QTest::newRow("int8, Cortex-M4") << int(DType::int8) << int(KernelFamily::dsp);
        QTest::newRow("int16, Cortex-M4") << int(DType::int16) << int(KernelFamily::dsp);
        QTest::newRow("int8, Cortex-M0+") << int(DType::int8) << int(KernelFamily::thumb);
        QTest::newRow("int16, Cortex-M0+") << int(DType::int16) << int(KernelFamily::thumb);
    }
    void equalsTheHost()
    {
        if (device::findProgram("g++").empty())
            QSKIP("needs g++");
        QFETCH(int, type);
        QFETCH(int, family);
        const auto model = modelOf(everyOperator(DType(type), 1));
        QCOMPARE(QString::fromStdString(differenceOnHost(model, 3, {"-O1"}, device::KernelFamily(family))), QString());
    }

    void settingsAreTheFieldsOfTheLayer()
    {
        // Sources and plan images hold a layer's settings in the order of its struct.
        const std::string_view text = device::findEmbeddedFile("espalier/layers.h")->text;
        using device::KernelFamily;
        for (const auto &[type, family] : {std::pair{DType::float32, KernelFamily::plain},
                                           {DType::int8, KernelFamily::plain},
                                           {DType::uint8, KernelFamily::plain},
                                           {DType::int16, KernelFamily::plain},
                                           {DType::int8, KernelFamily::dsp},
                                           {DType::int16, KernelFamily::dsp},
                                           {DType::int8, KernelFamily::thumb},
                                           {DType::int16, KernelFamily::thumb}}) {
            const auto plan = device::makePlan(*modelOf(everyOperator(type, 7)), family, device::WeightForms::compact);
            QVERIFY2(plan, plan ? "" : plan.error().message.c_str());
            for (const device::PlanStep &step : plan->steps) {
                const std::string head = "struct " + step.layer + "\n{\n";
                const std::size_t start = text.find(head);
                QVERIFY2(start != std::string_view::npos, step.layer.c_str());
                std::string body(text.substr(start + head.size(), text.find("\n};", start) - start - head.size()));
                body = std::regex_replace(body, std::regex("///[^\n]*|int32_t|float"), "");
                std::string settings;
                for (const device::PlanSetting &setting : step.settings)
                    settings += setting.name + ' ';
                body = std::regex_replace(body, std::regex("[\\s,;]+"), " ");
                QCOMPARE(settings, body.substr(1));
            }
        }
    }

    void differencesAreFound()
    {
        RandomGraph random(2);
        random.addUnary(OpKind::softmax, DType::float32);
        const auto program = Program::compile(modelOf(random.take()));
        QVERIFY(program);
        device::Fidelity fidelity(*program);
        fidelity.runHost(device::pseudoRandomInput((*program)->graph(), 0));
        const auto host = fidelity.hostOutput(0);
        std::vector<std::uint8_t> bytes(host.size());
        std::memcpy(bytes.data(), host.data(), host.size());
        fidelity.compare(0, bytes);
        QVERIFY(fidelity.exact());
        bytes[4] ^= 1; // the last bit of the second value
        fidelity.compare(0, bytes);
        QVERIFY(!fidelity.exact());
        QVERIFY(fidelity.difference().starts_with("value 1 of output"));
    }

    void addressesAreInBounds_data()
    {
        QTest::addColumn<int>("family");
        for (const auto family : {device::KernelFamily::plain, device::KernelFamily::dsp, device::KernelFamily::thumb})
            QTest::addRow("family %d", int(family)) << int(family);
    }
    void addressesAreInBounds()
    {
        if (device::findProgram("g++").empty())
            QSKIP("needs g++");
        QFETCH(int, family);
        RandomGraph random(unsigned(5 + family));
        for (int i = 0; i < 20; ++i)
            random.addNetwork();
        for (int i = 0; i < 10; ++i)
            random.addNetwork(DType::int16);
        for (const DType type : {DType::float32, DType::int8, DType::int16}) {
            random.addConv2D(type);
            random.addDepthwise(type);
            if (type != DType::int16)
                random.addClustered(type);
            if (type != DType::int16)
                random.addSparse(type);
            if (type == DType::int8)
                random.addGrouped();
            random.addTransposeConv(type);
            random.addPool(OpKind::averagePool2D, type);
            random.addPad(type, false);
            random.addStridedSlice(type);
        }
        random.addConv2D(DType::float32, true);
        const auto model = modelOf(random.take());
        const std::string wrong =
            differenceOnHost(model, 2, {"-O1", "-fsanitize=address,undefined", "-fno-sanitize-recover=all"},
                             device::KernelFamily(family));
        QCOMPARE(QString::fromStdString(wrong), QString());
    }
};

QTEST_GUILESS_MAIN(TestRuntime)
#include "tst_runtime.moc"
