// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/study/row.h"

#include <span>
#include <string_view>
#include <vector>

namespace espalier {

/// How a column of a paper's table is filled with our figures.
enum class PaperMeasure {
    absolute, ///< the figure itself
    relative, ///< the change against the original
    flops,    ///< operations as TensorFlow's profiler counts them
    time,     ///< on the board: milliseconds where it has a clock, else counted instructions
};

struct PaperColumn
{
    std::string_view title;
    Column column; ///< not used for flops
    PaperMeasure measure;
};

/// A row: what the paper calls it, how we make it, what the paper printed for each column.
struct PaperRow
{
    std::string_view title;                  ///< "TF Lite, MobileNetV2, low magnitude"
    std::string_view architecture;           ///< of core/train that stands for the paper's model
    std::string_view recipe;                 ///< empty: the trained model itself
    std::vector<std::string_view> published; ///< one for each column, arrows spelled out; empty: not in the paper
};

/// A table of results in a paper, typed in. One file here and one line in papertables.def make a new one.
struct PaperTable
{
    std::string_view id;        ///< "loureiro-2"
    std::string_view title;     ///< "Loureiro et al., Table 2: pruning"
    std::string_view source;    ///< paper and table
    std::string_view published; ///< under what conditions the paper measured
    std::string_view here;      ///< how our rows differ from the paper's
    std::string_view board;     ///< that rows are measured on; empty: the host
    bool takesSeries = false;   ///< needs a data set of series
    int epochs = 5;             ///< that models are trained for where nothing else is asked
    double adamRate = 0;        ///< the learning rate of Adam, in batches of 32, where the paper names them
    std::vector<PaperColumn> columns;
    std::vector<PaperRow> rows;
};

std::span<const PaperTable *const> paperTables();
const PaperTable *findPaperTable(std::string_view id);

} // namespace espalier
