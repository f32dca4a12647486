// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/study/bench.h"
#include "core/techniques/recipe.h"

#include <functional>
#include <string>
#include <vector>

namespace espalier {

/// What to compare: the original and every recipe, on the host and on every board.
struct ComparisonRequest
{
    ModelPtr model;
    std::string modelName; ///< what the `model` column shows
    SharedBytes modelFile =
        nullptr;     ///< the file that the model came from, whose size the original's row tells; may be null
    DatasetPtr data; ///< may be null: then there is no accuracy
    InputScaling scaling;
    std::vector<Recipe> recipes;     ///< without the original, which always comes first
    std::vector<std::string> boards; ///< a row for each variant and board; without boards one row a variant
    /// The piece of hardware that a board's id names, of which one is measured on at a time; empty: many at once, as on
    /// an emulator. Where it is null all boards are so.
    std::function<std::string(const std::string &board)> hardwareOf = {};
    std::size_t limit = 0; ///< test samples; 0 means all
    std::uint64_t seed = 0;
    int threads = 0; ///< 0: one per processor
    bool measureHostTime = true;
    /// Rows from before. A variant that has an ok one for each of its boards is not made and measured again: these are
    /// its rows of the result, of which no event tells.
    std::vector<Row> known = {};
};

/// Told while a comparison runs, on the thread that runs it. `index` is the row's place in the result.
struct ComparisonEvents
{
    /// A variant exists: its row has name, recipe and what follows from the model alone; more will come.
    std::function<void(std::size_t index, const Row &row)> rowStarted = {};
    /// New figures in a row that is still being measured; `phase` says what runs now ("evaluating", "qemu-m4").
    std::function<void(std::size_t index, const Row &row, const std::string &phase)> rowChanged = {};
    /// The row is final, ok or failed or cancelled. What a study file must not lose. `variant` is null where the recipe
    /// gave none.
    std::function<void(std::size_t index, const Row &row, const ModelPtr &variant)> rowFinished = {};
    /// A sentence of a technique about the variant, told once, of its first row: "dense_3 stays float: …".
    std::function<void(std::size_t index, const std::string &note)> noted = {};
    /// An epoch of the recipe's training is over. Told as notes are.
    std::function<void(std::size_t index, const TrainedEpoch &epoch)> epochFinished = {};
};

/// Runs it all. A variant that fails is a row that says why, beside the others' results; cancelling ends the current
/// row as cancelled and the rest likewise. Only a request that cannot start at all is an Error.
///
/// Rows are ordered by variant, then by board. They may finish in another order: recipes that train come after those
/// that do not, and boards are measured beside the making of variants. The time on this host is measured while
/// nothing else runs. `bench` is called from several threads at once, also for the same board where that is no
/// hardware: each piece of hardware has jobs of its own, none waits for another's.
Result<std::vector<Row>> runComparison(const ComparisonRequest &request, const BenchFunction &bench,
                                       const ComparisonEvents &events = {}, const Progress &progress = {});

/// Indices of the rows on the Pareto front of two numeric columns, each in its better direction (lower, where a column
/// has none); rows that lack one of them or failed take no part, nor do rows whose figures are of another kind (say
/// counted, not measured) than those of the first row that takes part. In ascending order of `x`; equals are all in.
std::vector<std::size_t> paretoFront(std::span<const Row> rows, Column x, Column y);

/// A figure against the original's, as the papers print it. Sizes, parameters and MACs as the larger of the two by the
/// smaller: "1.94x ↑" is 1.94 times as large, "4x ↓" a fourth, "1x" as large. Times, cycles, instructions and energy as
/// a share of the original: "75% ↓" takes a quarter of it. Accuracy in percentage points: "0.3 pp ↓". Sparsity is shown
/// as it is: "60%". Empty where either is missing, or where they are of different kinds or boards.
std::string relativeText(Column column, const Row &row, const Row &original);

} // namespace espalier
