// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

namespace espalier::test {

/// The firmware's USB device, its driver compiled for this computer against a model of the controller's registers, and
/// the host at the other end of the cable. The host keeps to USB 2.0, data toggles included; what the driver does
/// against the controller's data sheet is noted. A driver that waits for what never comes ends in an exception.
class UsbModel
{
public:
    using Bytes = std::vector<std::uint8_t>;
    enum class Answer { done, later, refused, lost }; ///< acknowledged, NAK, STALL, or data that the other side drops

    virtual ~UsbModel() = default;

    // What the firmware's program does.
    virtual void start() = 0;
    virtual bool isWaiting() = 0;
    virtual char take() = 0;
    virtual void write(char c) = 0;

    // What happens on the bus. Interrupts run at once.
    virtual void plug(bool in) = 0;
    virtual void resetBus() = 0;
    virtual void sleep(bool asleep) = 0;
    virtual void sendSetup(const std::array<std::uint8_t, 8> &setup) = 0;
    virtual Answer sendPacket(int endpoint, const Bytes &packet, bool isData1) = 0;
    virtual Answer takePacket(int endpoint, Bytes &packet, bool &isData1) = 0;
    virtual int address() const = 0;

    std::string breach;        ///< the first thing done against the data sheet
    bool inBootloader = false; ///< the firmware has asked for it
    std::uint64_t now = 0;     ///< ticks of the firmware's clock
    std::uint64_t time()       ///< the same, for the firmware: every look takes some
    {
        look();
        return now += 1000;
    }

    struct Reply
    {
        bool refused = false;
        Bytes data;
    };
    /// A whole control transfer: `data` go to the device where the request says so.
    Reply control(std::uint8_t type, std::uint8_t number, int value, int index, int length, const Bytes &data = {});
    Answer send(const Bytes &packet);
    /// One packet; nothing where the device has none, refuses or sends one twice.
    std::optional<Bytes> receive(Answer *answer = nullptr);
    /// As a system does it that finds a device: address, descriptors, configuration, and opens the line.
    void enumerate();
    std::string text();                     ///< all that the device has to say now
    bool data1Out = false, data1In = false; ///< the toggles of the data endpoints, as the host has them

protected:
    void blame(const char *what)
    {
        if (breach.empty())
            breach = what;
    }
    void look() ///< at a register: endless waiting is an error
    {
        if (++m_looks > 2000000)
            throw std::runtime_error("the driver waits for what never comes");
    }
    void moved() { m_looks = 0; }

private:
    int m_looks = 0;
};

/// The controllers, at power-up: of an nRF52840, and of an RP2040, maybe one of the first revisions.
UsbModel &restartedNrfUsb();
UsbModel &restartedRpUsb(bool isFirstRevision);
/// Frames that the RP2040's driver has waited for.
int framesAwaited();

} // namespace espalier::test
