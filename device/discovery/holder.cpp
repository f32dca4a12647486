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

std::string holderOf(const fs::path &file, const fs::path &proc)
{
    std::error_code error;
    fs::path real = fs::canonical(file, error);
    if (error)
        real = file;
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
