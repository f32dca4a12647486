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
};

QTEST_APPLESS_MAIN(ParameterTest)
#include "tst_parameter.moc"
