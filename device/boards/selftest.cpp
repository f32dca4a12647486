// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "device/boards/selftest.h"

#include "core/base/text.h"
#include "core/study/figureformat.h"
#include "device/bench/residentrunner.h"
#include "device/plan/planimage.h"
#include "device/protocol/dut.h"

#include <algorithm>
#include <functional>

namespace espalier::device {

namespace {

using Answer = Result<std::string>;

std::string milliseconds(double value)
{
    return figureText(Column::latencyMs, value);
}

class SelfTest
{
public:
    SelfTest(FlashHost &host, const PhysicalBoard &board, const std::string &place, ModelPtr model,
             const Progress &progress)
        : m_host(host), m_board(board), m_place(place), m_model(std::move(model)), m_progress(progress)
    {
    }

    std::vector<SelfTestStep> all()
    {
        step("It is found and may be used", [this] { return find(); });
        step("The resident runner is flashed and proven", [this] { return flash(m_progress); });
        step("Its firmware answers on the serial line", [this] { return greet(); });
        step("A damaged plan is refused, and it lives", [this] { return refuse(); });
        step("It tells of a fault after its restart", [this] { return fault(); });
        step("It restarts into its bootloader when asked, and is flashed again", [this] { return flash(m_progress); });
        step("Flashing that was cut off is made good by the next attempt", [this] { return interrupt(); });
        step("The outputs equal the host's, the figures are steady", [this] { return measure(); });
        return std::move(m_steps);
    }

private:
    void step(const char *what, const std::function<Answer()> &work)
    {
        m_progress.report(what, std::int64_t(m_steps.size()), 8);
        SelfTestStep done{what, false, "not tried, since an earlier step failed"};
        const bool goesOn = m_steps.empty() || m_steps.back().passed;
        if (goesOn) {
            const Clock::Time start = m_host.now();
            const Answer answer = m_progress.cancelled() ? Answer(cancelled()) : work();
            done.passed = answer.has_value();
            done.said = answer ? *answer : answer.error().message;
            done.seconds = std::chrono::duration<double>(m_host.now() - start).count();
        }
        m_steps.push_back(std::move(done));
    }

    Answer find()
    {
        const auto found = findPlugged(m_host, m_board.flash.board, m_board.flash.title, m_place);
        if (!found)
            return found.error();
        m_now = *found;
        return found->title + " on USB port " + found->port + ", " + std::string(name(found->state)) +
               (found->serial.empty() ? "" : ", serial " + found->serial);
    }

    Answer flash(const Progress &progress)
    {
        waitingboards::take(m_board.flash.board + m_now.port); // closes its serial line
        const auto runner = ResidentRunner::find(m_board.flash.board);
        if (!runner)
            return runner.error();
        const auto image = loadFirmware(m_board, runner->image());
        if (!image)
            return image.error();
        const auto back = flashBoard(m_host, m_board.flash, m_now, *image, progress);
        if (!back)
            return back.error();
        m_now = *back;
        std::size_t bytes = 0;
        for (const auto &part : *image)
            bytes += part.second.size();
        return std::to_string(bytes) + " bytes; back as " + back->tty;
    }

    Result<std::unique_ptr<Dut>> open()
    {
        auto port = openNewPort(m_host, m_now.tty, m_progress);
        if (!port)
            return port.error();
        auto dut = std::make_unique<Dut>(*std::move(port), m_progress, m_host);
        if (const auto answers = dut->greet(); !answers)
            return answers.error();
        return dut;
    }

    Answer greet()
    {
        const auto dut = open();
        if (!dut)
            return dut.error();
        const auto profile = (*dut)->profile();
        if (!profile)
            return profile.error();
        if (profile->name != "espalier")
            return failed("it calls itself '" + profile->name + "', which is not our firmware: flash it again");
        const std::string fault = (*dut)->lastFault();
        return "name '" + profile->name + "', model '" + profile->model + "'" +
               (fault.empty() ? "" : "; it had stopped before: " + fault);
    }

    Answer refuse()
    {
        const auto plan = makePlan(*m_model, m_board.target.family);
        if (!plan)
            return plan.error();
        std::vector<std::uint8_t> damaged = writePlanImage(*plan);
        damaged[damaged.size() / 2] ^= 1;
        const auto dut = open();
        if (!dut)
            return dut.error();
        const auto taken = (*dut)->loadPlan(damaged);
        if (taken)
            return failed("it took a plan with a wrong bit for a right one: its checksum does not work");
        const auto alive = (*dut)->profile();
        if (!alive)
            return alive.error();
        return taken.error().message;
    }

    // The serial line goes and comes back with the board, unless something else carries it.
    Answer fault()
    {
        static constexpr std::chrono::milliseconds deadline(5000), pause(100);
        {
            const auto dut = open();
            if (!dut)
                return dut.error();
            if (const auto sent = (*dut)->stopWithFault(); !sent)
                return sent.error();
            if ((*dut)->greet())
                return toldFault(**dut);
        }
        for (const Clock::Time end = m_host.now() + deadline; m_host.now() < end; m_host.sleep(pause)) {
            const auto found = findPlugged(m_host, m_board.flash.board, m_board.flash.title, m_now.port);
            if (!found || found->tty.empty())
                continue;
            m_now = *found;
            const auto dut = open();
            if (dut)
                return toldFault(**dut);
        }
        return failed("it did not come back after a fault: unplug it and plug it in again");
    }

    static Answer toldFault(Dut &dut)
    {
        const std::string fault = dut.lastFault();
        return fault.empty() ? Answer(failed("it does not remember the fault: its record does not survive a restart"))
                             : Answer(fault);
    }

    // As a person who pulls the plug, but without asking for hands: it stops in the middle.
    Answer interrupt()
    {
        std::stop_source stop;
        const Progress half(stop.get_token(), [&](std::string_view phase, std::int64_t done, std::int64_t total) {
            if (phase == "writing flash" && done * 2 > total)
                stop.request_stop();
        });
        if (const Answer whole = flash(half); whole)
            return failed("flashing did not stop when it was told to");
        const auto there = findPlugged(m_host, m_board.flash.board, m_board.flash.title, m_now.port);
        if (!there)
            return there.error();
        if (!there->isBootloader)
            return failed("it left its bootloader with half a firmware: unplug it");
        m_now = *there;
        return flash(m_progress);
    }

    Answer measure()
    {
        BenchOptions options;
        options.useRunner = true;
        options.perLayer = true;
        options.place = m_now.port;
        const auto record = m_board.benchmark(m_host, m_model, options, m_progress);
        if (!record)
            return record.error();
        if (record->exact != std::optional(true))
            return failed("its outputs are not the host's: " + record->difference);
        const double spread = (*record->latencyMsMax - *record->latencyMsMin) / *record->latencyMs;
        const std::string said = milliseconds(*record->latencyMs) + " (" + milliseconds(*record->latencyMsMin) +
                                 " to " + milliseconds(*record->latencyMsMax) + "), " + std::to_string(record->runs) +
                                 " runs, " + std::to_string(record->layers.size()) + " layers; " + record->measuredOn;
        if (spread > 0.05)
            return failed("its times scatter by more than 5 %: " + said);
        return said;
    }

    FlashHost &m_host;
    const PhysicalBoard &m_board;
    std::string m_place;
    ModelPtr m_model;
    const Progress &m_progress;
    UsbBoard m_now;
    std::vector<SelfTestStep> m_steps;
};

} // namespace

std::vector<SelfTestStep> selfTest(FlashHost &host, const PhysicalBoard &board, const std::string &place,
                                   const ModelPtr &model, const Progress &progress)
{
    return SelfTest(host, board, place, model, progress).all();
}

std::string selfTestReport(const std::string &title, const std::vector<SelfTestStep> &steps)
{
    const auto passed = std::count_if(steps.begin(), steps.end(), [](const SelfTestStep &each) { return each.passed; });
    FigureFormat seconds;
    seconds.decimals = 1;
    std::string text = "# Self-test of a " + title + "\n\n" + std::to_string(passed) + " of " +
                       std::to_string(steps.size()) + " steps passed.\n\n";
    for (const SelfTestStep &each : steps)
        text += std::string(each.passed ? "- [x] " : "- [ ] ") + each.what + " (" + seconds.text(each.seconds) +
                " s): " + each.said + "\n";
    return text + "\nBy hand, please:\n\n"
                  "- [ ] Pull the cable while flashing; the next attempt must work.\n"
                  "- [ ] Enter the bootloader by its button instead of by us, and flash.\n"
                  "- [ ] Open the serial line in another program: 'espalier boards' must name that program.\n"
                  "- [ ] Remove the udev rule, plug in again: 'espalier boards' must say how to install it.\n";
}

} // namespace espalier::device
