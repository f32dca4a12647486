// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/studyfile.h"
#include "cliprocess.h"
#include "tinyfiles.h"

#include <QtTest>

#include <csignal>

using namespace espalier;

/// `espalier compare` as a process: its files, and what a killed or stopped run leaves.
class TestCompare : public QObject
{
    Q_OBJECT

private slots:
    void rowsAndFiles()
    {
        const QStringList words =
            compare({"quantize-int8", "prune-magnitude", "prune-magnitude | quantize-int8"}) +
            QStringList{QStringLiteral("--csv"),   path("t.csv"), QStringLiteral("--markdown"), path("t.md"),
                        QStringLiteral("--latex"), path("t.tex"), QStringLiteral("--plot"),     path("t.svg"),
                        QStringLiteral("--json")};
        const CliRun run = runCli(words);
        QCOMPARE(run.errors, QByteArray());
        QCOMPARE(run.status, 0);
        const nlohmann::json rows = run.json()["rows"];
        QCOMPARE(rows.size(), 4u);
        QCOMPARE(rows[0]["recipe"].get<std::string>(), std::string());
        QCOMPARE(rows[0]["accuracy"].get<double>(), 1.0);
        QCOMPARE(rows[3]["recipe"].get<std::string>(), std::string("prune-magnitude | quantize-int8"));
        for (const nlohmann::json &row : rows)
            QCOMPARE(row["status"].get<std::string>(), std::string("ok"));
        QCOMPARE(content("t.csv").count("\r\n"), 5);
        QVERIFY(content("t.md").contains("| original |"));
        QVERIFY(content("t.tex").contains("\\begin{tabular}"));
        QVERIFY(content("t.svg").contains("<svg"));
    }

    void writesTheCurvesOfTraining()
    {
        const QStringList words = compare({"quantize-int8", "finetune epochs=2 | quantize-aware epochs=1"});
        const CliRun run = runCli(words + QStringList{QStringLiteral("--curves"), path("curves.csv")});
        QCOMPARE(run.errors, QByteArray());
        QCOMPARE(run.status, 0);
        const QList<QByteArray> lines = content("curves.csv").split('\n');
        QCOMPARE(lines.size(), 5); // the heads, three epochs and what follows the last line's end
        QCOMPARE(lines[0].trimmed(), "recipe,step,technique,epoch,loss,accuracy,validation_loss,validation_accuracy");
        const QByteArray recipe = "finetune | quantize-aware epochs=1";
        QVERIFY2(lines[1].startsWith(recipe + ",1,finetune,1,0."), lines[1].constData());
        QVERIFY2(lines[2].startsWith(recipe + ",1,finetune,2,0."), lines[2].constData());
        QVERIFY2(lines[3].startsWith(recipe + ",2,quantize-aware,3,0."), lines[3].constData());
        QVERIFY(lines[3].trimmed().endsWith(",,")); // nothing was kept back
        const CliRun refused = runCli(words + QStringList{QStringLiteral("--curves"), path("no/curves.csv")});
        QVERIFY(refused.isOneLineError());
    }

    void tellsWhatKeepsTheBudget()
    {
        const QStringList words = compare({"quantize-int8", "prune-magnitude"});
        const QStringList budget{QStringLiteral("--budget"), QStringLiteral("sparsity<=1")};
        const CliRun wrong = runCli(words + budget);
        QCOMPARE(wrong.status, 2);
        QVERIFY(wrong.isOneLineError());
        QVERIFY2(wrong.errors.contains("limits no known figure"), wrong.errors.constData());
        const CliRun all = runCli(words + QStringList{budget[0], QStringLiteral("accuracy>=1%  size_bytes<=1MiB")});
        QCOMPARE(all.status, 0);
        QVERIFY2(
            all.output.contains("\n3 of 3 variants keep the budget (accuracy>=0.01 size_bytes<=1048576); the best"),
            all.output.constData());
        const CliRun none = runCli(words + QStringList{budget[0], QStringLiteral("size_bytes<=1 latency_ms<=1")});
        QVERIFY2(none.output.contains("0 of 3 variants keep the budget (size_bytes<=1 latency_ms<=1)."),
                 none.output.constData());
    }

    void aFailedRowStandsBesideTheOthers()
    {
        const QStringList words = compare({"quantize-int8 | quantize-int8", "prune-random"});
        const CliRun run = runCli(words);
        QCOMPARE(run.status, 0);
        QVERIFY(run.output.contains("failed"));
        const CliRun strict = runCli(words + QStringList{QStringLiteral("--strict")});
        QCOMPARE(strict.status, 1);
        QVERIFY(strict.isOneLineError());
        QVERIFY(strict.errors.contains("1 of 3 rows failed"));
    }

    void theSameInTheSameOut()
    {
        const QStringList words =
            compare({"quantize-int8", "prune-random"}) +
            QStringList{QStringLiteral("--no-host-time"), QStringLiteral("--json"), QStringLiteral("--threads")};
        const CliRun one = runCli(words + QStringList{QStringLiteral("1")});
        QCOMPARE(one.status, 0);
        QProcessEnvironment german = plainEnvironment();
        german.insert(QStringLiteral("LC_ALL"), QStringLiteral("de_DE.UTF-8"));
        QCOMPARE(runCli(words + QStringList{QStringLiteral("3")}, german).output, one.output);
    }

    void aKilledRunLeavesWhatWasFinished()
    {
        const QString file = path("killed.espalier");
        QProcess process;
        process.start(programPath(), many() + QStringList{QStringLiteral("--study"), file});
        QVERIFY(process.waitForStarted());
        QTRY_VERIFY_WITH_TIMEOUT(finishedRows(file) >= 2, 30000);
        process.kill(); // SIGKILL
        QVERIFY(process.waitForFinished());
        QCOMPARE(process.exitStatus(), QProcess::CrashExit); // it had not ended by itself
        const Result<Study> study = readStudy(file.toStdString());
        QVERIFY2(study, study ? "" : study.error().message.c_str());
        QVERIFY(study->rows.size() >= 2 && study->rows.size() < std::size_t(manyRecipes));
        for (const Row &row : study->rows) {
            QCOMPARE(row.status(), Status::ok);
            QVERIFY(row.has(Column::accuracy) && row.has(Column::hostMs));
        }

        // The rest alone is measured when asked for, and it is said so.
        QStringList rest = compare({"prune-random sparsity=0.001", "prune-magnitude"});
        rest += {QStringLiteral("--study"), file, QStringLiteral("--resume")};
        const CliRun resumed = runCli(rest);
        QCOMPARE(resumed.errors, QByteArray());
        QCOMPARE(resumed.status, 0);
        QVERIFY2(resumed.output.contains("1 rows are taken from"), resumed.output.constData());
        const Result<Study> after = readStudy(file.toStdString());
        QVERIFY(after);
        QCOMPARE(after->rows.size(), study->rows.size() + 1);
        QVERIFY(after->rows[1] == study->rows[1]);
    }

    void aStoppedRunWritesItsFiles()
    {
        const QString file = path("stopped.espalier");
        QProcess process;
        process.start(programPath(), many() + QStringList{QStringLiteral("--study"), file, QStringLiteral("--csv"),
                                                          path("stopped.csv")});
        QVERIFY(process.waitForStarted());
        QTRY_VERIFY_WITH_TIMEOUT(finishedRows(file) >= 2, 30000);
        QCOMPARE(::kill(pid_t(process.processId()), SIGINT), 0);
        QVERIFY(process.waitForFinished(30000));
        QCOMPARE(process.exitStatus(), QProcess::NormalExit);
        QCOMPARE(process.exitCode(), 1);
        QCOMPARE(process.readAllStandardError(), QByteArray("espalier: stopped before it was done\n"));
        const QByteArray csv = content("stopped.csv");
        QCOMPARE(csv.count("\r\n"), manyRecipes + 2);
        QVERIFY(csv.contains(",cancelled,") && csv.contains(",ok,"));
        const Result<Study> study = readStudy(file.toStdString());
        QVERIFY(study);
        for (const Row &row : study->rows)
            QCOMPARE(row.status(), Status::ok);
    }

    void aStudyRunsAgainFromItsFile()
    {
        const QString file = path("again.espalier");
        const CliRun first =
            runCli(compare({"prune-random", "quantize-int8"}) +
                   QStringList{QStringLiteral("--study"), file, QStringLiteral("--no-host-time"),
                               QStringLiteral("--seed"), QStringLiteral("5"), QStringLiteral("--json")});
        QCOMPARE(first.status, 0);
        const CliRun again =
            runCli({QStringLiteral("compare"), file, QStringLiteral("--no-host-time"), QStringLiteral("--json")});
        QCOMPARE(again.errors, QByteArray());
        QCOMPARE(again.output, first.output);
        QCOMPARE(readStudy(file.toStdString())->rows.size(), 3u);
    }

    void rowsOfAnotherModelAreNotMixedIn()
    {
        const QString file = path("mixed.espalier");
        QCOMPARE(runCli(compare({}) + QStringList{QStringLiteral("--study"), file}).status, 0);
        const QByteArray before = content("mixed.espalier");
        const CliRun run = runCli(
            compare({}) + QStringList{QStringLiteral("--study"), file, QStringLiteral("--limit"), QStringLiteral("3")});
        QCOMPARE(run.status, 3);
        QVERIFY(run.isOneLineError());
        QCOMPARE(content("mixed.espalier"), before);
    }

private:
    static constexpr int manyRecipes = 400;

    QString path(const char *name) const { return m_files.path(name); }
    QByteArray content(const char *name) const
    {
        QFile file(path(name));
        return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
    }
    QStringList compare(std::initializer_list<const char *> recipes) const
    {
        QStringList words = {QStringLiteral("compare"), m_files.model(), QStringLiteral("--data"), m_files.data()};
        for (const char *recipe : recipes)
            words += {QStringLiteral("--recipe"), QString::fromLatin1(recipe)};
        return words;
    }
    /// More than any machine finishes before the test looks.
    QStringList many() const
    {
        QStringList words = compare({});
        for (int i = 1; i <= manyRecipes; ++i)
            words += {QStringLiteral("--recipe"),
                      QStringLiteral("prune-random sparsity=%1").arg(double(i) / 1000, 0, 'f', 3)};
        return words;
    }
    static std::size_t finishedRows(const QString &file)
    {
        const Result<Study> study = readStudy(file.toStdString());
        return study ? study->rows.size() : 0;
    }

    TinyFiles m_files;
};

QTEST_GUILESS_MAIN(TestCompare)
#include "tst_compare.moc"
