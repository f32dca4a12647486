// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/exporters/texttable.h"

#include "core/study/comparison.h"
#include "core/study/figureformat.h"
#include "core/study/figuresource.h"
#include "core/study/pruningremark.h"

#include <algorithm>
#include <array>
#include <set>

namespace espalier {

namespace {

// What fits a page; files for programs have every column.
constexpr std::array shownColumns = {
    Column::variant,      Column::board,    Column::accuracy,     Column::accuracyDelta, Column::sizeBytes,
    Column::zippedBytes,  Column::sparsity, Column::parameters,   Column::macs,          Column::hostMs,
    Column::latencyMs,    Column::cycles,   Column::instructions, Column::ramBytes,      Column::flashBytes,
    Column::temperatureC, Column::energyMj, Column::fidelity,     Column::status};

std::set<std::string> distinct(std::span<const Row> rows, Column column)
{
    std::set<std::string> texts;
    for (const Row &row : rows)
        if (!row.text(column).empty())
            texts.insert(row.text(column));
    return texts;
}

std::set<Source> sourcesOf(std::span<const Row> rows, Column column)
{
    std::set<Source> sources;
    for (const Row &row : rows)
        if (const Source source = figureSource(row, column); source != Source::none)
            sources.insert(source);
    return sources;
}

bool isShown(std::span<const Row> rows, Column column)
{
    if (column == Column::variant)
        return true;
    if (column == Column::board)
        return distinct(rows, column).size() > 1;
    if (column == Column::status)
        return std::ranges::any_of(rows, [](const Row &row) { return row.status() != Status::ok; });
    return std::ranges::any_of(rows, [&](const Row &row) { return row.has(column); });
}

/// The original decides, so that rows added later do not change a unit.
double referenceOf(std::span<const Row> rows, Column column)
{
    double largest = 0;
    for (const Row &row : rows) {
        const double value = std::abs(row.number(column).value_or(0));
        if (row.text(Column::recipe).empty() && value != 0)
            return value;
        largest = std::max(largest, value);
    }
    return largest;
}

std::string caption(std::span<const Row> rows)
{
    std::string text;
    const auto add = [&](const std::string &what, Column column) {
        const std::set<std::string> texts = distinct(rows, column);
        if (texts.size() == 1)
            text += (text.empty() ? "" : ", ") + what + " " + *texts.begin();
    };
    add("model", Column::model);
    add("data", Column::data);
    for (const Row &row : rows)
        if (const auto samples = row.number(Column::samples)) {
            text += ", " + std::to_string(std::int64_t(*samples)) + " test samples";
            break;
        }
    add("board", Column::board);
    for (const Row &row : rows)
        if (const auto seed = row.number(Column::seed)) {
            text += ", seed " + std::to_string(std::int64_t(*seed));
            break;
        }
    add("Espalier", Column::toolVersion);
    return text;
}

/// Kinds that a title tells where all figures of a column share one, and each cell where they do not.
std::string kindInTitle(std::span<const Row> rows, Column column)
{
    const std::set<Source> sources = sourcesOf(rows, column);
    const bool plain = sources.size() != 1 || *sources.begin() == Source::measured;
    return plain ? std::string() : " (" + std::string(name(*sources.begin())) + ")";
}

std::string kindInCell(std::span<const Row> rows, const Row &row, Column column)
{
    return sourcesOf(rows, column).size() < 2 ? std::string()
                                              : " (" + std::string(name(figureSource(row, column))) + ")";
}

TextTable table(std::span<const Row> rows, bool relative)
{
    TextTable table;
    table.caption = caption(rows);
    table.rows.resize(rows.size());
    for (const Column column : shownColumns) {
        if (!isShown(rows, column) || (relative && column == Column::accuracyDelta))
            continue;
        const bool numeric = info(column).type != ColumnType::text;
        const FigureFormat format = numeric ? figureFormat(column, referenceOf(rows, column)) : FigureFormat{};
        table.heads.push_back(
            {std::string(info(column).title) + kindInTitle(rows, column), relative ? "" : format.unit, numeric});
        for (std::size_t i = 0; i < rows.size(); ++i) {
            const auto value = rows[i].number(column);
            const Row *original = originalOf(rows[i], rows);
            std::string cell;
            if (!numeric)
                cell = rows[i].text(column);
            else if (value && relative && original != &rows[i])
                cell = original ? relativeText(column, rows[i], *original) : std::string();
            else if (value && relative)
                cell = figureText(column, *value);
            else if (value)
                cell = format.text(*value) + kindInCell(rows, rows[i], column);
            table.rows[i].push_back(std::move(cell));
        }
    }
    for (const Row &row : rows)
        if (!row.text(Column::why).empty()) {
            const std::string &board = row.text(Column::board);
            table.notes.push_back(row.text(Column::variant) + (board.empty() ? "" : " on " + board) + ": " +
                                  row.text(Column::why));
        }
    std::set<std::string> remarks; // boards of one variant share theirs
    for (const Row &row : rows)
        if (const Row *original = originalOf(row, rows); original && original != &row)
            if (const auto remark = pruningRemark(row, *original)) {
                const std::string note = row.text(Column::variant) + ": " + remark->text();
                if (remarks.insert(note).second)
                    table.notes.push_back(note);
            }
    if (sourcesOf(rows, Column::instructions).contains(Source::counted))
        table.notes.push_back("Instructions are counted by an emulator: they are not time on a board.");
    if (relative)
        table.notes.push_back("Against the original: n% is the change, nx the larger by the smaller, pp percentage "
                              "points of accuracy; the arrow says which way.");
    return table;
}

} // namespace

TextTable figureTable(std::span<const Row> rows)
{
    return table(rows, false);
}

TextTable relativeTable(std::span<const Row> rows)
{
    return table(rows, true);
}

const Row *originalOf(const Row &row, std::span<const Row> rows)
{
    const auto found = std::ranges::find_if(rows, [&](const Row &other) {
        return other.text(Column::recipe).empty() && other.text(Column::board) == row.text(Column::board);
    });
    return found == rows.end() ? nullptr : &*found;
}

} // namespace espalier
