// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/exporters/rowjson.h"

#include <nlohmann/json.hpp>

#include <cmath>

namespace espalier {

namespace {

using Json = nlohmann::ordered_json;

/// False where the value has another type than the column.
bool setCell(Row &row, const ColumnInfo &column, const Json &value)
{
    switch (column.type) {
    case ColumnType::text:
        if (!value.is_string())
            return false;
        row.set(column.column, value.get<std::string>());
        return true;
    case ColumnType::count:
        if (!value.is_number_integer())
            return false;
        row.set(column.column, value.get<std::int64_t>());
        return true;
    case ColumnType::real:
        if (!value.is_number() || !std::isfinite(value.get<double>()))
            return false;
        row.set(column.column, value.get<double>());
        return true;
    }
    return false;
}

} // namespace

Json toJson(const Row &row)
{
    Json object = Json::object();
    for (const ColumnInfo &column : columns()) {
        Json &value = object[std::string(column.key)];
        const Row::Cell &cell = row.cell(column.column);
        if (const auto *count = std::get_if<std::int64_t>(&cell))
            value = *count;
        else if (const auto *real = std::get_if<double>(&cell); real && std::isfinite(*real))
            value = *real;
        else if (const auto *text = std::get_if<std::string>(&cell))
            value = *text;
    }
    return object;
}

Result<Row> rowFromJson(const Json &object)
{
    if (!object.is_object())
        return unusableInput("a row is not an object");
    Row row;
    for (const ColumnInfo &column : columns()) {
        const auto found = object.find(std::string(column.key));
        if (found == object.end() || found->is_null())
            continue;
        if (!setCell(row, column, *found))
            return unusableInput("'" + std::string(column.key) + "' of a row is not a " +
                                 (column.type == ColumnType::text ? "text" : "number of its kind"));
    }
    return row;
}

std::string jsonText(const Json &document)
{
    return document.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

} // namespace espalier
