// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/format.h"

#include <QCoreApplication>

#include <algorithm>
#include <cmath>
#include <span>

namespace espalier::ui {

namespace {

struct Texts
{
    Q_DECLARE_TR_FUNCTIONS(espalier::ui::Format)
};

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

/// The last scale is used from 0 on.
ColumnFormat scaled(std::span<const Scale> scales, double reference)
{
    const double size = std::abs(reference);
    const auto scale = std::ranges::find_if(scales, [size](const Scale &s) { return size >= s.least; });
    ColumnFormat format;
    format.factor = scale->factor;
    format.unit = QString::fromUtf8(scale->unit);
    const double shown = size * scale->factor;
    const bool whole = scale->factor == 1 && (scale->unit[0] == '\0' || scale->unit[0] == 'B');
    format.decimals = whole ? 0 : shown >= 10 ? 1 : 2; // at least three digits
    return format;
}

} // namespace

QString ColumnFormat::text(double value, const QLocale &locale) const
{
    QString text = locale.toString(value * factor, 'f', decimals);
    if (isSigned && value * factor > 0)
        text.prepend(locale.positiveSign());
    // A typographic minus is as wide as the plus; a rounded nothing has no sign.
    const bool zero =
        std::none_of(text.cbegin(), text.cend(), [](QChar c) { return c.isDigit() && c.digitValue() != 0; });
    if (zero)
        text.remove(locale.negativeSign()).remove(locale.positiveSign());
    return text.replace(QLatin1Char('-'), QChar(0x2212));
}

ColumnFormat columnFormat(Column column, double reference)
{
    const ColumnInfo &about = info(column);
    if (column == Column::accuracyDelta)
        return {100, Texts::tr("points"), 2, true};
    if (about.unit == "ratio")
        return {100, QStringLiteral("%"), column == Column::sparsity ? 1 : 2, false};
    if (about.unit == "B")
        return scaled(byteScales, reference);
    if (about.unit == "ms")
        return scaled(timeScales, reference);
    if (about.unit == "mJ")
        return scaled(energyScales, reference);
    return scaled(countScales, reference);
}

QString figureText(Column column, double value, const QLocale &locale)
{
    const ColumnFormat format = columnFormat(column, value);
    const QString text = format.text(value, locale);
    return format.unit.isEmpty() ? text : text + QChar(0x00a0) + format.unit;
}

QString bytesText(double bytes)
{
    return figureText(Column::sizeBytes, bytes);
}

QString countText(double count)
{
    return figureText(Column::parameters, count);
}

QString durationText(double seconds)
{
    const auto n = [](double value) { return std::max(1, int(std::lround(value))); };
    if (seconds < 90)
        return Texts::tr("%n s", "seconds", n(seconds));
    if (seconds < 90 * 60)
        return Texts::tr("%n min", "minutes", n(seconds / 60));
    return Texts::tr("%n h", "hours", n(seconds / 3600));
}

} // namespace espalier::ui
