// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>

namespace espalier {

enum class Column : std::uint8_t {
#define COLUMN(symbol, key, type, unit, better, title) symbol,
#include "core/study/columns.def"
#undef COLUMN
};

enum class ColumnType : std::uint8_t { text, count, real };
enum class Better : std::uint8_t { none, higher, lower };

struct ColumnInfo
{
    Column column;
    std::string_view key; ///< CSV header and JSON key
    ColumnType type;
    std::string_view unit; ///< "", "ratio" (a fraction of 1), "B", "ms", "mJ", "°C"
    Better better;
    std::string_view title; ///< as a person reads it; translated where it is shown
};

inline constexpr std::size_t columnCount = 0
#define COLUMN(symbol, key, type, unit, better, title) +1
#include "core/study/columns.def"
#undef COLUMN
    ;

std::span<const ColumnInfo, columnCount> columns();
inline const ColumnInfo &info(Column column)
{
    return columns()[std::size_t(column)];
}
const ColumnInfo *findColumn(std::string_view key);

/// Where a figure comes from; kinds never share a column unmarked (see time_source and energy_source).
enum class Source : std::uint8_t {
    none,
    measured,  ///< on a physical board or this host
    simulated, ///< an emulator's cycle model
    counted,   ///< emulated instructions, never shown as time
    estimated, ///< computed, with its assumption
    published, ///< typed in from a paper
};
std::string_view name(Source source); ///< "measured", …; "" for none

enum class Status : std::uint8_t { ok, failed, cancelled };
std::string_view name(Status status);

/// One line of the comparison: a variant, on one board or none, and what was found out about it. A cell that was not
/// measured is empty, never 0.
class Row
{
public:
    using Cell = std::variant<std::monostate, std::int64_t, double, std::string>;

    const Cell &cell(Column column) const { return m_cells[std::size_t(column)]; }
    bool has(Column column) const { return cell(column).index() != 0; }
    /// The number in a count or real column.
    std::optional<double> number(Column column) const;
    /// The text of a text column, empty where there is none.
    const std::string &text(Column column) const;

    void set(Column column, std::int64_t count);
    void set(Column column, double real);
    void set(Column column, std::string text);
    void clear(Column column) { m_cells[std::size_t(column)] = {}; }

    Source timeSource() const;
    Status status() const; ///< ok where nothing else is said

    bool operator==(const Row &) const = default;

private:
    std::array<Cell, columnCount> m_cells;
};

} // namespace espalier
