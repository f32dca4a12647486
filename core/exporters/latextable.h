// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/exporters/texttable.h"

namespace espalier {

/// A tabular with the rules of the booktabs package; every character of the cells is escaped.
std::string latexText(const TextTable &table);

} // namespace espalier
