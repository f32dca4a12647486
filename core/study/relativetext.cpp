// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/study/comparison.h"
#include "core/study/figuresource.h"

#include <charconv>
#include <cmath>

namespace espalier {

namespace {

/// At most `decimals` of them, without trailing zeros, '.' as the mark.
std::string shortText(double value, int decimals)
{
    char buffer[64];
    const auto end = std::to_chars(buffer, buffer + sizeof buffer, value, std::chars_format::fixed, decimals);
    if (end.ec != std::errc())
        return {};
    std::string text(buffer, end.ptr);
    if (text.find('.') != std::string::npos) {
        text.erase(text.find_last_not_of('0') + 1);
        if (text.back() == '.')
            text.pop_back();
    }
    return text;
}

int usefulDecimals(double value)
{
    return value >= 99.5 ? 0 : value >= 9.95 ? 1 : 2;
}

std::string withArrow(const std::string &amount, bool up)
{
    return amount + (up ? " ↑" : " ↓");
}

/// "4x ↓": the larger of the two by the smaller, the arrow saying which way.
std::string ratioText(double value, double original)
{
    if (value <= 0 || original <= 0)
        return value == original ? "1x" : std::string();
    const bool up = value > original;
    const double ratio = up ? value / original : original / value;
    const std::string text = shortText(ratio, usefulDecimals(ratio));
    return text.empty() ? text : text == "1" ? "1x" : withArrow(text + "x", up);
}

/// "75% ↓": the change as a share of the original.
std::string percentText(double value, double original)
{
    if (original <= 0)
        return value == original ? "0%" : std::string();
    const double change = 100 * std::abs(value - original) / original;
    const std::string text = shortText(change, change >= 9.95 ? 0 : change >= 0.995 ? 1 : 2);
    return text.empty() ? text : text == "0" ? "0%" : withArrow(text + "%", value > original);
}

/// "0.3 pp ↓": the difference in percentage points, which a bare "%" would leave open.
std::string pointsText(double value, double original)
{
    const std::string text = shortText(100 * std::abs(value - original), 2);
    return text.empty() ? text : text == "0" ? "0 pp" : withArrow(text + " pp", value > original);
}

} // namespace

std::string relativeText(Column column, const Row &row, const Row &original)
{
    const auto value = row.number(column), reference = original.number(column);
    if (!value || !reference || !std::isfinite(*value) || !std::isfinite(*reference))
        return {};
    if (isBoardFigure(column) && row.text(Column::board) != original.text(Column::board))
        return {};
    if (figureSource(row, column) != figureSource(original, column))
        return {};
    const ColumnInfo &about = info(column);
    if (column == Column::temperatureC)
        return shortText(*value, 1) + " °C";
    if (column == Column::sparsity)
        return shortText(100 * *value, 1) + "%"; // the papers print it as it is
    if (about.better == Better::none || column == Column::accuracyDelta)
        return {};
    if (about.unit == "ratio")
        return pointsText(*value, *reference);
    if (about.unit == "B" || column == Column::parameters || column == Column::macs)
        return ratioText(*value, *reference);
    return percentText(*value, *reference);
}

} // namespace espalier
