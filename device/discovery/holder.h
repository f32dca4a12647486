// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <string>

namespace espalier::device {

/// What a serial line's name leads to: "/dev/ttyACM0" for a link such as those in /dev/serial/by-id.
std::filesystem::path lineItself(std::filesystem::path name);

/// "minicom (4711)": another program that has this file open, as far as the system tells; empty where none is seen.
std::string holderOf(const std::filesystem::path &file, const std::filesystem::path &proc = "/proc");

} // namespace espalier::device
