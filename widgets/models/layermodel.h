// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "widgets/models/boardmemory.h"
#include "widgets/models/operatormodel.h"

#include <QAbstractTableModel>

namespace espalier::ui {

/// What each layer took on a board, in the order they run: cycles, or instructions where only these are known, their
/// share of the sum, and how many they are for each multiply-accumulate beside the best that is known.
class LayerModel : public QAbstractTableModel
{
    Q_OBJECT
public:
    enum Column { TypeColumn, SpentColumn, PerMacColumn, BestColumn, ColumnCount };
    enum Role { ShareRole = OperatorModel::ShareRole }; ///< double, in the column of what was spent

    using QAbstractTableModel::QAbstractTableModel;

    /// A record without layers, or none, leaves the model empty.
    void setRecord(std::shared_ptr<const BenchRecord> record);

    /// Whose figures the best ones are, a line each; empty where there are none.
    QString sources() const;

    int rowCount(const QModelIndex &parent = {}) const override;
    int columnCount(const QModelIndex &parent = {}) const override;
    QVariant data(const QModelIndex &index, int role = Qt::DisplayRole) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role = Qt::DisplayRole) const override;

private:
    std::int64_t spent(const LayerProfile &layer) const;

    std::shared_ptr<const BenchRecord> m_record;
    bool m_hasCycles = false;
    double m_sum = 0;
};

} // namespace espalier::ui
