// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "device/protocol/link.h"
#include "device/transport/clock.h"
#include "fault.h"

#include <string>
#include <utility>

namespace espalier::test {

/// Where in a conversation something goes wrong; it outlives the line.
struct AnswerFault
{
    int at = -1; ///< the answer's number
    Fault fault = Fault::none;
    int answers = 0; ///< given so far
    bool gone = false;
    int writeAt = -1; ///< what is sent to it: the piece's number
    Fault writeFault = Fault::none;
    int writes = 0; ///< so far
    bool isStuck = false;
    std::string record = "none"; ///< what the processor says of its last stop
};

/// A board that answers command after command of the MLPerf Tiny protocol, with a fault at one of its answers. Time
/// passes only where somebody waits.
class AnsweringLink : public device::Link
{
public:
    AnsweringLink(device::Clock &clock, AnswerFault &fault) : m_clock(clock), m_fault(fault) {}

    Result<std::size_t> write(std::string_view text, std::chrono::milliseconds wait) override
    {
        if (m_fault.writes++ == m_fault.writeAt)
            m_fault.isStuck = m_fault.writeFault == Fault::silence;
        if (m_fault.isStuck) {
            m_clock.sleep(wait);
            return std::size_t(0);
        }
        if (m_fault.writes == m_fault.writeAt + 1 && m_fault.writeFault == Fault::gone) {
            m_fault.gone = true;
            return failed("nothing can be sent: " + whyEnded());
        }
        for (const char c : text) {
            if (c != '%')
                m_command += c;
            else
                send(answerTo(std::exchange(m_command, {})) + "m-ready\r\n");
        }
        return text.size();
    }
    bool read(std::string &text, std::chrono::milliseconds wait) override
    {
        if (m_pending.empty())
            m_clock.sleep(wait);
        text += std::exchange(m_pending, {});
        return !m_fault.gone;
    }
    std::string whyEnded() override { return "the board was unplugged; plug it in and try again"; }

protected:
    const std::string &record() const { return m_fault.record; }
    /// Whole lines, without m-ready.
    virtual std::string answerTo(const std::string &command) = 0;

private:
    void send(std::string text)
    {
        const std::string honest = text;
        if (m_fault.answers++ == m_fault.at) {
            switch (m_fault.fault) {
            case Fault::none:
                break;
            case Fault::silence:
                text.clear();
                break;
            case Fault::gone:
                text.clear();
                m_fault.gone = true;
                break;
            case Fault::half:
                text.resize(text.size() / 2);
                break;
            case Fault::garbage:
                text = "\x7f\x01\xff%%\r\nm-ready\r\n";
                break;
            case Fault::tooLong:
                text = std::string(std::size_t(2) << 20, 'x');
                break;
            case Fault::stale:
                text = m_last;
                break;
            }
        }
        m_last = honest;
        m_pending += text;
    }

    device::Clock &m_clock;
    AnswerFault &m_fault;
    std::string m_command, m_pending, m_last = "m-ready\r\n";
};

} // namespace espalier::test
