// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"

#include <filesystem>
#include <string>
#include <string_view>

namespace espalier::cli {

/// Writes to standard output, all of it or an error.
Result<void> print(std::string_view text);

/// The exit status of a result, after an error has been told in one line on standard error.
int finish(const Result<void> &result);

/// An error where a file cannot be written there: told before the work that would be lost.
Result<void> checkTarget(const std::filesystem::path &path);

/// True where standard error is a terminal that a person watches.
bool isWatched();

} // namespace espalier::cli
