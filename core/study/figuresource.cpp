// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/study/figuresource.h"

namespace espalier {

namespace {

Source sourceNamed(const std::string &text)
{
    for (const Source source :
         {Source::measured, Source::simulated, Source::counted, Source::estimated, Source::published})
        if (text == name(source))
            return source;
    return Source::none;
}

} // namespace

bool isBoardFigure(Column column)
{
    return column >= Column::latencyMs && column <= Column::energyMj && column != Column::timeSource;
}

Source figureSource(const Row &row, Column column)
{
    if (!row.has(column))
        return Source::none;
    switch (column) {
    case Column::latencyMs:
    case Column::latencyMsMin:
    case Column::latencyMsMax:
    case Column::cycles:
        return sourceNamed(row.text(Column::timeSource));
    case Column::instructions: // those beside an estimate are counted, too
        return row.timeSource() == Source::estimated ? Source::counted : row.timeSource();
    case Column::energyMj:
        return sourceNamed(row.text(Column::energySource));
    default:
        return Source::none;
    }
}

} // namespace espalier
