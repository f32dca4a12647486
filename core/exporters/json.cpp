// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/exporters/exporter.h"
#include "core/exporters/rowjson.h"
#include "core/exporters/rowwhy.h"

#include <nlohmann/json.hpp>

namespace espalier {

namespace {

std::string writeJson(std::span<const Row> rows)
{
    nlohmann::ordered_json array = nlohmann::ordered_json::array();
    for (const Row &row : rows) {
        array.push_back(toJson(row));
        if (const std::string why = whyOf(row, rows); !why.empty())
            array.back()[std::string(info(Column::why).key)] = why;
    }
    return jsonText({{"rows", std::move(array)}});
}

} // namespace

extern const Exporter jsonExporter;
const Exporter jsonExporter = {"json", "JSON", "json", writeJson};

} // namespace espalier
