// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/techniques/technique.h"

#include <QAbstractListModel>

namespace espalier::ui {

/// The catalogue of techniques, for choosing one: title, summary as tooltip, grouped by family in core's order.
class TechniqueModel : public QAbstractListModel
{
    Q_OBJECT
public:
    enum Role {
        IdRole = Qt::UserRole + 1, ///< QString
        FamilyRole,                ///< QString, translated
    };

    using QAbstractListModel::QAbstractListModel;

    int rowCount(const QModelIndex &parent = {}) const override;
    QVariant data(const QModelIndex &index, int role = Qt::DisplayRole) const override;
};

QString familyTitle(TechniqueFamily family);
/// Summary, what it needs, and where its definition comes from.
QString techniqueToolTip(const Technique &technique);

} // namespace espalier::ui
