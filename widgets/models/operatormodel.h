// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "widgets/models/modelsummary.h"

#include <QAbstractTableModel>

namespace espalier::ui {

/// The operators of one model in the order they run, with their share of the work.
class OperatorModel : public QAbstractTableModel
{
    Q_OBJECT
public:
    enum Column { TypeColumn, ShapeColumn, MacsColumn, ColumnCount };
    enum Role { ShareRole = Qt::UserRole + 1 }; ///< double, in the MACs column: of the model's sum

    using QAbstractTableModel::QAbstractTableModel;

    void setSummary(ModelSummaryPtr summary);

    int rowCount(const QModelIndex &parent = {}) const override;
    int columnCount(const QModelIndex &parent = {}) const override;
    QVariant data(const QModelIndex &index, int role = Qt::DisplayRole) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role = Qt::DisplayRole) const override;

private:
    ModelSummaryPtr m_summary;
};

} // namespace espalier::ui
