// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/display.h"

#include <algorithm>
#include <cstddef>
#include <cstdlib>
#include <string>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

namespace espalier {

namespace {

std::string variable(const char *name)
{
    const char *value = std::getenv(name);
    return value ? value : "";
}

bool answers(const std::string &path, bool isAbstract)
{
    sockaddr_un address = {};
    address.sun_family = AF_UNIX;
    const std::size_t start = isAbstract ? 1 : 0;
    if (path.size() + start + 1 > sizeof address.sun_path)
        return false;
    std::copy(path.begin(), path.end(), address.sun_path + start);
    const int socket = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (socket < 0)
        return false;
    const auto length = socklen_t(offsetof(sockaddr_un, sun_path) + start + path.size());
    const bool connected = ::connect(socket, reinterpret_cast<const sockaddr *>(&address), length) == 0;
    ::close(socket);
    return connected;
}

bool xAnswers(const std::string &display)
{
    if (display.empty())
        return false;
    if (display[0] != ':')
        return true; // on another machine: only trying tells
    const std::string socket = "/tmp/.X11-unix/X" + display.substr(1, display.find('.') - 1);
    return answers(socket, false) || answers(socket, true);
}

bool waylandAnswers(const std::string &display)
{
    if (display.empty())
        return false;
    return answers(display[0] == '/' ? display : variable("XDG_RUNTIME_DIR") + "/" + display, false);
}

} // namespace

bool hasDisplay()
{
    const std::string platform = variable("QT_QPA_PLATFORM");
    const std::string kind = platform.substr(0, platform.find_first_of(":;"));
    if (kind == "offscreen" || kind == "minimal")
        return false;
    if (kind == "vnc" || kind == "linuxfb" || kind == "eglfs")
        return true;
    return waylandAnswers(variable("WAYLAND_DISPLAY")) || xAnswers(variable("DISPLAY"));
}

} // namespace espalier
