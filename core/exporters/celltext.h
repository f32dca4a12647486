// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/study/row.h"

#include <string>

namespace espalier {

/// A cell in full, as files for programs hold it: the shortest decimal text that reads back as the same number, '.' as
/// the mark; empty where nothing was measured.
std::string cellText(const Row::Cell &cell);

} // namespace espalier
