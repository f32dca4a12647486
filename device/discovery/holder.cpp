// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "device/discovery/holder.h"

#include <algorithm>
#include <cctype>
#include <fstream>

#include <unistd.h>

namespace espalier::device {

namespace {

namespace fs = std::filesystem;

bool opens(const fs::path &process, const fs::path &file)
{
    std::error_code error;
    for (fs::directory_iterator each(process / "fd", error), end; !error && each != end; each.increment(error)) {
        std::error_code unreadable;
        if (fs::read_symlink(each->path(), unreadable) == file)
            return true;
    }
    return false;
}

} // namespace

fs::path lineItself(fs::path name)
{
    std::error_code error;
    for (int hops = 0; hops < 8; ++hops) { // more of them are a ring
        const fs::path next = fs::read_symlink(name, error);
        if (error)
            break;
        name = (name.parent_path() / next).lexically_normal();
    }
    return name;
}

std::string holderOf(const fs::path &file, const fs::path &proc)
{
    std::error_code error;
    const fs::path real = lineItself(file);
    const std::string self = std::to_string(getpid());
    for (fs::directory_iterator each(proc, error), end; !error && each != end; each.increment(error)) {
        const std::string process = each->path().filename().string();
        if (!std::ranges::all_of(process, [](unsigned char c) { return std::isdigit(c); }) || process == self ||
            !opens(each->path(), real))
            continue;
        std::string name;
        std::getline(std::ifstream(each->path() / "comm"), name);
        return (name.empty() ? "number" : name) + " (" + process + ")";
    }
    return {};
}

} // namespace espalier::device
