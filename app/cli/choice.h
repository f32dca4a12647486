// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"

#include <string>
#include <vector>

namespace espalier::cli {

/// One of `words` by its place, or an error that names the option.
Result<int> choice(const std::string &option, const std::string &given, const std::vector<std::string> &words);

} // namespace espalier::cli
