// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/jobrunner.h"

#include <QSignalSpy>
#include <QtTest>

#include <future>

using namespace espalier;
using namespace espalier::ui;

class TestJobRunner : public QObject
{
    Q_OBJECT
private slots:
    void bringsTheResultHere()
    {
        JobRunner runner;
        QSignalSpy started(&runner, &JobRunner::started), finished(&runner, &JobRunner::finished);
        int result = 0;
        QThread *deliveredOn = nullptr, *workedOn = nullptr;
        runner.start<int>(
            QStringLiteral("sum"),
            [&workedOn](const Progress &) -> Result<int> {
                workedOn = QThread::currentThread();
                return 42;
            },
            [&](Result<int> value) {
                result = *value;
                deliveredOn = QThread::currentThread();
            });
        QVERIFY(runner.isRunning());
        QTRY_COMPARE(result, 42);
        QCOMPARE(deliveredOn, QThread::currentThread());
        QVERIFY(workedOn != QThread::currentThread());
        QCOMPARE(started.size(), 1);
        QCOMPARE(finished.size(), 1);
        QVERIFY(!runner.isRunning());
    }

    void reportsProgress()
    {
        JobRunner runner;
        QSignalSpy progressed(&runner, &JobRunner::progressed);
        bool done = false;
        runner.start<bool>(
            QStringLiteral("work"),
            [](const Progress &progress) -> Result<bool> {
                progress.report("first", 1, 10);
                progress.report("second", 3, 10);
                return true;
            },
            [&](const Result<bool> &) { done = true; });
        QTRY_VERIFY(done);
        QCOMPARE(progressed.size(), 2);
        QCOMPARE(progressed[1], (QVariantList{QStringLiteral("second"), qint64(3), qint64(10)}));
    }

    void aNewerJobSupersedesTheOlder()
    {
        JobRunner runner;
        std::promise<void> olderStopped;
        QStringList delivered;
        const auto untilStopped = [&olderStopped](const Progress &progress) -> Result<QString> {
            while (!progress.cancelled())
                std::this_thread::yield();
            olderStopped.set_value();
            return QStringLiteral("older");
        };
        runner.start<QString>(QStringLiteral("older"), untilStopped, [&](Result<QString> text) { delivered += *text; });
        runner.start<QString>(
            QStringLiteral("newer"), [](const Progress &) -> Result<QString> { return QStringLiteral("newer"); },
            [&](Result<QString> text) { delivered += *text; });
        QTRY_COMPARE(delivered, QStringList{QStringLiteral("newer")});
        olderStopped.get_future().wait();
        QCoreApplication::processEvents();
        QCOMPARE(delivered, QStringList{QStringLiteral("newer")});
    }

    void cancelIsSeenByTheWork()
    {
        JobRunner runner;
        QSignalSpy cancelling(&runner, &JobRunner::cancelling);
        std::optional<ErrorCode> code;
        runner.start<int>(
            QStringLiteral("long"),
            [](const Progress &progress) -> Result<int> {
                while (!progress.cancelled())
                    std::this_thread::yield();
                return cancelled();
            },
            [&](const Result<int> &result) { code = result.error().code; });
        runner.cancel();
        QCOMPARE(cancelling.size(), 1);
        QTRY_VERIFY(code);
        QCOMPARE(*code, ErrorCode::cancelled);
        runner.cancel(); // nothing runs: nothing happens
        QCOMPARE(cancelling.size(), 1);
    }

    void abandonedWorkSaysNothing()
    {
        JobRunner runner;
        QSignalSpy finished(&runner, &JobRunner::finished);
        const auto post = runner.poster();
        std::promise<void> ended;
        QStringList said;
        runner.start<int>(
            QStringLiteral("talkative"),
            [&](const Progress &progress) -> Result<int> {
                while (!progress.cancelled())
                    std::this_thread::yield();
                post([&said] { said += QStringLiteral("late"); });
                ended.set_value();
                return 1;
            },
            [&](const Result<int> &) { said += QStringLiteral("done"); });
        runner.abandon();
        QVERIFY(!runner.isRunning());
        QCOMPARE(finished.size(), 1);
        ended.get_future().wait();
        QCoreApplication::processEvents();
        QVERIFY(said.isEmpty());
    }

    void destructionStopsAndJoins()
    {
        std::atomic<bool> ended = false;
        bool delivered = false;
        {
            JobRunner runner;
            runner.start<int>(
                QStringLiteral("endless"),
                [&ended](const Progress &progress) -> Result<int> {
                    while (!progress.cancelled())
                        std::this_thread::yield();
                    ended = true;
                    return 1;
                },
                [&](const Result<int> &) { delivered = true; });
        }
        QVERIFY(ended);
        QCoreApplication::processEvents();
        QVERIFY(!delivered);
    }
};

QTEST_MAIN(TestJobRunner)
#include "tst_jobrunner.moc"
