// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/progress.h"
#include "core/base/result.h"

#include <chrono>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace espalier::device {

using Milliseconds = std::chrono::milliseconds;

/// A program to start.
struct Command
{
    std::filesystem::path program;
    std::vector<std::string> arguments;
    std::filesystem::path folder; ///< it runs there
};

/// A program that runs beside this one. Destroying it ends it, with all that it started, at once; so does the end of
/// the thread that started it. Use it from one thread.
class ChildProcess
{
public:
    ChildProcess();
    ~ChildProcess();
    ChildProcess(ChildProcess &&) noexcept;
    ChildProcess &operator=(ChildProcess &&) noexcept;

    Result<void> start(const Command &command);
    bool isRunning() const;
    /// 0 for success; -1 where it did not end by itself.
    int exitCode() const;

    Result<void> write(std::string_view text);
    /// Waits up to `wait` for output and appends what came, at most 16 MiB in all, to `text`. False where the process
    /// has ended and nothing more will come.
    bool readOutput(std::string &text, Milliseconds wait);
    /// What it has written on its standard error so far.
    std::string errorText();

    /// Waits until it ends. Past the deadline, or when cancelled, it is killed and an error says so.
    Result<void> waitForEnd(Milliseconds deadline, const Progress &progress);
    void kill();

private:
    struct State;
    std::unique_ptr<State> m_state;
};

/// Where a program is on PATH; empty where it is not.
std::filesystem::path findProgram(std::string_view name);

struct Finished
{
    int exitCode = 0;
    std::string output, errors;
};
/// Runs a program to its end.
Result<Finished> runCommand(const Command &command, Milliseconds deadline, const Progress &progress);
/// Runs several at once; the first failure to start, to end in time, or to be left alone is the error.
Result<std::vector<Finished>> runCommands(std::span<const Command> commands, Milliseconds deadline,
                                          const Progress &progress);

} // namespace espalier::device
