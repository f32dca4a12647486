// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

namespace espalier::device {

/// What lets a person use a device that our udev rule covers.
inline constexpr char installRules[] = "run 'espalier boards --install-rules' once and plug the board in again";

/// What lets a person use a serial line: our rule, where it covers the device's vendor, else the group that owns the
/// line. One clause.
std::string permissionRemedy(const std::filesystem::path &tty, std::uint16_t vendor);

/// The same for a line of which only the name is known; /sys tells the rest.
std::string permissionRemedy(const std::filesystem::path &tty);

} // namespace espalier::device
