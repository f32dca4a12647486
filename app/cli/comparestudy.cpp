// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/comparestudy.h"

#include <algorithm>

namespace espalier::cli {

namespace {

/// What of two studies keeps their rows from standing in one table; empty where nothing does.
std::string difference(const Study &known, const Study &wanted)
{
    std::error_code ignored;
    const auto samePath = [&](const std::filesystem::path &a, const std::filesystem::path &b) {
        return a == b || std::filesystem::equivalent(a, b, ignored);
    };
    if (known.modelSha256 != wanted.modelSha256)
        return "another model ('" + known.model.string() + "', or that file has changed since)";
    if (!samePath(known.data, wanted.data))
        return known.data.empty() ? "no data set" : "the data set '" + known.data.string() + "'";
    if (known.scaling != wanted.scaling)
        return "the input scaling " + (known.scaling ? known.scaling->text() : "that model and data imply");
    if (known.seed != wanted.seed)
        return "seed " + std::to_string(known.seed);
    if (known.limit != wanted.limit)
        return known.limit == 0 ? "all test samples" : std::to_string(known.limit) + " test samples";
    return {};
}

} // namespace

Result<StudyKeeper> StudyKeeper::open(const std::filesystem::path &path, Study wanted)
{
    std::error_code ignored;
    if (std::filesystem::exists(path, ignored)) {
        Result<Study> known = readStudy(path);
        if (!known)
            return known.error();
        if (!known->rows.empty()) {
            if (const std::string what = difference(*known, wanted); !what.empty())
                return unusableInput("'" + path.string() + "' has rows measured with " + what +
                                     "; name another study file, or remove this one");
        }
        wanted.rows = std::move(known->rows);
        wanted.trainings = std::move(known->trainings);
        wanted.columns = std::move(known->columns);
        for (const Study::Entry &entry : known->recipes)
            if (std::ranges::find(wanted.recipes, entry.recipe, &Study::Entry::recipe) == wanted.recipes.end())
                wanted.recipes.push_back({entry.recipe, false});
    }
    StudyKeeper keeper(path, std::move(wanted));
    if (const Result<void> saved = keeper.save(); !saved)
        return saved.error();
    return keeper;
}

std::vector<Row> StudyKeeper::finished(const Recipe &recipe, const std::vector<std::string> &boards) const
{
    const std::vector<std::string> wanted = boards.empty() ? std::vector<std::string>{""} : boards;
    std::vector<Row> rows;
    for (const std::string &board : wanted) {
        const auto row = std::ranges::find_if(m_study.rows, [&](const Row &known) {
            return known.text(Column::recipe) == recipe.text() && known.text(Column::board) == board &&
                   known.status() == Status::ok && known.text(Column::toolVersion) == ESPALIER_VERSION;
        });
        if (row == m_study.rows.end())
            return {};
        rows.push_back(*row);
    }
    return rows;
}

void StudyKeeper::follow(const Recipe &recipe, const TrainedEpoch &epoch)
{
    if (const std::string text = recipe.text(); m_running.recipe != text)
        m_running = {text, {}};
    m_running.epochs.push_back(epoch);
}

Result<void> StudyKeeper::take(const Row &row)
{
    if (row.status() == Status::cancelled)
        return {};
    if (!m_running.epochs.empty() && m_running.recipe == row.text(Column::recipe))
        m_study.take(m_running);
    m_study.take(row);
    return save();
}

} // namespace espalier::cli
