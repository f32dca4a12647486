// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/exporters/celltext.h"
#include "core/exporters/csvtable.h"
#include "core/exporters/exporter.h"
#include "core/exporters/rowwhy.h"

namespace espalier {

namespace {

// Lines end in CR LF, as RFC 4180 has them.
std::string writeCsv(std::span<const Row> rows)
{
    std::string text;
    for (const ColumnInfo &column : columns()) {
        text += text.empty() ? "" : ",";
        text += column.key;
    }
    text += "\r\n";
    for (const Row &row : rows) {
        bool first = true;
        for (const ColumnInfo &column : columns()) {
            text += first ? "" : ",";
            text += csvField(column.column == Column::why ? whyOf(row, rows) : cellText(row.cell(column.column)));
            first = false;
        }
        text += "\r\n";
    }
    return text;
}

} // namespace

extern const Exporter csvExporter;
const Exporter csvExporter = {"csv", "Comma-separated values", "csv", writeCsv};

} // namespace espalier
