// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/study/figureformat.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <string_view>

namespace espalier {

namespace {

struct Scale
{
    double least; ///< the scale is used from this figure on
    double factor;
    const char *unit;
};

constexpr Scale byteScales[] = {
    {10.0 * 1024 * 1024, 1 / (1024.0 * 1024), "MiB"}, {1024, 1 / 1024.0, "KiB"}, {0, 1, "B"}};
constexpr Scale countScales[] = {{1e9, 1e-9, "G"}, {1e6, 1e-6, "M"}, {1e4, 1e-3, "k"}, {0, 1, ""}};
constexpr Scale timeScales[] = {{10e3, 1e-3, "s"}, {0.1, 1, "ms"}, {0, 1e3, "µs"}};
constexpr Scale energyScales[] = {{10e3, 1e-3, "J"}, {0.1, 1, "mJ"}, {0, 1e3, "µJ"}};

template <std::size_t n>
FigureFormat scaled(const Scale (&scales)[n], double reference, bool countsOnes)
{
    const double size = std::abs(reference);
    const Scale *scale = std::find_if(scales, scales + n - 1, [&](const Scale &s) { return size >= s.least; });
    const double shown = size * scale->factor;
    const int decimals = countsOnes && scale->factor == 1 ? 0 : shown >= 100 ? 1 : 2;
    return {scale->factor, scale->unit, decimals, false};
}

} // namespace

std::string FigureFormat::text(double value) const
{
    if (!std::isfinite(value))
        return "?";
    char buffer[400]; // the largest double has 309 digits
    const auto end =
        std::to_chars(buffer, buffer + sizeof buffer, value * factor, std::chars_format::fixed, decimals).ptr;
    const std::string_view digits(buffer, std::size_t(end - buffer));
    if (digits.find_first_of("123456789") == std::string_view::npos) // a rounded nothing has no sign
        return std::string(digits.substr(digits.front() == '-' ? 1 : 0));
    std::string text(isSigned && value > 0 ? 1 : 0, '+');
    return text.append(digits);
}

FigureFormat figureFormat(Column column, double reference)
{
    const ColumnInfo &about = info(column);
    if (column == Column::accuracyDelta)
        return {100, "pp", 2, true};
    if (about.unit == "ratio")
        return {100, "%", column == Column::sparsity ? 1 : 2, false};
    if (about.unit == "B")
        return scaled(byteScales, reference, true);
    if (about.unit == "ms")
        return scaled(timeScales, reference, false);
    if (about.unit == "mJ")
        return scaled(energyScales, reference, false);
    if (about.unit == "°C")
        return {1, "°C", 1, false};
    return scaled(countScales, reference, true);
}

std::string figureText(Column column, double value)
{
    const FigureFormat format = figureFormat(column, value);
    return format.unit.empty() ? format.text(value) : format.text(value) + " " + format.unit;
}

} // namespace espalier
