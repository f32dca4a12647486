// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"

#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

namespace espalier {

using Bytes = std::vector<std::uint8_t>;
/// Bytes that many models share and nobody changes.
using SharedBytes = std::shared_ptr<const Bytes>;

/// Reads a whole regular file. An unusableInput error says which file and why (absent, a folder, not permitted, larger
/// than `limit` bytes).
Result<Bytes> readFile(const std::filesystem::path &path, std::uint64_t limit = std::uint64_t(2) << 30);

/// Writes a file whole or not at all: into a temporary beside it, synced, then renamed over it.
Result<void> writeFile(const std::filesystem::path &path, std::span<const std::uint8_t> bytes);
Result<void> writeFile(const std::filesystem::path &path, std::string_view text);

} // namespace espalier
