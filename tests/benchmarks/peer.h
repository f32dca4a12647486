// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <sys/types.h>

#include <cstdio>
#include <optional>
#include <string>
#include <vector>

namespace espalier::benchmarks {

/// Another engine in a process of its own, which sleeps unless it is asked: each line that it gets it answers with one.
class Peer
{
public:
    /// A program, found on the path, and its arguments.
    explicit Peer(std::vector<std::string> command);
    ~Peer();
    Peer(const Peer &) = delete;
    Peer &operator=(const Peer &) = delete;

    /// None where the program does not run, or has stopped.
    std::optional<std::string> ask(const std::string &line);

private:
    pid_t m_process = -1;
    std::FILE *m_to = nullptr, *m_from = nullptr;
};

} // namespace espalier::benchmarks
