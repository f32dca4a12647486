// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/latestcall.h"

#include <QtTest>

#include <thread>

using namespace espalier::ui;

class TestLatestCall : public QObject
{
    Q_OBJECT
private slots:
    void onlyTheNewestComesThrough()
    {
        LatestCall calls(nullptr, std::chrono::milliseconds(0));
        QList<int> shown;
        QList<QThread *> threads;
        std::thread worker([&] {
            for (int i = 1; i <= 1000; ++i)
                calls.offer([&, i] {
                    shown += i;
                    threads += QThread::currentThread();
                });
        });
        worker.join(); // before any event is handled
        QTRY_COMPARE(shown, QList<int>{1000});
        QCOMPARE(threads, QList<QThread *>{QThread::currentThread()});
        calls.offer([&] { shown += 1001; });
        QTRY_COMPARE(shown, (QList<int>{1000, 1001}));
    }

    void nothingComesBeforeTheInterval()
    {
        LatestCall calls(nullptr, std::chrono::hours(1));
        QList<int> shown;
        for (int i = 1; i <= 3; ++i) {
            calls.offer([&, i] { shown += i; });
            QCoreApplication::processEvents();
        }
        QCOMPARE(shown, QList<int>());
        calls.flush();
        calls.flush();
        QCOMPARE(shown, QList<int>{3});
    }

    void whatIsDroppedNeverComes()
    {
        LatestCall calls(nullptr, std::chrono::milliseconds(0));
        QList<int> shown;
        calls.offer([&] { shown += 1; });
        calls.drop();
        calls.offer([&] { shown += 2; });
        QTRY_COMPARE(shown, QList<int>{2});
        calls.flush();
        QCOMPARE(shown, QList<int>{2});
    }

    void mayOfferAgainWhileItIsCalled()
    {
        LatestCall calls(nullptr, std::chrono::milliseconds(0));
        QList<int> shown;
        calls.offer([&] {
            shown += 1;
            calls.offer([&] { shown += 2; });
        });
        QTRY_COMPARE(shown, (QList<int>{1, 2}));
    }
};

QTEST_GUILESS_MAIN(TestLatestCall)
#include "tst_latestcall.moc"
