// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "device/flash/picoboot.h"

#include "device/flash/startingpage.h"

#include <algorithm>
#include <array>

namespace espalier::device {

namespace {

using End = UsbTransfer::End;
using std::chrono::milliseconds;

constexpr std::uint32_t magic = 0x431fd10b;
constexpr milliseconds commandDeadline(3000), dataDeadline(10000), controlDeadline(1000);
constexpr std::uint8_t interfaceReset = 0x41, commandStatus = 0x42;
constexpr std::uint32_t rebootDelayMs = 500; // the acknowledgement leaves before that

const std::string remedy = "; unplug the board, plug it in with BOOTSEL held and flash again";

void put(std::uint8_t *to, std::uint32_t value)
{
    for (int i = 0; i < 4; ++i)
        to[i] = std::uint8_t(value >> (8 * i));
}

std::uint32_t take(const std::uint8_t *from)
{
    return std::uint32_t(from[0]) | std::uint32_t(from[1]) << 8 | std::uint32_t(from[2]) << 16 |
           std::uint32_t(from[3]) << 24;
}

const char *meaning(std::uint32_t status)
{
    static constexpr const char *all[] = {"no reason given", "unknown command",   "wrong command size",
                                          "wrong length",    "forbidden address", "misaligned address",
                                          "the drive wrote", "it is rebooting",   "unknown reason"};
    return status < std::size(all) ? all[status] : "unknown reason";
}

} // namespace

struct Picoboot::Command
{
    std::uint8_t id = 0; ///< bit 7: data come from the chip
    const char *doing = "";
    std::vector<std::uint32_t> words = {}; ///< arguments
    std::uint8_t argumentBytes = 0;
    std::span<const std::uint8_t> out = {};
    std::span<std::uint8_t> in = {};
};

// Asks why, lets the chip go on, and says it.
Error Picoboot::broken(const Command &command, const UsbTransfer &transfer, const char *phase)
{
    std::string what = std::string("the board's bootloader failed while ") + command.doing + ' ' +
                       (command.words.empty() || command.id == 0x01 ? "" : addressText(command.words[0]) + ' ') + "(" +
                       phase + "): ";
    switch (transfer.end) {
    case End::gone:
        return failed(what + "it was unplugged" + remedy);
    case End::timedOut:
        what += "it did not answer in time";
        break;
    case End::stalled: {
        std::array<std::uint8_t, 16> status{};
        const UsbTransfer asked = m_usb.controlIn(commandStatus, status, controlDeadline);
        const bool ours = asked.end == End::done && asked.bytes == status.size() && take(status.data()) == m_token;
        what += std::string("it refused, ") + meaning(ours ? take(status.data() + 4) : 0);
        break;
    }
    case End::done:
        what += "it sent or took " + std::to_string(transfer.bytes) + " bytes, which is not what was agreed";
        break;
    case End::failed:
        what += "the USB transfer broke";
        break;
    }
    m_usb.clearHalts();
    m_usb.controlOut(interfaceReset, controlDeadline);
    return failed(what + remedy);
}

Result<void> Picoboot::acknowledged(const Command &command)
{
    std::array<std::uint8_t, 64> unexpected{};
    const UsbTransfer ended =
        command.in.empty() ? m_usb.receive(unexpected, commandDeadline) : m_usb.send({}, commandDeadline);
    if (ended.end != End::done || ended.bytes != 0)
        return broken(command, ended, "acknowledging");
    return {};
}

Result<void> Picoboot::run(const Command &command)
{
    std::array<std::uint8_t, 32> packet{};
    put(packet.data(), magic);
    put(packet.data() + 4, ++m_token);
    packet[8] = command.id;
    packet[9] = command.argumentBytes;
    put(packet.data() + 12, std::uint32_t(command.in.empty() ? command.out.size() : command.in.size()));
    for (std::size_t i = 0; i < command.words.size(); ++i)
        put(packet.data() + 16 + 4 * i, command.words[i]);
    const UsbTransfer sent = m_usb.send(packet, commandDeadline);
    if (sent.end != End::done || sent.bytes != packet.size())
        return broken(command, sent, "command");
    if (!command.out.empty()) {
        const UsbTransfer data = m_usb.send(command.out, dataDeadline);
        if (data.end != End::done || data.bytes != command.out.size())
            return broken(command, data, "data");
    }
    if (!command.in.empty()) {
        const UsbTransfer data = m_usb.receive(command.in, dataDeadline);
        if (data.end != End::done || data.bytes != command.in.size())
            return broken(command, data, "data");
    }
    return acknowledged(command);
}

Result<void> Picoboot::reset()
{
    m_usb.clearHalts();
    const UsbTransfer done = m_usb.controlOut(interfaceReset, controlDeadline);
    return done.end == End::done ? Result<void>() : broken({0, "starting"}, done, "reset");
}

Result<void> Picoboot::setExclusive(bool exclusive)
{
    return run({0x01, "taking the board for us", {exclusive ? 2u : 0u}, 1});
}

Result<void> Picoboot::exitXip()
{
    return run({0x06, "making flash writable"});
}

Result<void> Picoboot::erase(std::uint32_t address, std::uint32_t bytes)
{
    return run({0x03, "erasing", {address, bytes}, 8});
}

Result<void> Picoboot::write(std::uint32_t address, std::span<const std::uint8_t> bytes)
{
    return run({0x05, "writing", {address, std::uint32_t(bytes.size())}, 8, bytes});
}

Result<Bytes> Picoboot::read(std::uint32_t address, std::uint32_t bytes)
{
    Bytes data(bytes);
    if (const auto done = run({0x84, "reading back", {address, bytes}, 8, {}, data}); !done)
        return done.error();
    return data;
}

Result<void> Picoboot::reboot(RomReboot kind)
{
    // RP2040: program counter 0 is the usual way from flash; the stack pointer is the end of its RAM. RP2350: flags 0.
    if (kind == RomReboot::rp2040)
        return run({0x02, "starting the new firmware at", {0, 0x20042000, rebootDelayMs}, 12});
    return run({0x0a, "starting the new firmware at", {0, rebootDelayMs, 0, 0}, 16});
}

namespace {

class PicobootFlash
{
public:
    PicobootFlash(UsbInterface &usb, const FlashImage &image, const Progress &progress)
        : m_rom(usb), m_sectors(pagesOf(image, flashSectorBytes)), m_last(startingPage(image)), m_progress(progress),
          m_steps(std::int64_t(m_sectors.size()) * 3 + 1)
    {
    }

    Result<void> all()
    {
        if (const auto done = m_rom.reset(); !done)
            return done;
        if (const auto done = m_rom.setExclusive(true); !done)
            return done;
        const auto done = contents();
        if (!done)
            (void)m_rom.setExclusive(false); // its drive works again, if anything does
        return done;
    }

private:
    Result<void> contents()
    {
        if (const auto done = m_rom.exitXip(); !done)
            return done;
        // What the ROM starts by is erased before all else and written after it.
        const auto starting = m_sectors.find(m_last - m_last % flashSectorBytes);
        if (const auto done = erase(starting->first); !done)
            return done;
        if (const auto done = check(starting->first, Bytes(flashSectorBytes, 0xff)); !done)
            return done;
        for (const auto &[address, bytes] : m_sectors) {
            if (address == starting->first)
                continue;
            if (const auto done = erase(address); !done)
                return done;
        }
        for (const auto &[address, bytes] : m_sectors) {
            if (address == starting->first)
                continue;
            if (const auto done = writeAndCheck(address, bytes); !done)
                return done;
        }
        const std::span<const std::uint8_t> bytes(starting->second);
        const std::size_t at = m_last - starting->first, behind = at + flashPageBytes;
        m_steps += 2 * ((at > 0) + (behind < bytes.size()));
        if (at > 0) {
            if (const auto done = writeAndCheck(starting->first, bytes.first(at)); !done)
                return done;
        }
        if (behind < bytes.size()) {
            if (const auto done = writeAndCheck(m_last + flashPageBytes, bytes.subspan(behind)); !done)
                return done;
        }
        const auto done = writeAndCheck(m_last, bytes.subspan(at, flashPageBytes));
        if (done)
            m_progress.report("reading flash back", m_steps, m_steps);
        return done;
    }

    Result<void> erase(std::uint32_t sector)
    {
        if (const auto done = step("erasing flash"); !done)
            return done;
        return m_rom.erase(sector, flashSectorBytes);
    }

    Result<void> writeAndCheck(std::uint32_t address, std::span<const std::uint8_t> bytes)
    {
        if (const auto done = step("writing flash"); !done)
            return done;
        if (const auto done = m_rom.write(address, bytes); !done)
            return done;
        return check(address, bytes);
    }

    Result<void> check(std::uint32_t address, std::span<const std::uint8_t> bytes)
    {
        if (const auto done = step("reading flash back"); !done)
            return done;
        const auto back = m_rom.read(address, std::uint32_t(bytes.size()));
        if (!back)
            return back.error();
        const auto differs = std::mismatch(bytes.begin(), bytes.end(), back->begin()).first - bytes.begin();
        if (std::size_t(differs) == bytes.size())
            return {};
        // An image that starts in part is worse than none.
        (void)m_rom.erase(m_last - m_last % flashSectorBytes, flashSectorBytes);
        return failed("the board's flash holds something else at " + addressText(address + std::uint32_t(differs)) +
                      " than was written: flash again; if it stays so, the flash chip is worn out");
    }

    Result<void> step(const char *phase)
    {
        m_progress.report(phase, m_done++, m_steps);
        return m_progress.cancelled() ? Result<void>(cancelled()) : Result<void>();
    }

    Picoboot m_rom;
    FlashImage m_sectors;
    std::uint32_t m_last; ///< the page that is written last
    const Progress &m_progress;
    std::int64_t m_steps, m_done = 0;
};

} // namespace

Result<void> flashByPicoboot(UsbInterface &usb, const FlashImage &image, FlashRange range, RomReboot kind,
                             const Progress &progress)
{
    // The ROM acknowledges an erase that it could not do: what is asked of it must be right.
    if (const auto fits = checkRange(image, range); !fits)
        return fits;
    if (const auto done = PicobootFlash(usb, image, progress).all(); !done)
        return done;
    // What is in flash is proven. An answer may get lost with the restart: whether the board comes back is what counts.
    (void)Picoboot(usb).reboot(kind);
    return {};
}

} // namespace espalier::device
