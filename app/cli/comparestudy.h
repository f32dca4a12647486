// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/studyfile.h"
#include "core/study/comparison.h"

#include <optional>
#include <span>
#include <string>
#include <vector>

namespace espalier::cli {

/// The study file that a comparison keeps while it runs. Rows that are in the file stay until the same recipe on the
/// same board has been measured again: nothing that was finished is ever lost.
class StudyKeeper
{
public:
    /// Takes over what is in the file, where there is one. An error where its rows could not stand beside new ones:
    /// they are of another model, data set, scaling, seed or sample limit.
    static Result<StudyKeeper> open(const std::filesystem::path &path, Study wanted);

    /// The finished rows of a recipe, one for each board and in their order; empty where one is missing or was measured
    /// by another version of the program.
    std::vector<Row> finished(const Recipe &recipe, const std::vector<std::string> &boards) const;

    /// An epoch that a recipe which is measured now has trained; kept with its first row.
    void follow(const Recipe &recipe, const TrainedEpoch &epoch);

    /// Takes a final row and writes the file. A row that was stopped is not taken.
    Result<void> take(const Row &row);
    Result<void> save() const { return writeStudy(m_study, m_path); }

private:
    StudyKeeper(std::filesystem::path path, Study study) : m_path(std::move(path)), m_study(std::move(study)) {}

    std::filesystem::path m_path;
    Study m_study;
    Study::Training m_running; ///< of the recipe that is measured
};

} // namespace espalier::cli
