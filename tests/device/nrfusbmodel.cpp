// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The nRF52840's USB controller and what it needs of POWER and CLOCK, as far as a driver can tell: registers, EasyDMA,
// anomalies (nRF52840 Product Specification 6.35; errata 171, 187, 199, 223).
#include "usbmodel.h"

#include <cstdint>
#include <cstring>
#include <map>
#include <memory>

// The firmware, for this computer.
namespace nrfbuild {
#include "device/firmware/nrfusb.cpp"
#include "device/firmware/usbserial.cpp"
} // namespace nrfbuild

namespace espalier::test {

namespace {

constexpr std::uint32_t usbd = 0x40027000, events = usbd + 0x100, pastEvents = usbd + 0x164;
constexpr std::uint32_t power = 0x40000000;

class NrfUsb : public UsbModel
{
public:
    void start() override { nrfbuild::usbserial::start(); }
    bool isWaiting() override { return nrfbuild::usbserial::isWaiting(); }
    char take() override { return nrfbuild::usbserial::take(); }
    void write(char c) override { nrfbuild::usbserial::write(c); }
    int address() const override { return m_address; }

    void plug(bool in) override
    {
        moved();
        m_registers[power + 0x438] = in ? 3 : 0;
        m_registers[power + (in ? 0x11c : 0x120)] = 1;
        if (!in)
            m_registers[usbd + 0x500] = 0;
        attendSupply();
    }
    void resetBus() override
    {
        moved();
        if (!isOnBus())
            throw std::runtime_error("the device is not on the bus");
        m_registers[usbd + 0x510] = m_registers[usbd + 0x514] = 1;
        m_address = 0;
        for (Endpoint &endpoint : m_endpoints)
            endpoint = {};
        m_rcvOut = m_status = m_stalled = false;
        raise(events);
    }
    void sleep(bool asleep) override
    {
        m_registers[usbd + 0x400] |= asleep ? 1u << 8 : 1u << 9;
        raise(usbd + 0x158);
    }
    void sendSetup(const std::array<std::uint8_t, 8> &setup) override
    {
        moved();
        for (std::uint32_t i = 0; i < 8; ++i)
            m_registers[usbd + 0x480 + 4 * i] = setup[i];
        m_rcvOut = m_stalled = false;
        m_endpoints[0].full = m_endpoints[0].taken = false;
        m_status = setup[0] == 0 && setup[1] == 5; // which the controller answers by itself
        if (m_status)
            m_address = setup[2];
        m_controlToggle = true;
        raise(usbd + 0x15c);
    }
    Answer sendPacket(int endpoint, const Bytes &packet, bool isData1) override
    {
        moved();
        Endpoint &it = m_endpoints[std::size_t(endpoint)];
        if (endpoint == 0) {
            if (m_stalled)
                return Answer::refused;
            if (packet.empty())
                return m_status ? Answer::done : Answer::later;
            if (!m_rcvOut)
                return Answer::later;
            m_rcvOut = false;
        } else {
            if (!(m_registers[usbd + 0x514] >> endpoint & 1))
                throw std::runtime_error("the endpoint is not open");
            if (it.outStalled)
                return Answer::refused;
            if (!it.open || it.taken)
                return Answer::later;
            if (isData1 != it.outToggle)
                return Answer::lost;
            it.outToggle = !it.outToggle;
            it.taken = true;
        }
        it.out = packet;
        m_registers[usbd + 0x4a0 + 4 * std::uint32_t(endpoint)] = std::uint32_t(packet.size());
        dataMoved(endpoint, 16);
        return Answer::done;
    }
    Answer takePacket(int endpoint, Bytes &packet, bool &isData1) override
    {
        moved();
        Endpoint &it = m_endpoints[std::size_t(endpoint)];
        if (endpoint == 0 && m_stalled)
            return Answer::refused;
        if (endpoint != 0 && it.inStalled)
            return Answer::refused;
        if (endpoint == 0 && !it.full && m_status) {
            isData1 = true;
            return Answer::done;
        }
        if (!it.full)
            return Answer::later;
        packet = it.in;
        it.full = false;
        bool &toggle = endpoint == 0 ? m_controlToggle : it.inToggle;
        isData1 = toggle;
        toggle = !toggle;
        dataMoved(endpoint, 0);
        return Answer::done;
    }

    std::uint32_t read(std::uint32_t at)
    {
        look();
        if (m_transfer && at != m_transfer->end && at != events)
            blame("a register was read during EasyDMA");
        if (m_transfer && --m_transfer->left == 0)
            finish();
        return m_registers[at];
    }
    void write(std::uint32_t at, std::uint32_t value)
    {
        if (m_transfer)
            blame("a register was written during EasyDMA");
        if (at >= usbd + 0x004 && at < usbd + 0x024)
            return begin(int(at - usbd - 0x004) / 4, true);
        if (at >= usbd + 0x028 && at < usbd + 0x048)
            return begin(int(at - usbd - 0x028) / 4, false);
        switch (at) {
        case usbd + 0x04c:
            m_rcvOut = true;
            return;
        case usbd + 0x050:
            m_status = true;
            return;
        case usbd + 0x054:
            m_stalled = true;
            return;
        case usbd + 0x304:
            m_interrupts |= value;
            return;
        case usbd + 0x400:
        case usbd + 0x46c:
            m_registers[at] &= ~value;
            return;
        case usbd + 0x500:
            return enable(value);
        case usbd + 0x504:
            if (value && (m_wakings < 2 || !(m_registers[power + 0x40c] & 1)))
                blame("the pull-up came before the controller was awake and the crystal ran");
            break;
        case usbd + 0x50c: // the first write selects, the second may set
            if (value >> 8 && (value & 0xff) == m_selected)
                toggleOf(value & 0xff) = value >> 8 == 2;
            m_selected = value & 0xff;
            return;
        case usbd + 0x518:
            (value & 0x80 ? m_endpoints[value & 7].inStalled : m_endpoints[value & 7].outStalled) = value >> 8 & 1;
            return;
        case power: // the crystal starts
            m_registers[power + 0x40c] = 1u << 16 | 1u;
            return;
        case power + 0x304: // an event from before asks for attention at once
            m_registers[at] |= value;
            attendSupply();
            return;
        case 0x4006ec00:
            if (value == 0x9375)
                m_registers[at] = m_registers[at] ? 0 : 1;
            return;
        case 0x4006ec14:
        case 0x4006ed14:
            if (!m_registers[0x4006ec00])
                return blame("a locked register was written");
            break;
        default:
            break;
        }
        if (at >= usbd + 0x4a0 && at < usbd + 0x4c0)
            m_endpoints[(at - usbd - 0x4a0) / 4].open = true;
        m_registers[at] = value;
    }
    std::uint32_t addressOf(const void *memory)
    {
        m_memory = memory;
        return 0x20000000;
    }

private:
    struct Endpoint
    {
        Bytes in, out;
        bool full = false;  ///< `in` waits for the host
        bool taken = false; ///< `out` waits for EasyDMA
        bool open = false, inStalled = false, outStalled = false, inToggle = false, outToggle = false;
    };
    struct Transfer
    {
        int endpoint = 0;
        bool in = false;
        std::uint32_t end = 0;
        int left = 3; ///< looks until it is done
    };

    void attendSupply()
    {
        const std::uint32_t wanted = m_registers[power + 0x304];
        if ((m_registers[power + 0x11c] && (wanted & 1u << 7)) || (m_registers[power + 0x120] && (wanted & 1u << 8)))
            nrfbuild::nrfusb::supplyChanged();
    }
    bool isOnBus() { return m_registers[usbd + 0x500] && m_registers[usbd + 0x504]; }
    bool &toggleOf(std::uint32_t endpoint)
    {
        Endpoint &it = m_endpoints[endpoint & 7];
        return endpoint & 0x80 ? it.inToggle : it.outToggle;
    }
    void enable(std::uint32_t value)
    {
        const bool helped = m_registers[0x4006ec14] == 0xc0 && m_registers[0x4006ed14] == 3;
        const bool wasOn = m_registers[usbd + 0x500];
        m_registers[usbd + 0x500] = value;
        if (value && !wasOn && helped) {
            ++m_wakings;
            m_registers[usbd + 0x400] |= 1u << 11;
        }
    }
    void begin(int endpoint, bool in)
    {
        if (m_transfer)
            return blame("two transfers of EasyDMA met");
        if (m_registers[0x40027c1c] != 0x82)
            blame("EasyDMA runs without the remedy of anomaly 199");
        const std::uint32_t place = usbd + (in ? 0x600 : 0x700) + 0x14 * std::uint32_t(endpoint);
        if (m_registers[place] != 0x20000000 || m_registers[place + 4] > 64)
            blame("EasyDMA was sent out of RAM or beyond a packet");
        m_transfer = {endpoint, in, usbd + (in ? 0x108 : 0x130) + 4 * std::uint32_t(endpoint)};
    }
    void finish()
    {
        const Transfer done = *m_transfer;
        m_transfer.reset();
        Endpoint &it = m_endpoints[std::size_t(done.endpoint)];
        const std::uint32_t place = usbd + (done.in ? 0x600 : 0x700) + 0x14 * std::uint32_t(done.endpoint);
        const std::uint32_t bytes = m_registers[place + 4];
        if (done.in) {
            const auto *from = static_cast<const std::uint8_t *>(m_memory);
            it.in.assign(from, from + bytes);
            it.full = true;
        } else {
            std::memcpy(const_cast<void *>(m_memory), it.out.data(), std::min<std::size_t>(bytes, it.out.size()));
            it.taken = false;
        }
        m_registers[done.end] = 1;
    }
    void dataMoved(int endpoint, int shift)
    {
        if (endpoint == 0)
            return raise(usbd + 0x128);
        m_registers[usbd + 0x46c] |= 1u << (endpoint + shift);
        raise(usbd + 0x160);
    }
    void raise(std::uint32_t event)
    {
        m_registers[event] = 1;
        const auto isDue = [&] {
            for (std::uint32_t at = events; at < pastEvents; at += 4) {
                if (m_registers[at] && (m_interrupts >> (at - events) / 4 & 1))
                    return true;
            }
            return false;
        };
        for (int i = 0; i < 100 && isDue(); ++i)
            nrfbuild::nrfusb::interrupt();
        if (isDue())
            blame("an interrupt was not attended to");
    }

    std::map<std::uint32_t, std::uint32_t> m_registers;
    std::array<Endpoint, 8> m_endpoints;
    std::optional<Transfer> m_transfer;
    const void *m_memory = nullptr;
    std::uint32_t m_interrupts = 0, m_selected = 0;
    int m_address = 0, m_wakings = 0;
    bool m_rcvOut = false, m_status = false, m_stalled = false, m_controlToggle = true;
};

std::unique_ptr<NrfUsb> model;

} // namespace

UsbModel &restartedNrfUsb()
{
    nrfbuild::usbevents::wasReset(); // what the firmware remembers: its memory is not cleared here
    model = std::make_unique<NrfUsb>();
    return *model;
}

} // namespace espalier::test

namespace nrfbuild {

namespace registers {

uint32_t read(uint32_t address)
{
    return espalier::test::model->read(address);
}
void write(uint32_t address, uint32_t value)
{
    espalier::test::model->write(address, value);
}
uint32_t addressOf(const void *memory)
{
    return espalier::test::model->addressOf(memory);
}

} // namespace registers

namespace board {

uint32_t ticksPerSecond = 64000000;
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

const uint16_t vendor = 0x2341, product = 0x805a;
const char *const maker = "Arduino", *const title = "Nano 33 BLE with Espalier";
const char *serialNumber()
{
    return "0123456789ABCDEF";
}

} // namespace usbidentity

} // namespace nrfbuild
