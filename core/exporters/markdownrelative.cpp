// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/exporters/exporter.h"
#include "core/exporters/markdowntable.h"

namespace espalier {

extern const Exporter markdownRelativeExporter;
const Exporter markdownRelativeExporter = {"markdown-relative", "Markdown table against the original", "md",
                                           [](std::span<const Row> rows) { return markdownText(relativeTable(rows)); }};

} // namespace espalier
