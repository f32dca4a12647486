// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/study/row.h"

#include <span>
#include <string>

namespace espalier {

/// The column "why" as files hold it: why the row failed or differs and, of a pruned one, what that bought it nothing on
/// beside its original among the rows.
std::string whyOf(const Row &row, std::span<const Row> rows);

} // namespace espalier
