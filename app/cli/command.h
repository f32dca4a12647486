// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"

#include <functional>
#include <span>
#include <string_view>

namespace espalier::cli {

class Options;

/// What a sub-command does once its options are read.
using Action = std::function<Result<void>()>;

/// A sub-command. One file here and one line in commands.def make a new one.
struct Command
{
    std::string_view name;
    std::string_view summary; ///< one line of help
    /// Declares its options and returns what to do with them.
    Action (*declare)(Options &options);
};

std::span<const Command *const> commands();

} // namespace espalier::cli
