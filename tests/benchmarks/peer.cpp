// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "peer.h"

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <cstring>

namespace espalier::benchmarks {

Peer::Peer(std::vector<std::string> command)
{
    std::signal(SIGPIPE, SIG_IGN);
    std::vector<char *> arguments;
    for (std::string &argument : command)
        arguments.push_back(argument.data());
    arguments.push_back(nullptr);
    int to[2], from[2];
    if (pipe2(to, O_CLOEXEC) != 0 || pipe2(from, O_CLOEXEC) != 0)
        return;
    m_process = fork();
    if (m_process == 0) {
        dup2(to[0], 0);
        dup2(from[1], 1);
        execvp(arguments[0], arguments.data());
        _exit(127);
    }
    close(to[0]);
    close(from[1]);
    m_to = fdopen(to[1], "w");
    m_from = fdopen(from[0], "r");
}

Peer::~Peer()
{
    if (!m_to)
        return;
    std::fclose(m_to);
    std::fclose(m_from);
    waitpid(m_process, nullptr, 0);
}

std::optional<std::string> Peer::ask(const std::string &line)
{
    std::array<char, 1024> answer;
    if (!m_to || std::fprintf(m_to, "%s\n", line.c_str()) < 0 || std::fflush(m_to) != 0 ||
        !std::fgets(answer.data(), answer.size(), m_from))
        return {};
    return std::string(answer.data(), std::strcspn(answer.data(), "\n"));
}

} // namespace espalier::benchmarks
