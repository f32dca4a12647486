// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Any bytes on the serial line. To the device where the input's first byte is even: the resident runner's firmware
// itself, on a board made of plain memory, without a plan or (bit 1) with one. To the host else: as the answers to
// every question that it asks.
#include "device/plan/planimage.h"
#include "device/protocol/dut.h"
#include "device/transport/clock.h"

#include "../device/memoryboard.h"
#include "../device/randomgraph.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <iterator>
#include <string_view>

using namespace espalier;

namespace {

// Time that passes only where somebody waits.
class WaitingClock : public device::Clock
{
public:
    Time now() override { return m_now; }
    void sleep(std::chrono::milliseconds time) override { m_now += time; }

private:
    Time m_now;
};

// Says the bytes, up to a zero for each question.
class FuzzedLink : public device::Link
{
public:
    FuzzedLink(std::string_view says, WaitingClock &clock) : m_says(says), m_clock(clock) {}

    Result<std::size_t> write(std::string_view text, std::chrono::milliseconds) override
    {
        const std::size_t end = std::min(m_says.find('\0'), m_says.size());
        m_pending = m_says.substr(0, end);
        m_says.remove_prefix(std::min(end + 1, m_says.size()));
        return text.size();
    }
    bool read(std::string &text, std::chrono::milliseconds wait) override
    {
        m_clock.sleep(wait);
        const std::size_t count = std::min<std::size_t>(m_pending.size(), 64);
        text += m_pending.substr(0, count);
        m_pending.remove_prefix(count);
        return !m_says.empty() || !m_pending.empty() || ++m_silences < 1000;
    }
    std::string whyEnded() override { return "the board was unplugged"; }

private:
    std::string_view m_says, m_pending;
    WaitingClock &m_clock;
    int m_silences = 0;
};

// A value, or one line that says why not.
template <class T>
void demandSentence(const Result<T> &answer)
{
    if (answer)
        return;
    const std::string &message = answer.error().message;
    if (message.empty() || message.size() > 2000 || message.find_first_of("\n\r") != message.npos)
        std::abort();
}

std::vector<std::uint8_t> smallPlan()
{
    test::RandomGraph random(3);
    random.addConv2D(DType::int8);
    random.addFullyConnected(DType::int8);
    const auto plan = device::makePlan(*test::modelOf(random.take()), device::KernelFamily::thumb);
    if (!plan)
        std::abort();
    return device::writePlanImage(*plan);
}

void askEverything(std::string_view answers)
{
    WaitingClock clock;
    device::Dut dut(std::make_unique<FuzzedLink>(answers, clock), {}, clock);
    const auto deadline = std::chrono::seconds(1);
    demandSentence(dut.profile());
    const auto description = dut.describe();
    demandSentence(description);
    demandSentence(dut.infer(1, 0, deadline));
    demandSentence(dut.run(deadline));
    demandSentence(dut.output(0, 4));
    demandSentence(dut.layerTicks(description ? std::size_t(description->layers) : 2));
    demandSentence(dut.stackBytes());
    demandSentence(dut.checksumAt({}, deadline));
    demandSentence(dut.bytesAt({0, 0, 2}, deadline));
    demandSentence(dut.send(std::vector<std::uint8_t>(40)));
    demandSentence(dut.load(std::vector<std::uint8_t>(40)));
    demandSentence(dut.loadPlan(std::vector<std::uint8_t>(40)));
    dut.lastFault();
    dut.temperature();
    demandSentence(dut.greet());
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    if (size == 0)
        return 0;
    const std::string_view text(reinterpret_cast<const char *>(data) + 1, size - 1);
    if (*data & 1) {
        askEverything(text);
        return 0;
    }
    static const std::vector<std::uint8_t> plan = smallPlan();
    test::memoryboard::setPlan(plan);
    std::string whole = "x-plan-start " + std::to_string(*data & 2 ? plan.size() : 0) + '%';
    std::ranges::copy_if(text, std::back_inserter(whole), [](char c) { return c >= ' '; }); // as the firmware does
    if (whole.find("x-fault-test") != whole.npos)                                           // which is to stop it
        return 0;
    // Every error says so in one line.
    const std::string_view said = test::memoryboard::hear(whole, 200000);
    for (std::size_t at = said.find("\r\ne-["); at != said.npos; at = said.find("\r\ne-[", at + 2)) {
        const std::size_t end = said.find("\r\n", at + 2);
        if (end != said.npos && said[end - 1] != ']')
            std::abort();
    }
    return 0;
}
