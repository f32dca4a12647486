// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/data/inputscaling.h"
#include "core/study/budget.h"
#include "core/study/row.h"
#include "core/techniques/recipe.h"
#include "core/techniques/technique.h"

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace espalier {

/// A study as its file holds it: what to compare, on what, and what was found so far.
struct Study
{
    struct Entry
    {
        Recipe recipe;
        bool ticked = true; ///< takes part in the next comparison
    };
    /// How the training within a recipe went, which is the same for its rows on all boards.
    struct Training
    {
        std::string recipe; ///< as its rows have it
        std::vector<TrainedEpoch> epochs;
        bool operator==(const Training &) const = default;
    };

    std::filesystem::path model;         ///< absolute; empty where none is chosen yet
    std::string modelSha256;             ///< hexadecimal, of the model's file when the rows were measured; may be empty
    std::filesystem::path data;          ///< absolute; empty: no data
    std::optional<InputScaling> scaling; ///< none: what model and data imply
    std::vector<Entry> recipes;          ///< without the original
    std::vector<std::string> boards;     ///< ids
    std::uint64_t seed = 0;
    std::size_t limit = 0;       ///< test samples; 0: all
    Budget budget;               ///< what variants may cost
    std::vector<Column> columns; ///< shown in the table; empty: the usual ones
    std::vector<Row> rows;       ///< finished ones
    /// Of recipes that have rows and trained. A file keeps at most 500 epochs of each, evenly spread from the first to
    /// the last: more would show no other curve and make the file too long to be read.
    std::vector<Training> trainings;

    /// Puts a finished row in the place of the one with the same recipe and board, or at the end.
    void take(const Row &row);
    /// Puts a training in the place of that of the same recipe.
    void take(Training training);
    /// Empty where it did not train, or a file of an earlier version does not tell.
    std::vector<TrainedEpoch> trainingOf(const std::string &recipe) const;
};

/// Reads an `.espalier` file. Any byte sequence ends in a study or an unusableInput error that names the file and what
/// in it is wrong. Relative paths in it are taken from the file's folder.
Result<Study> readStudy(const std::filesystem::path &path);

/// Writes it whole or not at all. Paths below the file's folder are written relative to it, so that the study moves
/// with its folder.
Result<void> writeStudy(const Study &study, const std::filesystem::path &path);

/// The SHA-256 of a file's bytes in hexadecimal.
std::string sha256(const Bytes &bytes);

} // namespace espalier
