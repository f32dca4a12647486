// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The USB controller of the RP2040 and the RP2350 as a device, as far as a driver can tell (RP2040 datasheet, 4.1).
#include "usbmodel.h"

#include <cstdint>
#include <cstring>
#include <map>
#include <memory>

// The firmware, for this computer.
namespace rpbuild {
#include "device/firmware/rp2040reset.cpp"
#include "device/firmware/rpusb.cpp"
#include "device/firmware/usbserial.cpp"
} // namespace rpbuild

namespace espalier::test {

namespace {

constexpr std::uint32_t memory = 0x50100000, base = 0x50110000;
constexpr std::uint32_t full = 1u << 15, data1 = 1u << 13, stalled = 1u << 11, available = 1u << 10;

class RpUsb : public UsbModel
{
public:
    bool isFirstRevision = false; ///< with erratum E5
    int frames = 0;               ///< that the driver has waited for

    void start() override { rpbuild::usbserial::start(); }
    bool isWaiting() override { return rpbuild::usbserial::isWaiting(); }
    char take() override { return rpbuild::usbserial::take(); }
    void write(char c) override { rpbuild::usbserial::write(c); }
    int address() const override { return m_address; }

    void plug(bool) override {} // nothing tells it
    void resetBus() override
    {
        moved();
        m_lineLooks = 0;
        m_fromPin = false;
        m_status |= 1u << 19;
        attend();
        m_isConnected = !isFirstRevision || m_fromPin;
        if (!m_isConnected)
            throw std::runtime_error("the controller waits for an idle line, behind a busy hub");
    }
    void sleep(bool asleep) override
    {
        m_status |= asleep ? 1u << 4 : 1u << 11;
        attend();
    }
    void sendSetup(const std::array<std::uint8_t, 8> &setup) override
    {
        moved();
        std::uint32_t words[2];
        std::memcpy(words, setup.data(), 8);
        m_registers[memory] = words[0];
        m_registers[memory + 4] = words[1];
        m_registers[base + 0x68] = 0;
        m_status |= 1u << 17;
        attend();
    }
    Answer sendPacket(int endpoint, const Bytes &packet, bool isData1) override
    {
        moved();
        std::uint32_t &buffer = m_registers[memory + 0x84 + 8 * std::uint32_t(endpoint)];
        if (refuses(endpoint, buffer, 2))
            return Answer::refused;
        if (!(buffer & available) || (buffer & full))
            return Answer::later;
        if (bool(buffer & data1) != isData1)
            return Answer::lost;
        const std::uint32_t place = endpoint == 0 ? 0x100 : placeOf(endpoint, true);
        for (std::uint32_t i = 0; i < packet.size(); i += 4) {
            std::uint32_t word = 0;
            std::memcpy(&word, packet.data() + i, std::min<std::size_t>(4, packet.size() - i));
            m_registers[memory + place + i] = word;
        }
        buffer = (buffer & ~(available | 0x3ffu)) | full | std::uint32_t(packet.size());
        done(2u << (2 * endpoint));
        return Answer::done;
    }
    Answer takePacket(int endpoint, Bytes &packet, bool &isData1) override
    {
        moved();
        std::uint32_t &buffer = m_registers[memory + 0x80 + 8 * std::uint32_t(endpoint)];
        if (refuses(endpoint, buffer, 1))
            return Answer::refused;
        if (!(buffer & available) || !(buffer & full))
            return Answer::later;
        const std::uint32_t place = endpoint == 0 ? 0x100 : placeOf(endpoint, false);
        packet.resize(buffer & 0x3ff);
        for (std::uint32_t i = 0; i < packet.size(); i += 4)
            std::memcpy(packet.data() + i, &m_registers[memory + place + i],
                        std::min<std::size_t>(4, packet.size() - i));
        isData1 = buffer & data1;
        buffer &= ~(available | full);
        done(1u << (2 * endpoint));
        return Answer::done;
    }

    std::uint32_t read(std::uint32_t at)
    {
        look();
        switch (at) {
        case 0x40000000:
            return isFirstRevision ? 0x10002927 : 0x20002927;
        case base + 0x48:
            m_frameLooks = 0;
            return 0;
        case base + 0x8c: // a frame begins a while after the last one was forgotten
            if (++m_frameLooks < 5)
                return 0;
            ++frames;
            return 1u << 17;
        case base + 0x50:
            return m_status | (++m_lineLooks > 10 ? 1u << 2 : 0) | (m_fromPin ? 1u << 16 : 0);
        case base + 0x98:
            return why() & m_registers[base + 0x90];
        default:
            return m_registers[at];
        }
    }
    void write(std::uint32_t at, std::uint32_t value)
    {
        if (at >= memory + 0x80 && at < memory + 0x100) {
            if ((value & available) && m_registers[at] != (value & ~available))
                blame("a buffer was given away together with what the controller must know before");
            if ((value & available) && (at - memory) / 8 > 0x10 && !placeOf(int(at - memory - 0x80) / 8, at & 4))
                blame("a buffer was given to an endpoint that is not open");
        }
        switch (at) {
        case base:
            m_address = int(value & 0x7f);
            return;
        case base + 0x50:
            m_status &= ~value;
            return;
        case base + 0x58:
            m_registers[at] &= ~value;
            return;
        case base + 0x74:
            m_fromPin |= (value & 1u << 2) && (m_registers[0x4001407c] == (2u << 12 | 8u | 3u << 16));
            break;
        default:
            break;
        }
        m_registers[at] = value;
    }

private:
    std::uint32_t placeOf(int endpoint, bool out)
    {
        const std::uint32_t is = m_registers[memory + 8 * std::uint32_t(endpoint) + (out ? 4 : 0)];
        return is >> 31 ? is & 0xffc0 : 0;
    }
    bool refuses(int endpoint, std::uint32_t buffer, std::uint32_t arm)
    {
        return (buffer & stalled) && (endpoint != 0 || (m_registers[base + 0x68] & arm));
    }
    void done(std::uint32_t bit)
    {
        m_registers[base + 0x58] |= bit;
        attend();
    }
    std::uint32_t why()
    {
        return (m_registers[base + 0x58] ? 1u << 4 : 0) | (m_status & 1u << 19 ? 1u << 12 : 0) |
               (m_status & 1u << 4 ? 1u << 14 : 0) | (m_status & 1u << 11 ? 1u << 15 : 0) |
               (m_status & 1u << 17 ? 1u << 16 : 0);
    }
    void attend()
    {
        for (int i = 0; i < 100 && (why() & m_registers[base + 0x90]); ++i)
            rpbuild::rpusb::interrupt();
        if (why() & m_registers[base + 0x90])
            blame("an interrupt was not attended to");
    }

    std::map<std::uint32_t, std::uint32_t> m_registers;
    std::uint32_t m_status = 0;
    int m_address = 0, m_frameLooks = 0, m_lineLooks = 0;
    bool m_fromPin = false, m_isConnected = false;
};

std::unique_ptr<RpUsb> model;

} // namespace

UsbModel &restartedRpUsb(bool isFirstRevision)
{
    rpbuild::usbevents::wasReset(); // what the firmware remembers: its memory is not cleared here
    model = std::make_unique<RpUsb>();
    model->isFirstRevision = isFirstRevision;
    return *model;
}

int framesAwaited()
{
    return model->frames;
}

} // namespace espalier::test

namespace rpbuild {

namespace registers {

uint32_t read(uint32_t address)
{
    return espalier::test::model->read(address);
}
void write(uint32_t address, uint32_t value)
{
    espalier::test::model->write(address, value);
}
uint32_t addressOf(const void *)
{
    return 0;
}

} // namespace registers

namespace board {

uint32_t ticksPerSecond = 125000000;
uint64_t ticks()
{
    return espalier::test::model->time();
}
void enterBootloader()
{
    espalier::test::model->inBootloader = true;
}

} // namespace board

namespace usbidentity {

const uint16_t vendor = 0x2e8a, product = 0x000a;
const char *const maker = "Raspberry Pi", *const title = "Pico with Espalier";
const char *serialNumber()
{
    return "E661004553504C41";
}

} // namespace usbidentity

} // namespace rpbuild
