// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/base/file.h"
#include "core/base/progress.h"
#include "core/base/text.h"
#include "core/base/threadpool.h"

#include <QtTest>

#include <QTemporaryDir>

#include <atomic>
#include <clocale>
#include <limits>
#include <set>
#include <stdexcept>
#include <sys/stat.h>
#include <unistd.h>

using namespace espalier;

/// The ground that everything stands on: files, progress, threads, texts.
class BaseTest : public QObject
{
    Q_OBJECT

private slots:
    void aFileIsReadAndWrittenWhole();
    void aFileThatCannotBeReadSaysWhy();
    void writingKeepsTheOldFileWhereItFails();
    void writingThroughALinkKeepsTheLink();

    void progressIsRationedAtItsSource();
    void progressTellsOfCancelling();

    void everyIndexRunsOnce_data();
    void everyIndexRunsOnce();
    void aPoolSurvivesWhatATaskThrows();

    void numbersReadBackInEveryLocale();
    void theNearestNameIsSuggested();
};

void BaseTest::aFileIsReadAndWrittenWhole()
{
    const QTemporaryDir folder;
    const std::filesystem::path path = folder.filePath(QStringLiteral("a.bin")).toStdString();
    const Bytes bytes = {0, 1, 2, 255};
    QVERIFY(writeFile(path, bytes).has_value());
    const auto read = readFile(path);
    QVERIFY(read.has_value());
    QCOMPARE(*read, bytes);
    QVERIFY(writeFile(path, std::string_view("text")).has_value());
    QCOMPARE(readFile(path)->size(), std::size_t(4));
    QCOMPARE(QDir(folder.path()).entryList(QDir::Files).size(), 1); // no temporary is left
}

void BaseTest::aFileThatCannotBeReadSaysWhy()
{
    const QTemporaryDir folder;
    const auto message = [](const Result<Bytes> &result) { return QString::fromStdString(result.error().message); };
    const auto absent = readFile(folder.filePath(QStringLiteral("absent")).toStdString());
    QCOMPARE(absent.error().code, ErrorCode::unusableInput);
    QVERIFY(message(absent).contains(u"No such file"));
    QVERIFY(message(readFile(folder.path().toStdString())).contains(u"is a folder"));

    const std::string pipe = folder.filePath(QStringLiteral("pipe")).toStdString();
    QCOMPARE(::mkfifo(pipe.c_str(), 0600), 0);
    QVERIFY(message(readFile(pipe)).contains(u"not a regular file"));

    const std::string large = folder.filePath(QStringLiteral("large")).toStdString();
    QVERIFY(writeFile(large, std::string_view("12345")).has_value());
    QVERIFY(message(readFile(large, 4)).contains(u"5 bytes, more than the 4"));
}

void BaseTest::writingKeepsTheOldFileWhereItFails()
{
    const QTemporaryDir folder;
    const std::string absent = folder.filePath(QStringLiteral("no/such/folder/a")).toStdString();
    const auto written = writeFile(absent, std::string_view("x"));
    QVERIFY(!written.has_value());
    QVERIFY(written.error().message.find("cannot write") != std::string::npos);
    // A folder cannot be replaced by a file; what was there stays, and so does no temporary.
    QVERIFY(QDir(folder.path()).mkdir(QStringLiteral("taken")));
    QVERIFY(!writeFile(folder.filePath(QStringLiteral("taken")).toStdString(), std::string_view("x")).has_value());
    QCOMPARE(QDir(folder.path()).entryList(QDir::AllEntries | QDir::NoDotAndDotDot).size(), 1);
}

void BaseTest::writingThroughALinkKeepsTheLink()
{
    const QTemporaryDir folder;
    const QString target = folder.filePath(QStringLiteral("target")), link = folder.filePath(QStringLiteral("link"));
    QVERIFY(writeFile(target.toStdString(), std::string_view("old")).has_value());
    QVERIFY(QFile::link(target, link));
    QVERIFY(writeFile(link.toStdString(), std::string_view("new")).has_value());
    QVERIFY(QFileInfo(link).isSymLink());
    QFile file(target);
    QVERIFY(file.open(QIODevice::ReadOnly));
    QCOMPARE(file.readAll(), QByteArray("new"));
}

void BaseTest::progressIsRationedAtItsSource()
{
    int calls = 0;
    std::int64_t last = 0;
    const Progress progress({}, [&](std::string_view, std::int64_t done, std::int64_t) {
        ++calls;
        last = done;
    });
    for (std::int64_t i = 1; i <= 1'000'000; ++i)
        progress.report("counting", i, 1'000'000);
    QVERIFY(calls <= 1001);
    QVERIFY(calls >= 1000);
    QCOMPARE(last, std::int64_t(1'000'000));
    progress.report("another phase", 0, 10); // a new phase is always told
    QVERIFY(calls >= 1001);
    Progress().report("silent", 1, 2);
}

void BaseTest::progressTellsOfCancelling()
{
    std::stop_source stop;
    const Progress progress(stop.get_token(), {});
    QVERIFY(!progress.cancelled());
    stop.request_stop();
    QVERIFY(progress.cancelled());
    QVERIFY(!Progress().cancelled());
}

void BaseTest::everyIndexRunsOnce_data()
{
    QTest::addColumn<int>("threads");
    for (const int threads : {1, 2, 5})
        QTest::addRow("%d threads", threads) << threads;
}

void BaseTest::everyIndexRunsOnce()
{
    QFETCH(const int, threads);
    ThreadPool pool(threads);
    QCOMPARE(pool.size(), threads);
    for (const std::size_t count : {std::size_t(0), std::size_t(1), std::size_t(3), std::size_t(1000)}) {
        std::vector<std::atomic<int>> seen(count);
        std::atomic<bool> workersInRange = true;
        pool.run(count, [&](std::size_t index, int worker) {
            ++seen[index];
            if (worker < 0 || worker >= threads)
                workersInRange = false;
        });
        QVERIFY(workersInRange);
        for (const auto &times : seen)
            QCOMPARE(times.load(), 1);
    }
}

void BaseTest::aPoolSurvivesWhatATaskThrows()
{
    ThreadPool pool(2);
    QVERIFY_EXCEPTION_THROWN(pool.run(100,
                                      [](std::size_t index, int) {
                                          if (index == 7)
                                              throw std::runtime_error("seven");
                                      }),
                             std::runtime_error);
    std::atomic<int> count = 0;
    pool.run(10, [&](std::size_t, int) { ++count; });
    QCOMPARE(count.load(), 10);
}

void BaseTest::numbersReadBackInEveryLocale()
{
    std::setlocale(LC_ALL, "de_DE.UTF-8");
    QCOMPARE(numberText(0.5), std::string("0.5"));
    QCOMPARE(numberText(1234567.25), std::string("1234567.25"));
    std::setlocale(LC_ALL, "C");
    QCOMPARE(numberText(std::numeric_limits<double>::infinity()), std::string("inf"));
}

void BaseTest::theNearestNameIsSuggested()
{
    const std::vector<std::string> known = {"prune-magnitude", "prune-random", "quantize-int8"};
    QCOMPARE(nearestName("prune-magnitud", known), std::string("prune-magnitude"));
    QCOMPARE(nearestName("prune-mag", known), std::string("prune-magnitude"));
    QCOMPARE(nearestName("quantise-int8", known), std::string("quantize-int8"));
    QCOMPARE(nearestName("xyz", known), std::string());
    QCOMPARE(didYouMean("prune-randm", known), std::string(" Did you mean 'prune-random'?"));
}

QTEST_APPLESS_MAIN(BaseTest)
#include "tst_base.moc"
