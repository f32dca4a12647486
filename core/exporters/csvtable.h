// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/exporters/texttable.h"

namespace espalier {

/// A field as RFC 4180 writes it: in quotes, which are doubled, where it holds a comma, a quote or a line end.
std::string csvField(const std::string &text);

/// The heads, the rows and, below an empty line, the notes.
std::string csvText(const TextTable &table);

} // namespace espalier
