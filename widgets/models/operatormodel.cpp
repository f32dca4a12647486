// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/models/operatormodel.h"

#include "widgets/coretexts.h"
#include "widgets/format.h"

namespace espalier::ui {

void OperatorModel::setSummary(ModelSummaryPtr summary)
{
    if (summary == m_summary)
        return;
    beginResetModel();
    m_summary = std::move(summary);
    endResetModel();
}

int OperatorModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() || !m_summary ? 0 : int(m_summary->operators.size());
}

int OperatorModel::columnCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : ColumnCount;
}

QVariant OperatorModel::data(const QModelIndex &index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid | CheckIndexOption::ParentIsInvalid))
        return {};
    const OperatorLine &line = m_summary->operators[std::size_t(index.row())];
    switch (role) {
    case Qt::DisplayRole:
        if (index.column() == TypeColumn)
            return line.unsupportedWhy.isEmpty() ? line.typeName : tr("⚠ %1").arg(line.typeName);
        if (index.column() == ShapeColumn)
            return line.outputShape;
        return line.macs > 0 ? countText(double(line.macs)) : QString();
    case Qt::ToolTipRole: {
        QStringList lines{line.name, tr("%1, output %2 %3").arg(line.typeName, line.outputType, line.outputShape)};
        if (line.parameters > 0)
            lines += tr("%1 parameters").arg(countText(double(line.parameters)));
        if (line.macs > 0)
            lines += tr("%1 MACs, %2 % of the model's")
                         .arg(countText(double(line.macs)),
                              QLocale().toString(100.0 * double(line.macs) / double(m_summary->macs), 'f', 1));
        if (!line.unsupportedWhy.isEmpty())
            lines += tr("Cannot run here: %1").arg(line.unsupportedWhy);
        lines.removeAll(QString());
        return lines.join(QLatin1Char('\n'));
    }
    case Qt::TextAlignmentRole:
        return int(Qt::AlignVCenter | (index.column() == MacsColumn ? Qt::AlignRight : Qt::AlignLeft));
    case ShareRole:
        return index.column() == MacsColumn && m_summary->macs > 0 ? double(line.macs) / double(m_summary->macs) : 0.0;
    default:
        return {};
    }
}

QVariant OperatorModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal)
        return QAbstractTableModel::headerData(section, orientation, role);
    if (role == Qt::TextAlignmentRole)
        return int(Qt::AlignVCenter | (section == MacsColumn ? Qt::AlignRight : Qt::AlignLeft));
    if (role != Qt::DisplayRole)
        return {};
    switch (section) {
    case TypeColumn:
        return tr("Operator");
    case ShapeColumn:
        return tr("Output");
    case MacsColumn:
        return columnTitle(espalier::Column::macs);
    default:
        return {};
    }
}

} // namespace espalier::ui
