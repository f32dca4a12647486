// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "device/emulator/logpipe.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstring>
#include <vector>

namespace espalier::device {

Result<void> LogPipe::open(const std::filesystem::path &path, Reader reader)
{
    // Open for writing here too: it never ends before the writer has come.
    if (mkfifo(path.c_str(), 0600) != 0 || (m_file = ::open(path.c_str(), O_RDWR | O_NONBLOCK | O_CLOEXEC)) < 0)
        return failed("no pipe can be made at '" + path.string() + "': " + std::strerror(errno));
    m_thread = std::thread([this, reader = std::move(reader)] { run(reader); });
    return {};
}

void LogPipe::finish()
{
    m_ends = true;
    if (m_thread.joinable())
        m_thread.join();
    if (m_file >= 0)
        ::close(m_file);
    m_file = -1;
}

void LogPipe::run(const Reader &reader)
{
    std::vector<char> buffer(std::size_t(1) << 16);
    for (;;) {
        const bool ends = m_ends; // before what is there is read to its end
        const ssize_t count = ::read(m_file, buffer.data(), buffer.size());
        if (count > 0) {
            reader({buffer.data(), std::size_t(count)});
            continue;
        }
        if (ends)
            return;
        pollfd waiting = {m_file, POLLIN, 0};
        ::poll(&waiting, 1, 20); // how long finish() may take to be noticed
    }
}

} // namespace espalier::device
