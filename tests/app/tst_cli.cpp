// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/command.h"
#include "cliprocess.h"
#include "core/study/row.h"
#include "core/techniques/technique.h"
#include "tinyfiles.h"

#include <QtTest>

#include <random>

using namespace espalier;

/// The program as scripts use it: run as a process.
class TestCli : public QObject
{
    Q_OBJECT

private slots:
    void everySubCommandHasHelp_data()
    {
        QTest::addColumn<QString>("name");
        for (const cli::Command *command : cli::commands())
            QTest::newRow(command->name.data()) << QString::fromUtf8(command->name);
    }
    void everySubCommandHasHelp()
    {
        QFETCH(QString, name);
        const CliRun run = runCli({name, QStringLiteral("--help")});
        QCOMPARE(run.status, 0);
        QCOMPARE(run.errors, QByteArray());
        QVERIFY(run.output.contains("espalier " + name.toUtf8()));
        QVERIFY(runCli({QStringLiteral("--help")}).output.contains("  " + name.toUtf8()));
        QCOMPARE(runCli({QStringLiteral("help"), name}).output, run.output);
    }

    void wrongCommandLines_data()
    {
        QTest::addColumn<QStringList>("words");
        QTest::addColumn<QString>("says");
        const auto row = [](const char *words, const char *says) {
            QTest::newRow(words) << QString::fromLatin1(words).split(QLatin1Char(' ')) << QString::fromLatin1(says);
        };
        row("comapre", "Did you mean 'compare'?");
        row("compare", "MODEL");
        row("inspect MODEL two", "'two'");
        row("compare MODEL --recip prune-random", "Did you mean '--recipe'?");
        row("evaluate MODEL --data DATA --limit 3x", "--limit is '3x'");
        row("evaluate MODEL --data DATA --limit -1", "at least 0");
        row("evaluate MODEL", "--data");
        row("evaluate MODEL --data DATA --scaling sideways", "sideways");
        row("evaluate MODEL --data DATA --rounding twice", "one of tflm, tflite");
        row("apply MODEL --recipe quantize-int9 -o OUT", "Did you mean 'quantize-int8'?");
        row("apply MODEL --recipe prune-magnitude|prune-random -o", "--output");
        row("compare MODEL --recipe prune-magnitude| --data DATA", "step 2 is empty");
        row("compare MODEL --board qemu-m5", "Did you mean 'qemu-m4'?");
        row("compare MODEL --resume", "--study");
        row("compare MODEL --plot-x sizebytes", "Did you mean 'size_bytes'?");
        row("benchmark MODEL --board qemu-m4 --validate 5", "--data");
        row("export MODEL --format tflit -o OUT", "Did you mean 'tflite'?");
        row("techniques prune-mag", "Did you mean 'prune-magnitude'?");
    }
    void wrongCommandLines()
    {
        QFETCH(QStringList, words);
        QFETCH(QString, says);
        words.replaceInStrings(QStringLiteral("MODEL"), m_files.model());
        words.replaceInStrings(QStringLiteral("DATA"), m_files.data());
        words.replaceInStrings(QStringLiteral("OUT"), m_files.path("out"));
        const CliRun run = runCli(words);
        QCOMPARE(run.status, 2);
        QCOMPARE(run.output, QByteArray());
        QVERIFY2(run.isOneLineError(), run.errors.constData());
        QVERIFY2(run.errors.contains(says.toUtf8()), run.errors.constData());
    }

    void unusableInputs_data()
    {
        QTest::addColumn<QStringList>("words");
        const QString missing = m_files.path("missing"), folder = m_files.folder();
        QTest::newRow("absent model") << QStringList{QStringLiteral("inspect"), missing};
        QTest::newRow("folder") << QStringList{QStringLiteral("inspect"), folder};
        QTest::newRow("device") << QStringList{QStringLiteral("inspect"), QStringLiteral("/dev/zero")};
        QTest::newRow("data as model") << QStringList{QStringLiteral("inspect"), m_files.data()};
        for (const char *command : {"evaluate", "compare"}) {
            const QString name = QString::fromLatin1(command);
            QTest::newRow((name + QStringLiteral(", absent data")).toLatin1().constData())
                << QStringList{name, m_files.model(), QStringLiteral("--data"), missing};
            QTest::newRow((name + QStringLiteral(", model as data")).toLatin1().constData())
                << QStringList{name, m_files.model(), QStringLiteral("--data"), m_files.model()};
        }
    }
    void unusableInputs()
    {
        QFETCH(QStringList, words);
        words.append(QStringLiteral("--json"));
        const CliRun run = runCli(words);
        QCOMPARE(run.status, 3);
        QCOMPARE(run.output, QByteArray());
        QVERIFY2(run.isOneLineError(), run.errors.constData());
    }

    void hostileModels()
    {
        const Result<Bytes> good = readFile(m_files.model().toStdString());
        QVERIFY(good);
        const QString path = m_files.path("hostile.tflite");
        std::mt19937 random(11);
        for (int i = 0; i < 40; ++i) {
            Bytes bytes = *good;
            if (i < 15)
                bytes.resize(bytes.size() * std::size_t(i) / 15);
            else
                for (int k = 0; k < 1 + i / 2; ++k)
                    bytes[random() % bytes.size()] = std::uint8_t(random());
            QVERIFY(writeFile(path.toStdString(), bytes));
            const CliRun run = runCli({QStringLiteral("inspect"), path, QStringLiteral("--json")});
            const QByteArray what = "file " + QByteArray::number(i) + ": " + run.errors;
            QVERIFY2(run.status == 3 ? run.isOneLineError() : run.status == 0 && run.errors.isEmpty(),
                     what.constData());
            QVERIFY2(run.status == 3 || run.json().is_object(), what.constData());
        }
    }

    void filesThatCannotBeWrittenAreToldFirst()
    {
        const CliRun run = runCli(
            {QStringLiteral("compare"), m_files.model(), QStringLiteral("--csv"), m_files.path("no/such/folder.csv")});
        QCOMPARE(run.status, 1);
        QCOMPARE(run.output, QByteArray());
        QVERIFY(run.isOneLineError());
    }

    void inspectTellsAll()
    {
        const CliRun run = runCli({QStringLiteral("inspect"), m_files.model(), QStringLiteral("--json")});
        QCOMPARE(run.status, 0);
        QCOMPARE(run.errors, QByteArray());
        const nlohmann::json model = run.json();
        QCOMPARE(model["model"].get<std::string>(), std::string("tiny.tflite"));
        QCOMPARE(model["parameters"].get<int>(), 6 * 24 + 24 + 24 * 4 + 4);
        QCOMPARE(model["macs"].get<int>(), 6 * 24 + 24 * 4);
        QCOMPARE(model["inputs"][0]["shape"].get<std::vector<int>>(), (std::vector<int>{1, 6}));
        QCOMPARE(model["outputs"][0]["shape"].get<std::vector<int>>(), (std::vector<int>{1, 4}));
        QCOMPARE(model["operators"].size(), 2u);
        QCOMPARE(model["operators"][0]["type"].get<std::string>(), std::string("FULLY_CONNECTED"));
        QCOMPARE(model["unsupported"].size(), 0u);
        QVERIFY(model["boards"].size() >= 3);
        QVERIFY(!model.contains("arena"));
        QVERIFY(runCli({QStringLiteral("inspect"), m_files.model()}).output.contains("FULLY_CONNECTED"));
    }

    void inspectTellsWhatABoardHolds()
    {
        const QStringList words = {QStringLiteral("inspect"), m_files.model(), QStringLiteral("--board"),
                                   QStringLiteral("qemu-m4")};
        const nlohmann::json model = runCli(words + QStringList{QStringLiteral("--json")}).json();
        QCOMPARE(model["boards"].size(), 1u);
        QVERIFY(model["boards"][0]["fits"].get<bool>());
        // The floats of the input, the layer between and the output.
        QCOMPARE(model["arena"].size(), 3u);
        QCOMPARE(model["boards"][0]["constant_bytes"].get<int>(), 4 * (6 * 24 + 24 + 24 * 4 + 4));
        QVERIFY(runCli(words).output.contains("fits"));
        const CliRun unknown =
            runCli({QStringLiteral("inspect"), m_files.model(), QStringLiteral("--board"), QStringLiteral("qemu-m5")});
        QCOMPARE(unknown.status, 2);
        QVERIFY(unknown.errors.contains("qemu-m4"));
    }

    void evaluateGivesResultColumns()
    {
        const QStringList words = {QStringLiteral("evaluate"),      m_files.model(),
                                   QStringLiteral("--data"),        m_files.data(),
                                   QStringLiteral("--predictions"), m_files.path("predictions.csv")};
        const CliRun run = runCli(words + QStringList{QStringLiteral("--json")});
        QCOMPARE(run.errors, QByteArray());
        QCOMPARE(run.status, 0);
        const nlohmann::json row = run.json();
        for (const ColumnInfo &column : columns())
            QVERIFY2(row.contains(std::string(column.key)), column.key.data());
        QCOMPARE(row["accuracy"].get<double>(), 1.0); // the labels are the model's own answers
        QVERIFY(row["samples"].get<int>() > 0 && row["host_ms"].get<double>() > 0);
        QVERIFY(row["board"].is_null() && row["latency_ms"].is_null());
        const Result<Bytes> predictions = readFile(m_files.path("predictions.csv").toStdString());
        QVERIFY(predictions);
        QCOMPARE(std::ranges::count(*predictions, '\n'), row["samples"].get<int>() + 1);
        const CliRun limited =
            runCli(words + QStringList{QStringLiteral("--json"), QStringLiteral("--limit"), QStringLiteral("7")});
        QCOMPARE(limited.json()["samples"].get<int>(), 7);
        QVERIFY(runCli(words).output.contains("100.00 %"));
        QCOMPARE(row["rounding"].get<std::string>(), std::string("tflm"));
    }

    void evaluateRoundsAsAsked()
    {
        // Scores of an anomaly detector tell a single step of its outputs.
        const ModelPtr model = tinyModel(6);
        Random random(8);
        std::string rows;
        for (int i = 0; i < 400; ++i) {
            for (int k = 0; k < 6; ++k)
                rows += numberText(random.uniform() * 2 - 1) + ",";
            rows += i % 2 == 0 ? "0\n" : "1\n";
        }
        const QString given = m_files.path("autoencoder.tflite"), integer = m_files.path("autoencoder8.tflite"),
                      data = m_files.path("anomalies.csv"), scores = m_files.path("scores.csv");
        QVERIFY(writeModel(*model, given.toStdString()) && writeFile(data.toStdString(), rows));
        QCOMPARE(runCli({QStringLiteral("apply"), given, QStringLiteral("--recipe"), QStringLiteral("quantize-int8"),
                         QStringLiteral("--data"), data, QStringLiteral("-o"), integer})
                     .status,
                 0);
        const auto evaluated = [&](const char *rounding) {
            const CliRun run = runCli({QStringLiteral("evaluate"), integer, QStringLiteral("--data"), data,
                                       QStringLiteral("--rounding"), QString::fromUtf8(rounding),
                                       QStringLiteral("--predictions"), scores, QStringLiteral("--json")});
            if (run.status != 0 || run.json()["rounding"].get<std::string>() != rounding)
                qFatal("%s", run.errors.constData());
            return *readFile(scores.toStdString());
        };
        QVERIFY(evaluated("tflm") != evaluated("tflite"));
    }

    void techniquesAndBoardsAreLists()
    {
        const nlohmann::json catalogue = runCli({QStringLiteral("techniques"), QStringLiteral("--json")}).json();
        QCOMPARE(catalogue["techniques"].size(), techniques().size());
        for (std::size_t i = 0; i < techniques().size(); ++i) {
            QCOMPARE(catalogue["techniques"][i]["id"].get<std::string>(), std::string(techniques()[i]->id));
            QCOMPARE(catalogue["techniques"][i]["parameters"].size(), techniques()[i]->parameters.size());
        }
        const CliRun boards = runCli({QStringLiteral("boards"), QStringLiteral("--json")});
        QCOMPARE(boards.status, 0);
        QVERIFY(boards.json()["boards"][0].contains("id"));
        QVERIFY(boards.json()["plugged"].is_array());
        const CliRun absent = runCli({QStringLiteral("benchmark"), m_files.model(), QStringLiteral("--board"),
                                      QStringLiteral("serial@/dev/no-such-line")});
        QCOMPARE(absent.status, 4);
        QVERIFY2(absent.errors.contains("is not there"), absent.errors);
    }

    void applyWritesTheVariant()
    {
        const QString out = m_files.path("pruned.tflite");
        const CliRun run = runCli({QStringLiteral("apply"), m_files.model(), QStringLiteral("--recipe"),
                                   QStringLiteral("prune-magnitude sparsity=0.75"), QStringLiteral("-o"), out,
                                   QStringLiteral("--json")});
        QCOMPARE(run.errors, QByteArray());
        QCOMPARE(run.status, 0);
        QVERIFY(std::abs(run.json()["sparsity"].get<double>() - 0.75) < 0.02);
        QCOMPARE(runCli({QStringLiteral("inspect"), out}).status, 0);
        const QString folder = m_files.path("exported");
        QCOMPARE(runCli({QStringLiteral("export"), out, QStringLiteral("--format"), QStringLiteral("tflite"),
                         QStringLiteral("-o"), folder})
                     .status,
                 0);
        const Result<Bytes> first = readFile(out.toStdString());
        const Result<Bytes> again = readFile((folder + QStringLiteral("/pruned.tflite")).toStdString());
        QVERIFY(first && again && *first == *again);
    }

    void exportWritesSources()
    {
        const QString folder = m_files.path("sources");
        const CliRun run = runCli({QStringLiteral("export"), m_files.model(), QStringLiteral("--format"),
                                   QStringLiteral("c"), QStringLiteral("-o"), folder});
        QCOMPARE(run.errors, QByteArray());
        QCOMPARE(run.status, 0);
        QVERIFY(!QDir(folder).isEmpty());
    }

    void withoutADisplayAFileIsNoHang()
    {
        const CliRun run = runCli({m_files.model()});
        QCOMPARE(run.status, 4);
        QVERIFY(run.isOneLineError());
    }

    void aKilledTrainingGoesOn()
    {
        const TinyFiles files;
        const auto words = [&](const char *output, const char *curves = "curves.csv") {
            return QStringList{QStringLiteral("train"),
                               QStringLiteral("--architecture"),
                               QStringLiteral("mlp"),
                               QStringLiteral("--data"),
                               files.data(),
                               QStringLiteral("--epochs"),
                               QStringLiteral("120"),
                               QStringLiteral("--batch"),
                               QStringLiteral("4"),
                               QStringLiteral("--checkpoint"),
                               files.path("checkpoint"),
                               QStringLiteral("--curves"),
                               files.path(curves),
                               QStringLiteral("-o"),
                               files.path(output)};
        };
        QProcess process;
        process.start(programPath(), words("killed.tflite"));
        QVERIFY(process.waitForStarted());
        QTRY_VERIFY_WITH_TIMEOUT(QFile::exists(files.path("checkpoint")), 30000);
        process.kill(); // SIGKILL
        QVERIFY(process.waitForFinished());
        const CliRun resumed =
            runCli(words("resumed.tflite") + QStringList{QStringLiteral("--resume"), files.path("checkpoint")});
        QCOMPARE(resumed.errors, QByteArray());
        QCOMPARE(resumed.status, 0);
        QVERIFY(!resumed.output.contains("epoch 1 of"));
        QCOMPARE(runCli(words("whole.tflite", "whole.csv")).status, 0);
        const auto bytes = [&](const char *name) {
            QFile file(files.path(name));
            return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
        };
        QVERIFY(!bytes("whole.tflite").isEmpty());
        QVERIFY(bytes("whole.tflite") == bytes("resumed.tflite"));
        QCOMPARE(bytes("whole.csv").count('\n'), 121); // a title and 120 epochs
        // All of them are there after the resume; killed behind the checkpoint, it may not have told of one epoch.
        const QList<QByteArray> all = bytes("whole.csv").split('\n'), kept = bytes("curves.csv").split('\n');
        QVERIFY(kept.size() == all.size() || kept.size() == all.size() - 1);
        QCOMPARE(kept.front(), all.front());
        qsizetype at = 0;
        for (const QByteArray &line : kept) {
            at = all.indexOf(line, at) + 1;
            QVERIFY2(at > 0, line.constData());
        }
    }

private:
    TinyFiles m_files;
};

QTEST_GUILESS_MAIN(TestCli)
#include "tst_cli.moc"
