// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/exporters/texttable.h"
#include "core/techniques/recipe.h"

#include <filesystem>

namespace espalier::cli {

/// A CSV file of loss and accuracy by epoch, written whole after each, so that it can be watched while training runs.
/// Columns `epoch,loss,accuracy,validation_loss,validation_accuracy`; accuracies are fractions of 1, what was not
/// measured is empty. Without a path nothing is written.
class CurvesFile
{
public:
    /// Of one training.
    explicit CurvesFile(std::filesystem::path path) : CurvesFile(std::move(path), {}) {}
    /// Of one training that goes on: what the file tells of earlier epochs stays.
    static CurvesFile ofResumed(std::filesystem::path path);
    /// Of recipes: the columns `recipe,step,technique` stand before the others, and epochs are counted over all steps.
    static CurvesFile ofRecipes(std::filesystem::path path);

    void add(const EpochResult &epoch);
    void add(const Recipe &recipe, const TrainedEpoch &epoch);

    /// An error where it could not be written.
    const Result<void> &outcome() const { return m_outcome; }

private:
    CurvesFile(std::filesystem::path path, const std::vector<std::string> &first);
    void readRows();
    void addRow(std::vector<std::string> cells, const EpochResult &epoch);

    std::filesystem::path m_path;
    TextTable m_table;
    Result<void> m_outcome;
};

} // namespace espalier::cli
