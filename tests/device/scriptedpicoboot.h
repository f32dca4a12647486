// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "device/flash/imagedefinition.h"
#include "device/transport/clock.h"
#include "device/usb/usbinterface.h"
#include "fault.h"

#include <algorithm>
#include <deque>
#include <optional>
#include <string>
#include <vector>

namespace espalier::test {

/// An RP2040 or RP2350 in USB boot, at the transfers of its PICOBOOT interface, as their datasheets and ROM sources
/// say: it checks every packet, keeps flash as flash is kept (erase to ones, write only clears), and notes the first
/// breach of the protocol. A fault can be put at any transfer. What happens takes time of the given clock only.
class ScriptedRom
{
public:
    static constexpr std::uint32_t flashStart = 0x10000000, flashBytes = 256 << 10;

    bool isRp2350 = false;
    std::vector<std::uint8_t> flash = std::vector<std::uint8_t>(flashBytes, 0x5a); ///< some earlier firmware
    std::string breach;                                                            ///< of the protocol; empty: none
    bool rebooted = false;                                                         ///< the host asked for it
    bool plugged = true;
    int transfers = 0; ///< that the host has made
    int faultAt = -1;
    Fault fault = Fault::none;
    std::optional<std::uint32_t> worn = {}; ///< an address whose lowest bit stays 1
    int erases = -1;                        ///< that are done before one fails, which the ROM does not tell

    /// Whether the ROM would find something to start: an image definition, or a first page that is not erased.
    bool starts() const
    {
        if (isRp2350)
            return bool(device::imageDefinitionAt({{flashStart, {flash.begin(), flash.begin() + 4096}}}));
        return std::any_of(flash.begin(), flash.begin() + 256, [](std::uint8_t byte) { return byte != 0xff; });
    }
};

class ScriptedPicoboot : public device::UsbInterface
{
public:
    using End = device::UsbTransfer::End;
    using Milliseconds = std::chrono::milliseconds;

    ScriptedPicoboot(ScriptedRom &rom, device::Clock &clock) : m_rom(rom), m_clock(clock) {}

    device::UsbTransfer controlOut(std::uint8_t request, Milliseconds deadline) override
    {
        if (const auto ended = disturbed(0, deadline))
            return *ended;
        if (request != 0x41)
            return breach("control request out that is no interface reset");
        m_expects = Phase::command;
        m_stalled = m_exclusive = false;
        return {End::done, 0};
    }

    device::UsbTransfer controlIn(std::uint8_t request, std::span<std::uint8_t> data, Milliseconds deadline) override
    {
        if (request != 0x42 || data.size() != 16)
            return breach("control request in that is no command status");
        std::vector<std::uint8_t> status(16);
        put(status, 0, m_token);
        put(status, 4, m_status);
        status[8] = m_id;
        return answer(status, data, deadline);
    }

    device::UsbTransfer send(std::span<const std::uint8_t> data, Milliseconds deadline) override
    {
        if (m_stalled)
            return {End::stalled, 0};
        const Fault fault = take();
        // The whole pages that came before the cable was pulled, or the line went silent, are in flash.
        if (m_expects == Phase::dataOut && (fault == Fault::gone || fault == Fault::half))
            program({data.begin(), data.begin() + std::ptrdiff_t(data.size() / 512 * 256)});
        if (const auto ended = disturbed(fault, data.size(), deadline))
            return *ended;
        std::vector<std::uint8_t> bytes(data.begin(), data.end());
        if (fault == Fault::garbage && !bytes.empty()) // the line changed it: what the check on the host cannot see
            bytes[bytes.size() / 2] ^= 0x40;
        const bool changed = fault == Fault::garbage;
        switch (m_expects) {
        case Phase::command:
            return command(bytes, changed);
        case Phase::dataOut:
            if (fault == Fault::tooLong) { // it takes less than it was sent, which libusb tells
                m_expects = Phase::command;
                m_stalled = true;
                return {End::done, data.size() / 2};
            }
            if (fault == Fault::stale) { // what was sent before, by a controller gone wrong
                std::swap(bytes, m_lastSent);
                bytes.resize(m_length, 0x33);
            }
            m_lastSent.assign(data.begin(), data.end());
            if (bytes.size() != m_length)
                return breach("data of another length than the command says");
            program(bytes);
            m_expects = Phase::ackIn;
            return {End::done, data.size()};
        case Phase::ackOut:
            if (!bytes.empty())
                return breach("an acknowledgement with bytes");
            m_expects = Phase::command;
            return {End::done, 0};
        default:
            return breach("sending where the ROM sends");
        }
    }

    device::UsbTransfer receive(std::span<std::uint8_t> data, Milliseconds deadline) override
    {
        if (m_stalled)
            return {End::stalled, 0};
        if (m_expects == Phase::ackIn) {
            m_expects = Phase::command;
            if (m_id == rebootId())
                m_rom.rebooted = true;
            return answer({}, data, deadline);
        }
        if (m_expects != Phase::dataIn)
            return breach("receiving where the ROM waits");
        if (data.size() != m_length)
            return breach("receiving another length than the command says");
        m_expects = Phase::ackOut;
        const auto from = m_rom.flash.begin() + (m_address - ScriptedRom::flashStart);
        return answer({from, from + m_length}, data, deadline);
    }

    void clearHalts() override { m_stalled = false; }

private:
    enum class Phase { command, dataOut, dataIn, ackIn, ackOut };

    std::uint8_t rebootId() const { return m_rom.isRp2350 ? 0x0a : 0x02; }

    static void put(std::vector<std::uint8_t> &to, std::size_t at, std::uint32_t value)
    {
        for (std::size_t i = 0; i < 4; ++i)
            to[at + i] = std::uint8_t(value >> (8 * i));
    }
    static std::uint32_t word(const std::vector<std::uint8_t> &from, std::size_t at)
    {
        return std::uint32_t(from[at]) | std::uint32_t(from[at + 1]) << 8 | std::uint32_t(from[at + 2]) << 16 |
               std::uint32_t(from[at + 3]) << 24;
    }

    Fault take()
    {
        const bool here = m_rom.transfers++ == m_rom.faultAt;
        if (here && m_rom.fault == Fault::gone)
            m_rom.plugged = false;
        return here ? m_rom.fault : Fault::none;
    }

    std::optional<device::UsbTransfer> disturbed(Fault fault, std::size_t bytes, Milliseconds deadline)
    {
        m_clock.sleep(Milliseconds(1));
        if (!m_rom.plugged)
            return device::UsbTransfer{End::gone, 0};
        if (fault != Fault::silence && fault != Fault::half)
            return {};
        m_clock.sleep(deadline);
        m_expects = Phase::command; // until it is reset, which the host must do
        m_stalled = true;
        return device::UsbTransfer{End::timedOut, fault == Fault::half ? bytes / 2 : 0};
    }
    std::optional<device::UsbTransfer> disturbed(std::size_t bytes, Milliseconds deadline)
    {
        return disturbed(take(), bytes, deadline);
    }

    device::UsbTransfer answer(std::vector<std::uint8_t> bytes, std::span<std::uint8_t> to, Milliseconds deadline)
    {
        const Fault fault = take();
        if (const auto ended = disturbed(fault, bytes.size(), deadline))
            return *ended;
        const std::vector<std::uint8_t> honest = bytes;
        if (fault == Fault::garbage)
            bytes = std::vector<std::uint8_t>(std::max<std::size_t>(bytes.size(), 7), 0xa7);
        else if (fault == Fault::tooLong)
            bytes.resize(bytes.size() + 5, 0x11);
        else if (fault == Fault::stale)
            bytes = m_lastAnswer.empty() ? std::vector<std::uint8_t>(3, 0x77) : m_lastAnswer;
        if (!honest.empty())
            m_lastAnswer = honest;
        const std::size_t count = std::min(bytes.size(), to.size());
        std::copy_n(bytes.begin(), count, to.begin());
        // More than there is room for is an overflow, which libusb reports as a failure.
        return {bytes.size() > to.size() ? End::failed : End::done, count};
    }

    device::UsbTransfer command(const std::vector<std::uint8_t> &packet, bool changed)
    {
        if (packet.size() != 32 || word(packet, 0) != 0x431fd10b || packet[10] || packet[11])
            return changed ? refuse(1) : breach("no command packet");
        m_token = word(packet, 4);
        m_id = packet[8];
        m_length = word(packet, 12);
        m_address = word(packet, 16);
        const std::uint32_t size = word(packet, 20);
        static constexpr struct
        {
            std::uint8_t id, bytes;
        } sizes[] = {{0x01, 1}, {0x02, 12}, {0x03, 8}, {0x84, 8}, {0x05, 8}, {0x06, 0}, {0x0a, 16}};
        const auto known = std::find_if(std::begin(sizes), std::end(sizes), [&](auto each) { return each.id == m_id; });
        const bool isOtherChips = (m_id == 0x02 || m_id == 0x0a) && m_id != rebootId();
        if (known == std::end(sizes) || isOtherChips)
            return changed ? refuse(1) : breach("an unknown command");
        if (known->bytes != packet[9])
            return changed ? refuse(2) : breach("a wrong command size");
        const bool moves = m_id == 0x84 || m_id == 0x05;
        if ((moves ? size : 0) != m_length)
            return changed ? refuse(3) : breach("a transfer length that is not the range's");
        if (moves || m_id == 0x03) {
            if (!m_exclusive || !m_outOfXip)
                return breach("touching flash without exclusive access or in XIP");
            if (m_address < ScriptedRom::flashStart || size > ScriptedRom::flashBytes ||
                m_address - ScriptedRom::flashStart > ScriptedRom::flashBytes - size)
                return changed ? refuse(4) : breach("a range outside flash");
            const std::uint32_t grain = m_id == 0x03 ? 4096 : 256;
            if (m_address % grain || (m_id != 0x84 && size % grain))
                return changed ? refuse(5) : breach("a misaligned range");
        }
        m_status = 0;
        if (m_id == 0x01)
            m_exclusive = packet[16] != 0;
        else if (m_id == 0x06)
            m_outOfXip = true;
        else if (m_id == 0x03 && m_rom.erases-- != 0) // acknowledged, whether it was done or not
            std::fill_n(m_rom.flash.begin() + (m_address - ScriptedRom::flashStart), size, std::uint8_t(0xff));
        else if (m_id == 0x02 && (word(packet, 16) != 0 || word(packet, 20) != 0x20042000 || word(packet, 24) < 100))
            return changed ? refuse(4) : breach("a reboot that starts nothing");
        else if (m_id == 0x0a &&
                 (word(packet, 16) != 0 || word(packet, 20) < 100 || word(packet, 24) || word(packet, 28)))
            return changed ? refuse(4) : breach("a reboot of another kind than the usual one");
        m_expects = m_id == 0x84 ? Phase::dataIn : m_id == 0x05 ? Phase::dataOut : Phase::ackIn;
        return {End::done, 32};
    }

    void program(const std::vector<std::uint8_t> &bytes)
    {
        for (std::size_t i = 0; i < bytes.size(); ++i) {
            const std::uint32_t address = m_address + std::uint32_t(i);
            std::uint8_t &cell = m_rom.flash[address - ScriptedRom::flashStart];
            if (cell != 0xff && m_rom.breach.empty())
                m_rom.breach = "writing what is not erased";
            cell &= std::uint8_t(bytes[i] | (m_rom.worn == address ? 1 : 0));
        }
    }

    device::UsbTransfer refuse(std::uint32_t status)
    {
        m_status = status;
        m_stalled = true;
        m_expects = Phase::command;
        return {End::done, 32}; // the command is taken; the next transfer stalls
    }

    device::UsbTransfer breach(const char *what)
    {
        if (m_rom.breach.empty())
            m_rom.breach = what;
        m_stalled = true;
        return {End::stalled, 0};
    }

    ScriptedRom &m_rom;
    device::Clock &m_clock;
    Phase m_expects = Phase::command;
    std::uint32_t m_token = 0, m_status = 0, m_length = 0, m_address = 0;
    std::uint8_t m_id = 0;
    bool m_stalled = false, m_exclusive = false, m_outOfXip = false;
    std::vector<std::uint8_t> m_lastAnswer, m_lastSent;
};

} // namespace espalier::test
