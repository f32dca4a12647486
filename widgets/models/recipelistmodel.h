// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/techniques/recipe.h"

#include <QAbstractListModel>
#include <QHash>

#include <vector>

namespace espalier::ui {

/// A recipe of the study: whether it takes part in the next comparison, and its colour and marker, which it keeps when
/// the list changes around it.
struct RecipeEntry
{
    Recipe recipe;
    bool ticked = true;
    int variantIndex = 1;
    bool operator==(const RecipeEntry &) const = default;
};

/// The recipes of a study in the person's order. A view ticks through setData(); everything else is set as a whole by
/// the owner, who also keeps the history for undo.
class RecipeListModel : public QAbstractListModel
{
    Q_OBJECT
public:
    enum Role {
        RecipeTextRole = Qt::UserRole + 1, ///< QString: the recipe's line
        VariantIndexRole,                  ///< int: colour and marker
    };

    using QAbstractListModel::QAbstractListModel;

    void setEntries(std::vector<RecipeEntry> entries);
    const std::vector<RecipeEntry> &entries() const { return m_entries; }

    /// The smallest colour number that no entry has, for a new one.
    static int freeVariantIndex(const std::vector<RecipeEntry> &entries);
    QHash<QString, int> variantIndices() const;

    int rowCount(const QModelIndex &parent = {}) const override;
    QVariant data(const QModelIndex &index, int role = Qt::DisplayRole) const override;
    bool setData(const QModelIndex &index, const QVariant &value, int role) override;
    Qt::ItemFlags flags(const QModelIndex &index) const override;

signals:
    /// The person ticked or unticked; the owner answers with setEntries().
    void tickRequested(int row, bool ticked);

private:
    std::vector<RecipeEntry> m_entries;
};

} // namespace espalier::ui
