// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/study/row.h"

#include <QLocale>
#include <QString>

namespace espalier::ui {

/// How the numbers of one column are shown: one unit and one count of decimals for all of its cells.
struct ColumnFormat
{
    double factor = 1; ///< shown = value * factor
    QString unit;      ///< "KiB", "%", "ms", "M"; empty where there is none
    int decimals = 0;
    bool isSigned = false; ///< differences carry their sign

    QString text(double value, const QLocale &locale = QLocale()) const;
    bool operator==(const ColumnFormat &) const = default;
};

/// The format in which `reference` (the original's figure, or the largest where it has none) reads well.
ColumnFormat columnFormat(Column column, double reference);

/// A figure alone with its unit: "97.5 KiB", "2.66 M", "−0.25 points".
QString figureText(Column column, double value, const QLocale &locale = QLocale());

QString bytesText(double bytes);
/// "24.9 k", "2.66 M"; plain below ten thousand.
QString countText(double count);
/// "12 s", "3 min", "about 2 h": how long something still takes.
QString durationText(double seconds);

} // namespace espalier::ui
