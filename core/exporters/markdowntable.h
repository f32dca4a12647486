// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/exporters/texttable.h"

namespace espalier {

/// A pipe table as GitHub and Pandoc read it.
std::string markdownText(const TextTable &table);

} // namespace espalier
