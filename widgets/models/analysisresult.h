// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/exporters/texttable.h"
#include "core/graph/model.h"
#include "widgets/plots/curvechart.h"

#include <vector>

namespace espalier::ui {

/// What an analysis found: sentences and figures in a table, the same as curves, perhaps a model.
struct AnalysisResult
{
    enum class Rows { curves, points, other }; ///< what a row of the table is in the first chart

    TextTable table;
    std::vector<CurveChart> charts; ///< one above the other
    Rows rows = Rows::other;
    ModelPtr model; ///< what was made; null: nothing
};

} // namespace espalier::ui
