// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/interrupt.h"

#include <cerrno>
#include <csignal>
#include <fcntl.h>
#include <unistd.h>

namespace espalier::cli {

namespace {

int pipeEnds[2] = {-1, -1};
constexpr char stopByte = 's', endByte = 'e';

extern "C" void tellListener(int)
{
    const int saved = errno;
    [[maybe_unused]] const ssize_t written = ::write(pipeEnds[1], &stopByte, 1);
    errno = saved;
}

} // namespace

Interrupt::Interrupt()
{
    if (::pipe2(pipeEnds, O_CLOEXEC) != 0)
        return; // Ctrl-C then ends the program as it does without us
    m_listener = std::thread([this] {
        char byte = 0;
        for (ssize_t n = 0; (n = ::read(pipeEnds[0], &byte, 1)) == 1 || (n < 0 && errno == EINTR);) {
            if (n < 0)
                continue;
            if (byte == endByte)
                return;
            m_stop.request_stop();
        }
    });
    struct sigaction action = {};
    action.sa_handler = tellListener;
    action.sa_flags = int(SA_RESTART | SA_RESETHAND);
    ::sigaction(SIGINT, &action, nullptr);
    ::sigaction(SIGTERM, &action, nullptr);
}

Interrupt::~Interrupt()
{
    if (!m_listener.joinable())
        return;
    std::signal(SIGINT, SIG_DFL);
    std::signal(SIGTERM, SIG_DFL);
    [[maybe_unused]] const ssize_t written = ::write(pipeEnds[1], &endByte, 1);
    m_listener.join();
    ::close(pipeEnds[0]);
    ::close(pipeEnds[1]);
}

} // namespace espalier::cli
