// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/progress.h"
#include "core/base/result.h"

#include <string>

namespace espalier {

/// The rules that let the person at the computer use boards over USB (resources/udev).
std::string udevRules();

/// Writes them to the system and has them applied, which needs the administrator's rights: where this program has not
/// got them, it asks for them once (pkexec), or the error is the command to type. What was done, in one sentence.
Result<std::string> installUdevRules(const Progress &progress);

} // namespace espalier
