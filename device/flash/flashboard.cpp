// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "device/flash/flashboard.h"

#include "device/flash/samba.h"
#include "device/flash/uf2.h"

#include <functional>
#include <optional>

namespace espalier::device {

namespace {

using std::chrono::milliseconds;

// A desktop mounts a new drive within some seconds.
constexpr milliseconds bootloaderDeadline(8000), returnDeadline(10000), driveDeadline(5000), pause(100);

class Flashing
{
public:
    Flashing(FlashHost &host, const FlashMethod &method, const UsbBoard &board, const Progress &progress)
        : m_host(host), m_method(method), m_board(board), m_progress(progress)
    {
    }

    Result<UsbBoard> all(const FlashImage &image)
    {
        if (const auto done = enterBootloader(); !done)
            return done.error();
        if (const auto done = m_method.kind == FlashMethod::Kind::samba ? bySamba(image) : byRom(image); !done)
            return done.error();
        return back();
    }

    Result<UsbBoard> back()
    {
        m_progress.report("waiting for the board to start", 0, 0);
        const auto there =
            await([](const UsbBoard &board) { return !board.isBootloader && !board.tty.empty(); }, returnDeadline);
        if (!there)
            return there.error();
        if (!*there)
            return failed("the " + m_method.title + " was flashed but did not come back within " +
                          std::to_string(returnDeadline.count() / 1000) + " s: unplug it, plug it in and try again");
        return permitted(**there);
    }

private:
    // The board as soon as it is as wanted; none when the time is over.
    Result<std::optional<UsbBoard>> await(const std::function<bool(const UsbBoard &)> &wanted, milliseconds deadline)
    {
        return awaitAny([&](const UsbBoard &board) { return board.board == m_method.board && wanted(board); },
                        deadline);
    }

    // It may turn out to be of another kind: firmware of one name runs on several.
    Result<std::optional<UsbBoard>> awaitAny(const std::function<bool(const UsbBoard &)> &wanted, milliseconds deadline)
    {
        const Clock::Time end = m_host.now() + deadline;
        while (true) {
            for (UsbBoard &each : m_host.boards()) {
                if (isSameBoard(each, m_board) && wanted(each))
                    return std::optional(std::move(each));
            }
            if (m_progress.cancelled())
                return cancelled();
            if (m_host.now() >= end)
                return std::optional<UsbBoard>();
            m_host.sleep(pause);
        }
    }

    // Its serial line is there before the person may use it. Where that does not change, opening it says why.
    Result<UsbBoard> permitted(UsbBoard back)
    {
        const auto usable = await(
            [](const UsbBoard &board) {
                return !board.isBootloader && !board.tty.empty() && board.state != BoardState::notPermitted;
            },
            permissionDeadline);
        if (!usable)
            return usable.error();
        return *usable ? **usable : back;
    }

    Result<void> enterBootloader()
    {
        if (m_board.isBootloader)
            return settle();
        if (m_board.tty.empty())
            return missingTool("the " + m_method.title + " offers no serial line to restart it by: " + m_method.byHand +
                               " and try again")
                .byHand();
        m_progress.report("entering the bootloader", 0, 0);
        if (const auto done = m_host.touch(m_board.tty); !done)
            return done;
        const auto there = awaitAny([](const UsbBoard &board) { return board.isBootloader; }, bootloaderDeadline);
        if (!there)
            return there.error();
        if (!*there)
            return failed("the " + m_method.title + " did not enter its bootloader within " +
                          std::to_string(bootloaderDeadline.count() / 1000) + " s: " + m_method.byHand +
                          " and try again")
                .byHand();
        m_board = **there;
        if (m_board.board != m_method.board)
            return failed("the board on USB port " + m_board.port + " is no " + m_method.title + " but says '" +
                          m_board.title + "': choose the board '" + m_board.board + "'");
        return settle();
    }

    // Waits for permissions and drives, which follow a device after a moment.
    Result<void> settle()
    {
        const auto usable =
            await([](const UsbBoard &board) { return board.isBootloader && board.state == BoardState::bootloader; },
                  permissionDeadline);
        if (!usable)
            return usable.error();
        if (*usable) {
            m_board = **usable;
            return {};
        }
        const auto mounted =
            await([this](const UsbBoard &board) { return board.state == BoardState::uf2Drive || !m_method.uf2Family; },
                  driveDeadline);
        if (!mounted)
            return mounted.error();
        const auto anyway = await([](const UsbBoard &board) { return board.isBootloader; }, milliseconds(0));
        if (!anyway)
            return anyway.error();
        if (!*anyway)
            return failed("the " + m_method.title + " has gone: " + m_method.byHand + " and try again").byHand();
        m_board = **anyway;
        if (m_board.state == BoardState::uf2Drive && m_method.uf2Family)
            return {};
        return missingTool("the " + m_method.title + " cannot be flashed: " + m_board.remedy);
    }

    Result<void> byRom(const FlashImage &image)
    {
        if (m_board.state == BoardState::uf2Drive) {
            m_progress.report("copying to the board's drive", 0, 0);
            return m_host.copyToDrive(m_board.drive, writeUf2(image, m_method.uf2Family));
        }
        const auto usb = m_host.openUsb(m_board);
        if (!usb)
            return usb.error();
        return flashByPicoboot(**usb, image, m_method.range, m_method.reboot, m_progress);
    }

    Result<void> bySamba(const FlashImage &image)
    {
        const auto port = openNewPort(m_host, m_board.tty, m_progress);
        if (!port)
            return port.error();
        return flashBySamba(**port, image, m_method.range, m_host, m_progress);
    }

    FlashHost &m_host;
    const FlashMethod &m_method;
    UsbBoard m_board;
    const Progress &m_progress;
};

} // namespace

Result<UsbBoard> flashBoard(FlashHost &host, const FlashMethod &method, const UsbBoard &board, const FlashImage &image,
                            const Progress &progress)
{
    return Flashing(host, method, board, progress).all(image);
}

Result<UsbBoard> awaitReturn(FlashHost &host, const FlashMethod &method, const UsbBoard &board,
                             const Progress &progress)
{
    return Flashing(host, method, board, progress).back();
}

} // namespace espalier::device
