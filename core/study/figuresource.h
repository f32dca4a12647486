// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/study/row.h"

namespace espalier {

/// True for the columns that a board fills: from latency_ms to energy_mj.
bool isBoardFigure(Column column);

/// Where the figure in this column comes from. `none` where the column has no kinds (a size is a size) or the cell is
/// empty. Figures of different kinds must not be compared.
Source figureSource(const Row &row, Column column);

} // namespace espalier
