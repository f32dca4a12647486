// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"

#include <atomic>
#include <filesystem>
#include <functional>
#include <string_view>
#include <thread>

namespace espalier::device {

/// A named pipe that another program writes a log into, however long, while it is read here in a thread of its own.
class LogPipe
{
public:
    using Reader = std::function<void(std::string_view text)>;

    LogPipe() = default;
    ~LogPipe() { finish(); }
    LogPipe(const LogPipe &) = delete;
    LogPipe &operator=(const LogPipe &) = delete;

    /// Makes the pipe and begins to read; `reader` is called in the thread.
    Result<void> open(const std::filesystem::path &path, Reader reader);
    /// Reads what has been written so far, and ends. The reader is not called again.
    void finish();

private:
    void run(const Reader &reader);

    int m_file = -1;
    std::atomic<bool> m_ends = false;
    std::thread m_thread;
};

} // namespace espalier::device
