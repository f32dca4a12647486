// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "device/flash/flashboard.h"
#include "device/flash/uf2.h"
#include "scripteddrive.h"
#include "scriptedpicoboot.h"
#include "scriptedsamba.h"

#include <cerrno>
#include <functional>

namespace espalier::test {

/// A computer with one board on its USB, and time that passes only when somebody waits.
class FakeWorld : public device::FlashHost
{
public:
    device::UsbBoard board; ///< as it is now
    bool isThere = true;
    bool knowsTouch = true;                ///< its firmware restarts into the bootloader when touched
    std::string bootsAs = {};              ///< whose bootloader that is; empty: its own
    bool comesBack = true;                 ///< after it was flashed
    bool maySeeUsb = true;                 ///< the udev rule is installed
    std::string ttyAfter = "/dev/ttyACM7"; ///< the system numbers anew
    std::string drive;                     ///< where its bootloader's drive gets mounted
    std::chrono::milliseconds mountedAfter{0};
    std::size_t blocksTaken = SIZE_MAX; ///< by it, until copying stops with the error
    int copyingError = 0;               ///< ENODEV: it is unplugged
    Bytes copied;                       ///< what it was sent
    Result<void> opening = {};          ///< what opening a serial port gives
    /// Looks and attempts that a device is not permitted for after it has come: udev takes its time.
    int looksUntilPermitted = 2;
    ScriptedRom rom;
    ScriptedNano nano;
    std::function<Result<std::unique_ptr<device::Link>>()> running = {}; ///< the line to its firmware
    std::chrono::milliseconds spent{0};

    Time now() override { return Time() + spent; }
    void sleep(std::chrono::milliseconds time) override { spent += time; }

    std::vector<device::UsbBoard> boards() override
    {
        if (rom.rebooted || nano.restarted)
            start();
        if (!isThere || !rom.plugged || !nano.plugged)
            return {};
        device::UsbBoard seen = board;
        if (seen.isBootloader && spent < m_came + mountedAfter) {
            seen.drive.clear();
            if (seen.state == device::BoardState::uf2Drive)
                seen.state = device::BoardState::notPermitted;
        }
        if (!looked()) {
            seen.state = device::BoardState::notPermitted;
            seen.remedy = notYet;
        }
        return {seen};
    }
    Result<std::unique_ptr<device::Link>> openPort(const std::string &tty) override
    {
        if (tty != board.tty)
            return missingTool("'" + tty + "' is not there");
        if (!opening)
            return opening.error();
        if (!looked())
            return missingTool(notYet);
        if (board.isBootloader)
            return std::unique_ptr<device::Link>(std::make_unique<ScriptedSamba>(nano, *this));
        return running();
    }
    Result<void> touch(const std::string &tty) override
    {
        if (tty != board.tty)
            return missingTool("'" + tty + "' is not there");
        if (!opening)
            return opening.error();
        if (knowsTouch)
            enterBootloader();
        return {};
    }
    Result<std::unique_ptr<device::UsbInterface>> openUsb(const device::UsbBoard &) override
    {
        if (!looked() || !maySeeUsb)
            return missingTool(notYet);
        return std::unique_ptr<device::UsbInterface>(std::make_unique<ScriptedPicoboot>(rom, *this));
    }
    Result<void> copyToDrive(const std::string &path, const Bytes &uf2) override
    {
        if (path != drive)
            return device::copyingFailed(path, ENOENT);
        ScriptedDrive blocks(rom);
        for (std::size_t at = 0; at < uf2.size(); at += device::uf2BlockBytes) {
            if (at / device::uf2BlockBytes == blocksTaken) {
                rom.plugged = rom.plugged && copyingError != ENODEV;
                return device::copyingFailed(path, copyingError);
            }
            blocks.take(std::span(uf2).subspan(at, device::uf2BlockBytes));
        }
        copied = uf2;
        return {};
    }

    void enterBootloader()
    {
        board.isBootloader = true;
        m_looks = looksUntilPermitted;
        m_came = spent;
        if (!bootsAs.empty())
            board.board = bootsAs;
        board.state = device::BoardState::bootloader;
        if (board.board == "nano33ble") {
            board.tty = ttyAfter;
            return;
        }
        board.tty.clear();
        board.serial.clear();
        board.drive = drive;
        if (!maySeeUsb) {
            board.state = drive.empty() ? device::BoardState::notPermitted : device::BoardState::uf2Drive;
            board.remedy = "you may not use this USB device: run 'espalier boards --install-rules'";
        }
    }
    void start()
    {
        rom.rebooted = nano.restarted = false;
        isThere = comesBack;
        board.isBootloader = false;
        board.drive.clear();
        board.state = device::BoardState::ourFirmware;
        board.tty = ttyAfter;
        m_looks = looksUntilPermitted;
        ++board.address;
    }

private:
    static constexpr const char *notYet = "you may not use it: run 'espalier boards --install-rules'";

    // Whether the person may use it by now.
    bool looked()
    {
        m_looks = std::max(m_looks - 1, -1);
        return m_looks < 0;
    }

    int m_looks = -1;
    std::chrono::milliseconds m_came{0}; ///< into its bootloader
};

} // namespace espalier::test
