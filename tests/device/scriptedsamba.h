// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "device/flash/samba.h"
#include "fault.h"

#include <algorithm>
#include <cstdlib>
#include <string>
#include <vector>

namespace espalier::test {

/// A Nano 33 BLE in its bootloader: its state outlives the serial line's opening and closing.
struct ScriptedNano
{
    static constexpr std::uint32_t applicationStart = 0x10000, applicationBytes = 0xf0000;

    std::vector<std::uint8_t> flash =
        std::vector<std::uint8_t>(64 << 10, 0x5a); ///< the application's; some earlier one
    std::string breach;                            ///< of the protocol; empty: none
    bool restarted = false, plugged = true, isArduino = true;
    bool worn = false; ///< checksums never fit
    int answers = 0;   ///< given so far
    int faultAt = -1;
    Fault fault = Fault::none;
    int writeAt = -1; ///< what is sent to it: the piece's number
    Fault writeFault = Fault::none;
    int writes = 0; ///< so far
    bool isStuck = false;
    std::size_t awaited = 0; ///< bytes of an announced page, until it is unplugged
    std::string stale;       ///< still in the line from before

    /// Its bootloader starts an application unless one of the first two words is erased.
    bool starts() const
    {
        const auto erased = [&](std::size_t at) {
            return std::all_of(flash.begin() + std::ptrdiff_t(at), flash.begin() + std::ptrdiff_t(at) + 4,
                               [](std::uint8_t byte) { return byte == 0xff; });
        };
        return !erased(0) && !erased(4);
    }
};

/// The line to it, checking what it is sent against the commands that the bootloader knows.
class ScriptedSamba : public device::Link
{
public:
    ScriptedSamba(ScriptedNano &nano, device::Clock &clock) : m_nano(nano), m_clock(clock), m_pending(nano.stale)
    {
        nano.stale.clear();
    }

    Result<std::size_t> write(std::string_view text, std::chrono::milliseconds wait) override
    {
        const bool here = m_nano.writes++ == m_nano.writeAt;
        if (here && m_nano.writeFault == Fault::silence)
            m_nano.isStuck = true;
        if (m_nano.isStuck) {
            m_clock.sleep(wait);
            return std::size_t(0);
        }
        const bool isPulled = here && m_nano.writeFault == Fault::gone;
        if (isPulled)
            text = text.substr(0, text.size() / 2);
        if (!m_nano.plugged)
            return failed("nothing can be sent: the board was unplugged; plug it in");
        for (const char c : text) {
            if (m_nano.awaited > 0) {
                if (!m_isDrained)
                    breach("data in one packet with their command");
                if (m_bufferAt < m_buffer.size())
                    m_buffer[m_bufferAt++] = std::uint8_t(c);
                --m_nano.awaited;
            } else if (c == '#') {
                obey();
                m_command.clear();
            } else {
                m_command += c;
            }
        }
        if (isPulled) {
            m_nano.plugged = false;
            m_nano.awaited = 0;
        }
        return text.size();
    }

    bool drain(std::chrono::milliseconds) override
    {
        m_isDrained = true;
        return true;
    }

    bool read(std::string &text, std::chrono::milliseconds wait) override
    {
        if (m_pending.empty())
            m_clock.sleep(wait);
        text += m_pending;
        m_pending.clear();
        return m_nano.plugged;
    }

    std::string whyEnded() override { return "it was unplugged"; }

private:
    static std::uint32_t hex(const std::string &text) { return std::uint32_t(std::strtoul(text.c_str(), nullptr, 16)); }

    void obey()
    {
        if (m_command.empty())
            return;
        const char letter = m_command[0];
        const bool ranged = letter == 'S' || letter == 'Y' || letter == 'Z';
        if (ranged && (m_command.size() < 11 || m_command[9] != ','))
            return breach("an address that is not eight digits");
        const std::uint32_t address = ranged ? hex(m_command.substr(1, 8)) : 0;
        const std::uint32_t size = ranged ? hex(m_command.substr(10)) : 0;
        if (m_command == "N") {
            m_binary = true;
            say("");
        } else if (m_command == "V") {
            say(m_nano.isArduino ? "Arduino Bootloader (SAM-BA extended) 2.0 [Arduino:IKXYZ]" : "v1.1");
        } else if (m_command == "I") {
            say("nRF52840-QIAA");
        } else if (m_command == "K") {
            m_nano.restarted = true;
        } else if (!m_binary) {
            breach("flashing before binary mode");
        } else if (letter == 'S') {
            if (address + size > m_buffer.size())
                return breach("more than the buffer holds");
            m_bufferAt = address;
            m_nano.awaited = size;
            m_isDrained = false;
        } else if (letter == 'Y' && size == 0) {
            m_from = address;
            say("Y");
        } else if (letter == 'Y') {
            if (address % 4096 || size % 4096 || address + size > m_nano.flash.size() ||
                m_from + size > m_buffer.size())
                return breach("a page that is none");
            std::copy_n(m_buffer.begin() + m_from, size, m_nano.flash.begin() + address);
            say("Y");
        } else if (letter == 'Z') {
            if (size > 4096 || address + size > m_nano.flash.size())
                return breach("a checksum of too much");
            const std::uint32_t crc =
                device::crcXmodem(std::span(m_nano.flash).subspan(address, size)) ^ (m_nano.worn ? 1u : 0u);
            char digits[9];
            std::snprintf(digits, sizeof digits, "%08X", crc);
            say(std::string("Z") + digits + '#');
        } else {
            breach("an unknown command");
        }
    }

    void say(const std::string &text)
    {
        std::string answer = text + "\n\r";
        if (m_nano.answers++ == m_nano.faultAt) {
            switch (m_nano.fault) {
            case Fault::none:
                break;
            case Fault::silence:
                answer.clear();
                break;
            case Fault::half:
                answer.resize(answer.size() / 2);
                break;
            case Fault::garbage:
                answer = "\x01\xfe#?\n\r";
                break;
            case Fault::tooLong:
                answer.insert(0, std::string(300, 'x'));
                break;
            case Fault::stale:
                answer = m_last;
                break;
            case Fault::gone:
                m_nano.plugged = false;
                answer.clear();
                break;
            }
        }
        m_last = text + "\n\r";
        m_pending += answer;
    }

    void breach(const char *what)
    {
        if (m_nano.breach.empty())
            m_nano.breach = what;
    }

    ScriptedNano &m_nano;
    device::Clock &m_clock;
    std::string m_command, m_pending, m_last = "?\n\r";
    std::vector<std::uint8_t> m_buffer = std::vector<std::uint8_t>(8192);
    std::size_t m_bufferAt = 0;
    std::uint32_t m_from = 0;
    bool m_binary = false, m_isDrained = true;
};

} // namespace espalier::test
