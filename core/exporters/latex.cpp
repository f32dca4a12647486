// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/exporters/exporter.h"
#include "core/exporters/latextable.h"

namespace espalier {

extern const Exporter latexExporter;
const Exporter latexExporter = {"latex", "LaTeX table", "tex",
                                [](std::span<const Row> rows) { return latexText(figureTable(rows)); }};

} // namespace espalier
