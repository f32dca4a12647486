// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/file.h"

#include <filesystem>
#include <string_view>
#include <vector>

namespace espalier {

/// The first bytes of a regular file, at most `count`; empty where it cannot be read.
Bytes firstBytes(const std::filesystem::path &path, std::size_t count);

bool startsWith(const std::filesystem::path &path, std::string_view prefix);

/// False also where that cannot be found out (no permission, a loop of links).
bool isRegularFile(const std::filesystem::path &path);
bool isFolder(const std::filesystem::path &path);

/// What a folder holds, sorted by name and without hidden entries; at most a million, and empty where it cannot be
/// read.
std::vector<std::filesystem::path> entries(const std::filesystem::path &folder);

/// A name in lower case (ASCII), for suffixes.
std::string lowered(std::string_view text);

} // namespace espalier
