// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "device/flash/flashhost.h"

#include "device/transport/serialport.h"

#include <cerrno>
#include <cstring>

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

// No file beside it and no renaming, as for a person's files: the drive takes blocks and keeps nothing.
Result<void> ThisComputer::copyToDrive(const std::string &drive, const Bytes &uf2)
{
    const std::string path = drive + "/espalier.uf2";
    const int file = open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    int reason = file < 0 ? errno : 0;
    for (std::size_t done = 0; reason == 0 && done < uf2.size();) {
        const ssize_t count = write(file, uf2.data() + done, uf2.size() - done);
        if (count < 0 && errno != EINTR)
            reason = errno;
        done += count > 0 ? std::size_t(count) : 0;
    }
    if (reason == 0 && fsync(file) != 0 && errno != EIO && errno != ENODEV) // it restarts with the last block
        reason = errno;
    if (file >= 0)
        close(file);
    if (reason == 0)
        return {};
    const std::string remedy = reason == ENOSPC                      ? "it is full: delete what is on it"
                               : reason == EACCES || reason == EROFS ? "it may not be written to by you: mount it anew"
                                                                     : "plug the board in again with BOOTSEL held";
    return failed("the firmware cannot be copied to the board's drive '" + drive + "' (" + std::strerror(reason) +
                  "): " + remedy);
}

} // namespace

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
