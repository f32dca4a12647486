// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/exporters/texttable.h"

namespace espalier {

/// Columns aligned with blanks, for a terminal or a mail.
std::string plainText(const TextTable &table);

} // namespace espalier
