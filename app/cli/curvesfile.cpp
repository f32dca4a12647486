// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/curvesfile.h"

#include "core/base/file.h"
#include "core/base/text.h"
#include "core/data/table.h"
#include "core/exporters/csvtable.h"

#include <charconv>

namespace espalier::cli {

CurvesFile::CurvesFile(std::filesystem::path path, const std::vector<std::string> &first) : m_path(std::move(path))
{
    for (const std::string &title : first)
        m_table.heads.push_back({title, "", false});
    for (const char *const title : {"epoch", "loss", "accuracy", "validation_loss", "validation_accuracy"})
        m_table.heads.push_back({title, "", true});
}

CurvesFile CurvesFile::ofResumed(std::filesystem::path path)
{
    CurvesFile file(std::move(path));
    file.readRows();
    return file;
}

/// Nothing where there is no file, or one of something else.
void CurvesFile::readRows()
{
    const Result<Bytes> bytes = m_path.empty() ? Result<Bytes>(Bytes()) : readFile(m_path);
    if (!bytes)
        return;
    TableReader reader(*bytes, ',');
    TableRow line;
    bool isTitle = true;
    for (Result<bool> found = reader.next(line); found && *found; found = reader.next(line)) {
        std::vector<std::string> cells(line.cells.begin(), line.cells.end());
        if (cells.size() != m_table.heads.size() || (isTitle && cells.front() != m_table.heads.front().title))
            return;
        if (!isTitle)
            m_table.rows.push_back(std::move(cells));
        isTitle = false;
    }
}

CurvesFile CurvesFile::ofRecipes(std::filesystem::path path)
{
    return {std::move(path), {"recipe", "step", "technique"}};
}

void CurvesFile::add(const EpochResult &epoch)
{
    // Of a training that goes on: what the file tells of this epoch and later ones comes again.
    std::erase_if(m_table.rows, [&](const std::vector<std::string> &row) {
        int number = 0;
        std::from_chars(row.front().data(), row.front().data() + row.front().size(), number);
        return number >= epoch.epoch;
    });
    addRow({}, epoch);
}

void CurvesFile::add(const Recipe &recipe, const TrainedEpoch &epoch)
{
    const Technique &technique = *recipe.steps()[epoch.step - 1].technique;
    addRow({recipe.text(), std::to_string(epoch.step), std::string(technique.id)}, epoch.result);
}

void CurvesFile::addRow(std::vector<std::string> cells, const EpochResult &epoch)
{
    if (m_path.empty())
        return;
    const auto perhaps = [](const std::optional<double> &value) { return value ? numberText(*value) : std::string(); };
    cells.insert(cells.end(), {std::to_string(epoch.epoch), numberText(epoch.trainLoss), perhaps(epoch.trainAccuracy),
                               perhaps(epoch.validationLoss), perhaps(epoch.validationAccuracy)});
    m_table.rows.push_back(std::move(cells));
    if (const Result<void> written = writeFile(m_path, csvText(m_table)); !written)
        m_outcome = written;
}

} // namespace espalier::cli
