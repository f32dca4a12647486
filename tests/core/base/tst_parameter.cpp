// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/base/parameter.h"

#include <QtTest>

using namespace espalier;

namespace {

const std::vector<ParameterSpec> specs = {
    {.key = "sparsity",
     .title = "Sparsity",
     .description = "Share of zeros",
     .defaultValue = 0.5,
     .minimum = 0,
     .maximum = 0.99},
    {.key = "epochs", .title = "Epochs", .description = "", .defaultValue = std::int64_t(2), .minimum = 0},
    {.key = "schedule",
     .title = "",
     .description = "",
     .defaultValue = std::string("constant"),
     .choices = {"constant", "polynomial"}},
    {.key = "bias", .title = "", .description = "", .defaultValue = false},
};

/// Parameters that single layers can have, and one that they cannot.
const std::vector<ParameterSpec> layered = {
    {.key = "bits",
     .title = "Bits",
     .description = "",
     .defaultValue = std::int64_t(8),
     .minimum = 2,
     .maximum = 8,
     .scope = ParameterScope::either},
    {.key = "samples", .title = "Samples", .description = "", .defaultValue = std::int64_t(8)},
    {.key = "skip", .title = "Skip", .description = "", .defaultValue = false, .scope = ParameterScope::layer}};

} // namespace

/// Settings as they are typed: defaults, types, ranges, and errors that tell what would have been right.
class ParameterTest : public QObject
{
    Q_OBJECT

private slots:
    void whatIsNotGivenTakesItsDefault()
    {
        const auto values = ParameterValues::parse(specs, {});
        QVERIFY(values.has_value());
        QCOMPARE(values->real("sparsity"), 0.5);
        QCOMPARE(values->integer("epochs"), std::int64_t(2));
        QCOMPARE(values->text("schedule"), std::string("constant"));
        QCOMPARE(values->flag("bias"), false);
    }

    void whatIsGivenIsTakenInItsType()
    {
        const auto values = ParameterValues::parse(
            specs, {{"sparsity", "0.75"}, {"epochs", "5"}, {"schedule", "polynomial"}, {"bias", "yes"}});
        QVERIFY(values.has_value());
        QCOMPARE(values->real("sparsity"), 0.75);
        QCOMPARE(values->integer("epochs"), std::int64_t(5));
        QCOMPARE(values->text("schedule"), std::string("polynomial"));
        QCOMPARE(values->flag("bias"), true);
    }

    void aValueReadsBackFromItsText_data()
    {
        QTest::addColumn<double>("number");
        for (const double number : {0.5, 0.1, 1.0 / 3, 1e-7, 0.0, 0.99})
            QTest::addRow("%g", number) << number;
    }
    void aValueReadsBackFromItsText()
    {
        QFETCH(const double, number);
        const auto values = ParameterValues::parse(specs, {{"sparsity", parameterText(number)}});
        QVERIFY(values.has_value());
        QCOMPARE(values->real("sparsity"), number);
    }

    void whatIsWrongIsNamed_data()
    {
        QTest::addColumn<QString>("key");
        QTest::addColumn<QString>("text");
        QTest::addColumn<QStringList>("says");
        const auto row = [](const char *name, const char *key, const char *text, const QStringList &says) {
            QTest::newRow(name) << QString::fromLatin1(key) << QString::fromLatin1(text) << says;
        };
        row("unknown key", "sparsty", "0.5", {QStringLiteral("sparsty"), QStringLiteral("Did you mean 'sparsity'?")});
        row("above range", "sparsity", "1.5", {QStringLiteral("1.5"), QStringLiteral("from 0 to 0.99")});
        row("not a number", "sparsity", "half", {QStringLiteral("half"), QStringLiteral("a number")});
        row("trailing text", "sparsity", "0.5x", {QStringLiteral("0.5x")});
        row("empty", "sparsity", "", {QStringLiteral("''")});
        row("not finite", "sparsity", "nan", {QStringLiteral("nan")});
        row("decimal comma", "sparsity", "0,5", {QStringLiteral("0,5")});
        row("fraction for a count", "epochs", "1.5", {QStringLiteral("a whole number of at least 0")});
        row("below range", "epochs", "-1", {QStringLiteral("-1")});
        row("unknown word", "schedule", "polynomal",
            {QStringLiteral("one of: constant, polynomial"), QStringLiteral("Did you mean 'polynomial'?")});
        row("not a flag", "bias", "perhaps", {QStringLiteral("true or false")});
    }
    void whatIsWrongIsNamed()
    {
        QFETCH(const QString, key);
        QFETCH(const QString, text);
        QFETCH(const QStringList, says);
        const auto values = ParameterValues::parse(specs, {{key.toStdString(), text.toStdString()}});
        QVERIFY(!values.has_value());
        QCOMPARE(values.error().code, ErrorCode::invalidArgument);
        for (const QString &part : says)
            QVERIFY2(QString::fromStdString(values.error().message).contains(part), values.error().message.c_str());
    }

    void layersHaveValuesOfTheirOwn()
    {
        const auto values =
            ParameterValues::parse(layered, {{"bits", "6"}}, {"conv*:bits=4", "conv_2:bits=2", "a:b=c:skip=true"});
        QVERIFY(values);
        QCOMPARE(values->integer("bits"), std::int64_t(6));
        QCOMPARE(values->forLayer("dense").integer("bits"), std::int64_t(6));
        QCOMPARE(values->forLayer("conv_1").integer("bits"), std::int64_t(4));
        QCOMPARE(values->forLayer("conv_2").integer("bits"), std::int64_t(2)); // the last one counts
        QVERIFY(!values->forLayer("conv_2").flag("skip"));
        QVERIFY(values->forLayer("a:b=c").flag("skip"));
        QCOMPARE(values->layerSettings()[2].text(), std::string("a:b=c:skip=true"));
        QVERIFY(!(*values == *ParameterValues::parse(layered, {{"bits", "6"}})));
    }

    void patternsStandForNames_data()
    {
        QTest::addColumn<QString>("pattern");
        QTest::addColumn<QString>("name");
        QTest::addColumn<bool>("isFor");
        const auto row = [](const char *pattern, const char *name, bool isFor) {
            QTest::addRow("%s %s", pattern, name) << QString::fromUtf8(pattern) << QString::fromUtf8(name) << isFor;
        };
        row("conv", "conv", true);
        row("conv", "conv1", false);
        row("conv?", "conv1", true);
        row("conv?", "conv", false);
        row("*", "", true);
        row("*/Relu", "a/b/Relu", true);
        row("*/Relu", "a/b/Relu6", false);
        row("a*b*c", "a_b_b_c", true);
        row("a*b*c", "a_b_b", false);
        row("**x", "x", true);
        row("a*", "b", false);
    }
    void patternsStandForNames()
    {
        QFETCH(QString, pattern);
        QFETCH(QString, name);
        QFETCH(bool, isFor);
        const LayerSetting setting{pattern.toStdString(), "bits", std::int64_t(4)};
        QCOMPARE(setting.isFor(name.toStdString()), isFor);
    }

    void whatIsWrongWithALayerIsNamed_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("says");
        const auto row = [](const char *name, const char *text, const char *says) {
            QTest::newRow(name) << QString::fromUtf8(text) << QString::fromUtf8(says);
        };
        row("no key", "conv", "is not of the form layer=NAME:key=value");
        row("no value", "conv:bits", "is not of the form layer=NAME:key=value");
        row("no name", ":bits=4", "is not of the form layer=NAME:key=value");
        row("unknown key", "conv:bit=4", "Did you mean 'bits'?");
        row("a key of the step", "conv:samples=4", "'samples' is not a setting for single layers (bits, skip)");
        row("out of range", "conv:bits=9", "from 2 to 8");
    }
    void whatIsWrongWithALayerIsNamed()
    {
        QFETCH(QString, text);
        QFETCH(QString, says);
        const auto values = ParameterValues::parse(layered, {}, {text.toStdString()});
        QVERIFY(!values);
        QCOMPARE(values.error().code, ErrorCode::invalidArgument);
        QVERIFY2(QString::fromStdString(values.error().message).contains(says), values.error().message.c_str());
        QVERIFY(!ParameterValues::parse(specs, {}, {text.toStdString()}));
    }

    void whatIsForLayersIsNotForSteps()
    {
        QVERIFY(ParameterValues::parse(layered, {{"skip", "false"}}));
        const auto values = ParameterValues::parse(layered, {{"skip", "true"}});
        QVERIFY(!values);
        QVERIFY(QString::fromStdString(values.error().message).contains(QStringLiteral("layer=NAME:skip=true")));
    }
};

QTEST_APPLESS_MAIN(ParameterTest)
#include "tst_parameter.moc"
