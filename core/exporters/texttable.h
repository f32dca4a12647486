// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/study/row.h"

#include <span>
#include <string>
#include <vector>

namespace espalier {

/// A comparison as people read it: the columns that have a figure, rounded, one unit a column.
struct TextTable
{
    struct Head
    {
        std::string title;
        std::string unit; ///< empty where there is none
        bool numeric = false;
    };

    std::string caption; ///< what the rows have in common: "model kws.tflite, data kws01, 800 samples, …"
    std::vector<Head> heads;
    std::vector<std::vector<std::string>> rows; ///< as many cells as heads
    std::vector<std::string> notes;             ///< why rows failed, what figures mean
};

/// The figures themselves.
TextTable figureTable(std::span<const Row> rows);

/// The original's figures, and below it those of the others against it, as papers print them ("75% ↓", "1.94x ↑").
TextTable relativeTable(std::span<const Row> rows);

/// The row that a row is compared with: the first original on the same board, or null.
const Row *originalOf(const Row &row, std::span<const Row> rows);

} // namespace espalier
