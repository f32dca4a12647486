// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/exporters/exporter.h"
#include "core/exporters/markdowntable.h"

namespace espalier {

extern const Exporter markdownExporter;
const Exporter markdownExporter = {"markdown", "Markdown table", "md",
                                   [](std::span<const Row> rows) { return markdownText(figureTable(rows)); }};

} // namespace espalier
