// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/models/recipelistmodel.h"

#include <algorithm>

namespace espalier::ui {

void RecipeListModel::setEntries(std::vector<RecipeEntry> entries)
{
    // Told as the smallest change, so that views keep their place: same length, one more, one less, or anything.
    const auto before = m_entries.size(), after = entries.size();
    const auto [oldEnd, newEnd] = std::ranges::mismatch(m_entries, entries);
    const int first = int(oldEnd - m_entries.begin());
    if (after == before) {
        m_entries = std::move(entries);
        if (first < int(after))
            emit dataChanged(index(first), index(int(after) - 1));
    } else if (after == before + 1 && std::equal(oldEnd, m_entries.end(), newEnd + 1, entries.end())) {
        beginInsertRows({}, first, first);
        m_entries = std::move(entries);
        endInsertRows();
    } else if (before == after + 1 && std::equal(oldEnd + 1, m_entries.end(), newEnd, entries.end())) {
        beginRemoveRows({}, first, first);
        m_entries = std::move(entries);
        endRemoveRows();
    } else {
        beginResetModel();
        m_entries = std::move(entries);
        endResetModel();
    }
}

int RecipeListModel::freeVariantIndex(const std::vector<RecipeEntry> &entries)
{
    int index = 1;
    while (std::ranges::any_of(entries, [&](const RecipeEntry &entry) { return entry.variantIndex == index; }))
        ++index;
    return index;
}

QHash<QString, int> RecipeListModel::variantIndices() const
{
    QHash<QString, int> indices;
    for (const RecipeEntry &entry : m_entries)
        indices.insert(QString::fromStdString(entry.recipe.text()), entry.variantIndex);
    return indices;
}

int RecipeListModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : int(m_entries.size());
}

QVariant RecipeListModel::data(const QModelIndex &index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid | CheckIndexOption::ParentIsInvalid))
        return {};
    const RecipeEntry &entry = m_entries[std::size_t(index.row())];
    const QString line = QString::fromStdString(entry.recipe.text());
    switch (role) {
    case Qt::DisplayRole:
        return QString::fromStdString(entry.recipe.label());
    case Qt::ToolTipRole: {
        QStringList lines{line};
        if (entry.recipe.needs() == TechniqueNeeds::calibration)
            lines += tr("Needs calibration samples.");
        else if (entry.recipe.needs() == TechniqueNeeds::training)
            lines += tr("Needs training samples.");
        return lines.join(QLatin1Char('\n'));
    }
    case Qt::CheckStateRole:
        return entry.ticked ? Qt::Checked : Qt::Unchecked;
    case Qt::AccessibleDescriptionRole:
    case RecipeTextRole:
        return line;
    case VariantIndexRole:
        return entry.variantIndex;
    default:
        return {};
    }
}

bool RecipeListModel::setData(const QModelIndex &index, const QVariant &value, int role)
{
    if (role != Qt::CheckStateRole || !checkIndex(index, CheckIndexOption::IndexIsValid))
        return false;
    const bool ticked = value.toInt() == Qt::Checked;
    if (ticked == m_entries[std::size_t(index.row())].ticked)
        return false;
    emit tickRequested(index.row(), ticked);
    return true;
}

Qt::ItemFlags RecipeListModel::flags(const QModelIndex &index) const
{
    const Qt::ItemFlags flags = QAbstractListModel::flags(index);
    return index.isValid() ? flags | Qt::ItemIsUserCheckable | Qt::ItemNeverHasChildren : flags;
}

} // namespace espalier::ui
