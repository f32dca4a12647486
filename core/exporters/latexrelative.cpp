// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/exporters/exporter.h"
#include "core/exporters/latextable.h"

namespace espalier {

extern const Exporter latexRelativeExporter;
const Exporter latexRelativeExporter = {"latex-relative", "LaTeX table against the original", "tex",
                                        [](std::span<const Row> rows) { return latexText(relativeTable(rows)); }};

} // namespace espalier
