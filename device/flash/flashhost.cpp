// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "device/flash/flashhost.h"

#include "device/flash/uf2.h"
#include "device/transport/serialport.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <span>

#include <fcntl.h>
#include <unistd.h>

namespace espalier::device {

namespace {

class ThisComputer : public FlashHost
{
public:
    Time now() override { return steadyClock().now(); }
    void sleep(std::chrono::milliseconds time) override { steadyClock().sleep(time); }
    std::vector<UsbBoard> boards() override { return findUsbBoards(); }
    Result<std::unique_ptr<Link>> openPort(const std::string &tty) override { return openSerialPort(tty); }
    Result<void> touch(const std::string &tty) override { return touchSerialPort(tty); }
    Result<std::unique_ptr<UsbInterface>> openUsb(const UsbBoard &board) override
    {
        return openUsbInterface(board.bus, board.address);
    }
    Result<void> copyToDrive(const std::string &drive, const Bytes &uf2) override;
};

// 0, or the system's error number.
int writeWhole(int file, std::span<const std::uint8_t> bytes)
{
    while (!bytes.empty()) {
        const ssize_t count = write(file, bytes.data(), bytes.size());
        if (count < 0 && errno != EINTR)
            return errno;
        bytes = bytes.subspan(count > 0 ? std::size_t(count) : 0);
    }
    return 0;
}

// No file beside it and no renaming, as for a person's files: the drive takes blocks and keeps nothing. The system
// writes blocks in any order, unless it is made to.
Result<void> ThisComputer::copyToDrive(const std::string &drive, const Bytes &uf2)
{
    const std::string path = drive + "/espalier.uf2";
    const int file = open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    if (file < 0)
        return copyingFailed(drive, errno);
    const std::span<const std::uint8_t> all(uf2), last = all.last(std::min<std::size_t>(uf2BlockBytes, all.size()));
    int reason = writeWhole(file, all.first(all.size() - last.size()));
    if (reason == 0 && fsync(file) != 0 && errno != EINVAL) // what cannot be waited for is there
        reason = errno;
    if (reason == 0)
        reason = writeWhole(file, last);
    if (reason == 0 && fsync(file) != 0 && errno != EINVAL && errno != EIO && errno != ENODEV)
        reason = errno; // but for a board that restarts with the last block
    close(file);
    return reason == 0 ? Result<void>() : copyingFailed(drive, reason);
}

} // namespace

Error copyingFailed(const std::string &drive, int reason)
{
    const std::string remedy = reason == ENOSPC                      ? "it is full: delete what is on it"
                               : reason == EACCES || reason == EROFS ? "it may not be written to by you: mount it anew"
                                                                     : "plug the board in again with BOOTSEL held";
    return failed("the firmware cannot be copied to the board's drive '" + drive + "' (" + std::strerror(reason) +
                  "): " + remedy);
}

Result<std::unique_ptr<Link>> openNewPort(FlashHost &host, const std::string &tty, const Progress &progress)
{
    const Clock::Time end = host.now() + permissionDeadline;
    while (true) {
        auto port = host.openPort(tty);
        if (port || host.now() >= end)
            return port;
        if (progress.cancelled())
            return cancelled();
        host.sleep(permissionPause);
    }
}

FlashHost &thisComputer()
{
    static ThisComputer computer;
    return computer;
}

} // namespace espalier::device
