// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/study/row.h"

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace espalier {

/// A way to write a table of rows as text. One file here and one line in exporters.def make a new one.
struct Exporter
{
    std::string_view id;     ///< "csv"
    std::string_view title;  ///< "Comma-separated values"
    std::string_view suffix; ///< "csv"
    /// UTF-8, '.' as the decimal mark whatever the locale. No rows give an empty table, never an error.
    std::string (*write)(std::span<const Row> rows);
};

std::span<const Exporter *const> exporters();
const Exporter *findExporter(std::string_view id);

} // namespace espalier
