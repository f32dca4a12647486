// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Whatever a board says, the host ends with a checked value or a sentence, in time.
#include "core/graph/model.h"
#include "device/bench/firmwarebenchmark.h"
#include "device/protocol/dut.h"
#include "device/transport/deadline.h"
#include "foreignfirmware.h"
#include "sentence.h"
#include "support/tinystudy.h"

#include <QtTest>

#include <deque>
#include <random>

using namespace espalier;
using namespace espalier::device;
using namespace espalier::test;
using namespace std::chrono_literals;

namespace {

bool says(const Error &error, std::string_view words)
{
    return error.message.find(words) != std::string::npos;
}

// A board that says what the test wants, in pieces.
class ScriptedLink : public Link
{
public:
    explicit ScriptedLink(std::deque<std::string> pieces, bool stays = false)
        : m_pieces(std::move(pieces)), m_stays(stays)
    {
    }
    Result<std::size_t> write(std::string_view text, std::chrono::milliseconds) override
    {
        sent += text;
        return text.size();
    }
    bool read(std::string &text, std::chrono::milliseconds) override
    {
        if (m_pieces.empty())
            return m_stays;
        text += m_pieces.front();
        m_pieces.pop_front();
        return true;
    }
    std::string whyEnded() override { return "the board was unplugged: plug it in"; }

    std::string sent;

private:
    std::deque<std::string> m_pieces;
    bool m_stays;
};

Dut dutSaying(std::deque<std::string> pieces, Progress progress = {})
{
    return Dut(std::make_unique<ScriptedLink>(std::move(pieces)), std::move(progress));
}

// A board that repeats one text for ever.
class EndlessLink : public Link
{
public:
    explicit EndlessLink(std::string text) : m_text(std::move(text)) {}
    Result<std::size_t> write(std::string_view text, std::chrono::milliseconds) override { return text.size(); }
    bool read(std::string &text, std::chrono::milliseconds) override
    {
        text += m_text;
        return true;
    }
    std::string whyEnded() override { return {}; }

private:
    std::string m_text;
};

// Time that passes only where somebody waits.
class FakeClock : public Clock
{
public:
    std::chrono::milliseconds spent{0};
    Time now() override { return Time() + spent; }
    void sleep(std::chrono::milliseconds time) override { spent += time; }
};

// Takes one byte at a time, up to so many.
class SlowLink : public Link
{
public:
    SlowLink(Clock &clock, std::size_t most) : m_clock(clock), m_most(most) {}
    Result<std::size_t> write(std::string_view, std::chrono::milliseconds wait) override
    {
        const std::size_t count = taken < m_most ? 1 : 0;
        if (count == 0)
            m_clock.sleep(wait);
        taken += count;
        return count;
    }
    bool drain(std::chrono::milliseconds wait) override
    {
        m_clock.sleep(wait);
        return !staysFull;
    }
    bool read(std::string &, std::chrono::milliseconds) override { return false; }
    std::string whyEnded() override { return {}; }

    std::size_t taken = 0;
    bool staysFull = false;

private:
    Clock &m_clock;
    std::size_t m_most;
};

struct ForeignRun
{
    Result<BenchRecord> record;
    int answers;
    std::chrono::milliseconds spent;
};

ForeignRun measureForeign(int faultAt, Fault fault, std::size_t samples = 0)
{
    const ModelPtr model = tinyModel();
    BenchOptions options;
    options.validateSamples = samples;
    options.data = tinyData(model);
    FakeClock clock;
    AnswerFault state{faultAt, fault};
    Dut dut(std::make_unique<ForeignFirmware>(model, clock, state), {}, clock);
    const auto greeted = dut.greet();
    Result<BenchRecord> record =
        greeted ? benchmarkFirmware(dut, *model, options, {}) : Result<BenchRecord>(greeted.error());
    return {std::move(record), state.answers, clock.spent};
}

} // namespace

class TestDut : public QObject
{
    Q_OBJECT

private slots:
    void readsAnswersInAnyPieces()
    {
        Dut dut = dutSaying({"m-init-", "done\r\nm-re", "ady\r\n", "m-x-ticks-", "12", "34\r\nm-ready\r\n"});
        QVERIFY(dut.waitUntilReady(1s));
        const auto ticks = dut.run(1s);
        QVERIFY(ticks);
        QCOMPARE(*ticks, std::int64_t(1234));
    }

    void waitsThroughAPauseOfTheComputer()
    {
        FakeClock clock;
        Deadline patience(5s, clock);
        QCOMPARE(patience.slice(50ms), 50ms);
        clock.sleep(1h); // suspended
        QCOMPARE(patience.slice(50ms), 50ms);
        for (int second = 0; second < 4; ++second) {
            QVERIFY(patience.slice(50ms) > 0ms);
            clock.sleep(1s);
        }
        QCOMPARE(patience.slice(50ms), 0ms);
    }

    void acceptsExtraLinesBeforeTheFirstReady()
    {
        Dut dut = dutSaying({"m-timestamp-mode-performance\r\nm-lap-us-5\r\nm-init-done\r\nm-ready\r\n"});
        QVERIFY(dut.waitUntilReady(1s));
    }

    // Two questions wait for a board that starts only after the first deadline: it answers both.
    void answersThatComeLateAreDropped()
    {
        class SlowStart : public Link
        {
        public:
            explicit SlowStart(FakeClock &clock) : m_clock(clock) {}
            Result<std::size_t> write(std::string_view text, std::chrono::milliseconds) override
            {
                m_asked.push_back(std::string(text));
                return text.size();
            }
            bool read(std::string &text, std::chrono::milliseconds wait) override
            {
                if (m_clock.spent < 2500ms || m_asked.empty()) {
                    m_clock.sleep(wait);
                    return true;
                }
                text += m_asked.front() == "name%" ? "m-name-dut-[slow]\r\nm-ready\r\n" : "m-x-ticks-7\r\nm-ready\r\n";
                m_asked.pop_front();
                return true;
            }
            std::string whyEnded() override { return {}; }

        private:
            FakeClock &m_clock;
            std::deque<std::string> m_asked;
        };
        FakeClock clock;
        Dut dut(std::make_unique<SlowStart>(clock), {}, clock);
        QVERIFY(dut.greet());
        const auto ticks = dut.run(1s);
        QVERIFY2(ticks, ticks ? "" : ticks.error().message.c_str());
        QCOMPARE(*ticks, std::int64_t(7));
    }

    void describesItself()
    {
        Dut dut = dutSaying({"m-x-inputs-490,8\r\nm-x-outputs-12\r\nm-x-layers-0\r\nm-x-arena-16000\r\nm-ready\r\n"});
        const auto description = dut.describe();
        QVERIFY(description);
        QCOMPARE(description->inputBytes, (std::vector<std::int64_t>{490, 8}));
        QCOMPARE(description->outputBytes, (std::vector<std::int64_t>{12}));
        QCOMPARE(description->arenaBytes, std::int64_t(16000));
    }

    void sendsInputsInShortCommands_data()
    {
        QTest::addColumn<bool>("byHarness");
        QTest::newRow("as any firmware knows it") << true;
        QTest::newRow("as the model takes it") << false;
    }
    void sendsInputsInShortCommands()
    {
        QFETCH(bool, byHarness);
        std::deque<std::string> answers = {"m-[Expecting 40 bytes]\r\nm-ready\r\n", "m-ready\r\n",
                                           "m-load-done\r\nm-ready\r\n"};
        auto link = std::make_unique<ScriptedLink>(answers);
        ScriptedLink *watched = link.get();
        Dut dut(std::move(link), {});
        std::vector<std::uint8_t> bytes(40, 0xa5);
        QVERIFY(byHarness ? dut.send(bytes) : dut.load(bytes));
        QCOMPARE(QString::fromStdString(watched->sent), QLatin1String(byHarness ? "db load 40%db " : "x-load 40%db ") +
                                                            QStringLiteral("a5").repeated(31) + QStringLiteral("%db ") +
                                                            QStringLiteral("a5").repeated(9) + QLatin1Char('%'));
    }

    void wrongAnswersAreErrors_data()
    {
        QTest::addColumn<QString>("answer");
        QTest::newRow("no number") << QStringLiteral("m-x-ticks-\r\nm-ready\r\n");
        QTest::newRow("letters") << QStringLiteral("m-x-ticks-12x\r\nm-ready\r\n");
        QTest::newRow("negative") << QStringLiteral("m-x-ticks--5\r\nm-ready\r\n");
        QTest::newRow("too large") << QStringLiteral("m-x-ticks-99999999999999999999999\r\nm-ready\r\n");
        QTest::newRow("nothing") << QStringLiteral("m-ready\r\n");
        QTest::newRow("refused") << QStringLiteral("e-[Unknown command: x-run]\r\nm-ready\r\n");
        QTest::newRow("ends early") << QStringLiteral("m-x-ticks-12\r\n");
        QTest::newRow("control characters") << QStringLiteral("\x01\x1b[2J\r\nm-ready\r\n");
    }
    void wrongAnswersAreErrors()
    {
        QFETCH(QString, answer);
        Dut dut = dutSaying({answer.toStdString()});
        const auto ticks = dut.run(1s);
        QVERIFY(!ticks);
        QCOMPARE(ticks.error().code, ErrorCode::failed);
        QVERIFY2(isSentence(ticks.error()), ticks.error().message.c_str());
    }

    void unpluggedSaysSo()
    {
        Dut dut = dutSaying({});
        const auto ready = dut.waitUntilReady(1s);
        QVERIFY(!ready);
        QVERIFY(says(ready.error(), "unplugged"));
    }

    void silenceEndsAtTheDeadline()
    {
        Dut dut(std::make_unique<ScriptedLink>(std::deque<std::string>{}, true), {});
        const auto ticks = dut.run(1ms);
        QVERIFY(!ticks);
        QVERIFY(says(ticks.error(), "did not answer") && isSentence(ticks.error()));
    }

    void endlessTextIsBounded()
    {
        Dut lines(std::make_unique<EndlessLink>(std::string(1000, '\n') + "x\n"), {});
        QVERIFY(!lines.run(60s));
        Dut noLines(std::make_unique<EndlessLink>(std::string(100000, 'x')), {});
        const auto answer = noLines.run(60s);
        QVERIFY(!answer);
        QVERIFY(answer.error().message.size() < 300);
    }

    void temperaturesMayBeBelowZero()
    {
        QCOMPARE(dutSaying({"m-x-temperature--525\r\nm-ready\r\n"}).temperature(), std::optional<double>(-5.25));
        QCOMPARE(dutSaying({"m-x-temperature-2725\r\nm-ready\r\n"}).temperature(), std::optional<double>(27.25));
        QVERIFY(!dutSaying({"m-x-temperature-\r\nm-ready\r\n"}).temperature());
    }

    // A board that takes a little and then nothing more, and one that is left alone by Cancel.
    void sendingEndsInTime()
    {
        FakeClock clock;
        SlowLink slow(clock, 100);
        QVERIFY(writeAll(slow, std::string(90, 'x'), clock, {}));
        const auto stuck = writeAll(slow, std::string(90, 'x'), clock, {});
        QVERIFY(!stuck);
        QVERIFY2(isSentence(stuck.error()) && says(stuck.error(), "took only a part"), stuck.error().message.c_str());
        QVERIFY(clock.spent < 12s);
        std::stop_source stop;
        stop.request_stop();
        const auto before = clock.spent;
        QCOMPARE(writeAll(slow, "x", clock, Progress(stop.get_token(), {})).error().code, ErrorCode::cancelled);
        QVERIFY(clock.spent <= before + 50ms);
        SlowLink full(clock, 100);
        full.staysFull = true;
        QVERIFY(!writeAll(full, "S#", clock, {}, Leaving::now)); // it never leaves
        QCOMPARE(full.taken, std::size_t(2));
    }

    void cancelEndsTheWait()
    {
        std::stop_source stop;
        stop.request_stop();
        Dut dut(std::make_unique<EndlessLink>("y\n"), Progress(stop.get_token(), {}));
        const auto ticks = dut.run(60s);
        QVERIFY(!ticks);
        QCOMPARE(ticks.error().code, ErrorCode::cancelled);
    }

    void outputOfAnotherSizeIsAnError()
    {
        const auto shorter = dutSaying({"m-x-bytes-0102\r\nm-ready\r\n"}).output(0, 3);
        QVERIFY(!shorter && isSentence(shorter.error()));
        QVERIFY(!dutSaying({"m-x-bytes-01zz\r\nm-ready\r\n"}).output(0, 2));
        QVERIFY(dutSaying({"m-x-bytes-0102\r\nm-x-bytes-ff\r\nm-ready\r\n"}).output(0, 3));
    }

    void foreignFirmwareIsMeasured()
    {
        const ForeignRun run = measureForeign(-1, Fault::none);
        QVERIFY2(run.record, run.record ? "" : run.record.error().message.c_str());
        QCOMPARE(*run.record->latencyMs, 3.0);
        QCOMPARE(*run.record->latencyMsMax, 3.0);
        QVERIFY(run.record->runs * 3 >= 1000);
        QCOMPARE(run.record->timeSource, Source::measured);
        QVERIFY(run.record->measuredOn.find("'somebody'") != std::string::npos);
        QVERIFY(!run.record->exact && !run.record->cycles); // it does not tell them
    }

    void foreignFirmwareIsValidated()
    {
        const ForeignRun run = measureForeign(-1, Fault::none, 50);
        QVERIFY2(run.record, run.record ? "" : run.record.error().message.c_str());
        QCOMPARE(run.record->validated, std::size_t(50));
        QVERIFY(*run.record->accuracy > 0.95); // labels are the model's own answers; three decimals may hide one
    }

    void foreignFirmwareFaults_data()
    {
        QTest::addColumn<int>("samples"); // that are validated, too
        QTest::newRow("measuring") << 0;
        QTest::newRow("validating") << 2;
    }
    void foreignFirmwareFaults()
    {
        QFETCH(int, samples);
        const int answers = measureForeign(-1, Fault::none, std::size_t(samples)).answers;
        QVERIFY(answers > 12);
        for (int step = 0; step < answers; ++step)
            for (const Fault fault : everyFault) {
                const ForeignRun run = measureForeign(step, fault, std::size_t(samples));
                const QByteArray where =
                    "step " + QByteArray::number(step) + " fault " + QByteArray::number(int(fault));
                QVERIFY2(run.spent < 150s, where);
                if (run.record) { // told again, or what was lost carries no figure
                    QCOMPARE(*run.record->latencyMs, 3.0);
                    QCOMPARE(*run.record->latencyMsMin, 3.0);
                    QCOMPARE(*run.record->latencyMsMax, 3.0);
                    continue;
                }
                QVERIFY2(isSentence(run.record.error()), where + run.record.error().message.c_str());
            }
    }

    void randomBytesEndInAnError()
    {
        std::mt19937 random(3);
        for (int round = 0; round < 200; ++round) {
            std::string noise;
            for (int i = 0; i < 500; ++i)
                noise += char(random() % 8 ? random() % 256 : '\n');
            Dut dut = dutSaying({noise + "\nm-ready\r\n", "m-ready\r\n", "m-ready\r\n"});
            QVERIFY(!dut.run(1s));
            QVERIFY(!dut.describe());
        }
    }
};

QTEST_APPLESS_MAIN(TestDut)
#include "tst_dut.moc"
