// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/study/row.h"

#include <algorithm>

namespace espalier {

namespace {

constexpr std::array<ColumnInfo, columnCount> table = {{
#define COLUMN(symbol, key, type, unit, better, title)                                                                 \
    {Column::symbol, key, ColumnType::type, unit, Better::better, title},
#include "core/study/columns.def"
#undef COLUMN
}};

constexpr std::array<std::string_view, 6> sourceNames = {"",        "measured",  "simulated",
                                                         "counted", "estimated", "published"};

} // namespace

std::span<const ColumnInfo, columnCount> columns()
{
    return table;
}

const ColumnInfo *findColumn(std::string_view key)
{
    const auto found = std::ranges::find(table, key, &ColumnInfo::key);
    return found == table.end() ? nullptr : &*found;
}

std::string_view name(Source source)
{
    return sourceNames[std::size_t(source)];
}

std::string_view name(Status status)
{
    return status == Status::ok ? "ok" : status == Status::failed ? "failed" : "cancelled";
}

std::optional<double> Row::number(Column column) const
{
    if (const auto *count = std::get_if<std::int64_t>(&cell(column)))
        return double(*count);
    if (const auto *real = std::get_if<double>(&cell(column)))
        return *real;
    return std::nullopt;
}

const std::string &Row::text(Column column) const
{
    static const std::string empty;
    const auto *text = std::get_if<std::string>(&cell(column));
    return text ? *text : empty;
}

void Row::set(Column column, std::int64_t count)
{
    m_cells[std::size_t(column)] = count;
}
void Row::set(Column column, double real)
{
    m_cells[std::size_t(column)] = real;
}
void Row::set(Column column, std::string text)
{
    m_cells[std::size_t(column)] = std::move(text);
}

Source Row::timeSource() const
{
    const auto found = std::ranges::find(sourceNames, text(Column::timeSource));
    return found == sourceNames.end() ? Source::none : Source(found - sourceNames.begin());
}

Status Row::status() const
{
    const std::string &word = text(Column::status);
    return word == "failed" ? Status::failed : word == "cancelled" ? Status::cancelled : Status::ok;
}

} // namespace espalier
