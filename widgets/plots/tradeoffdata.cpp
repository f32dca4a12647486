// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/plots/tradeoffdata.h"

#include "core/study/comparison.h"
#include "core/study/figuresource.h"
#include "widgets/coretexts.h"

#include <algorithm>

namespace espalier::ui {

namespace {

double referenceOf(std::span<const Row> rows, Column column)
{
    double most = 0;
    for (const Row &row : rows) {
        const auto value = row.number(column);
        if (value && row.text(Column::recipe).empty())
            return *value;
        most = std::max(most, std::abs(value.value_or(0)));
    }
    return most;
}

QString axisTitle(std::span<const Row> rows, Column column, const ColumnFormat &format)
{
    QStringList parts{columnTitle(column)};
    if (!format.unit.isEmpty())
        parts[0] += QStringLiteral(" (%1)").arg(format.unit);
    QStringList kinds;
    for (const Row &row : rows)
        if (const Source source = figureSource(row, column); source != Source::none)
            if (const QString kind = sourceName(source); !kinds.contains(kind))
                kinds += kind;
    parts += kinds;
    return parts.join(QStringLiteral(", "));
}

} // namespace

TradeoffData tradeoffData(std::span<const Row> rows, Column x, Column y)
{
    TradeoffData data;
    data.xFormat = columnFormat(x, referenceOf(rows, x));
    data.yFormat = columnFormat(y, referenceOf(rows, y));
    data.xTitle = axisTitle(rows, x, data.xFormat);
    data.yTitle = axisTitle(rows, y, data.yFormat);
    data.lowerXIsBetter = info(x).better != Better::higher;
    for (std::size_t i = 0; i < rows.size(); ++i) {
        const auto xValue = rows[i].number(x), yValue = rows[i].number(y);
        if (xValue && yValue)
            data.points.push_back({i, *xValue * data.xFormat.factor, *yValue * data.yFormat.factor});
    }
    // Without a better direction on both axes there is nothing to trade.
    if (info(x).better == Better::none || info(y).better == Better::none)
        return data;
    for (const std::size_t row : paretoFront(rows, x, y)) {
        const auto point = std::ranges::find(data.points, row, &TradeoffPoint::row);
        if (point == data.points.end())
            continue;
        point->onFront = true;
        data.front.push_back(std::size_t(point - data.points.begin()));
    }
    return data;
}

QString pointLabel(std::span<const Row> rows, std::size_t row)
{
    const std::string &board = rows[row].text(Column::board);
    const bool severalBoards =
        std::ranges::any_of(rows, [&](const Row &r) { return r.has(Column::board) && r.text(Column::board) != board; });
    const QString name = QString::fromStdString(rows[row].text(Column::variant));
    return severalBoards && !board.empty() ? name + QStringLiteral(" · ") + QString::fromStdString(board) : name;
}

std::vector<Column> axisColumns()
{
    std::vector<Column> result;
    for (const ColumnInfo &column : columns())
        if (column.better != Better::none || column.column == Column::sparsity)
            result.push_back(column.column);
    return result;
}

} // namespace espalier::ui
