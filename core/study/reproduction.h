// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/study/comparison.h"
#include "core/study/papertable.h"

#include <map>
#include <string>
#include <vector>

namespace espalier {

/// What a paper's table is measured again on.
struct ReproductionRequest
{
    const PaperTable *table = nullptr;
    ModelPtr model; ///< stands for every row's model; null: each row's architecture is trained on the data
    DatasetPtr data;
    InputScaling scaling;  ///< of `model`; trained ones take what they imply
    std::string board;     ///< instead of the table's, where the table has one
    std::size_t quick = 0; ///< only so many training and test samples; 0: all
    int epochs = 0;        ///< of the models that are trained here; 0: the table's
    std::uint64_t seed = 0;
    int threads = 0;
};

/// One row of the paper beside ours.
struct ReproducedRow
{
    const PaperRow *paper = nullptr;
    /// row.status() tells whether it could be made; no original where its network could not be trained.
    Row row, original;
    std::vector<std::string> cells; ///< our figure for each column, spelled out; empty where there is none
};

struct Reproduction
{
    const PaperTable *table = nullptr;
    std::vector<ReproducedRow> rows;
    std::vector<std::string> notes; ///< the conditions, for a footnote, and why rows failed
};

/// "75% ↓" as "75 % lower", "1.94x ↑" as "1.94 times as large", "4x ↓" as "4 times smaller", "0.3 pp ↓" as "0.3 points
/// lower"; a text without an arrow stays what it is, "1x" and the like as "unchanged".
std::string spelledOut(const std::string &change);

/// Trains or takes the models, makes every row's variant and measures it. A row that fails says why beside the others.
Result<Reproduction> reproduce(const ReproductionRequest &request, const BenchFunction &bench,
                               const Progress &progress = {});

} // namespace espalier
