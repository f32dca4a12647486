// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/models/texttablemodel.h"

#include "widgets/coretexts.h"

namespace espalier::ui {

void TextTableModel::setTable(TextTable table)
{
    beginResetModel();
    m_table = std::move(table);
    endResetModel();
}

int TextTableModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : int(m_table.rows.size());
}

int TextTableModel::columnCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : int(m_table.heads.size());
}

QVariant TextTableModel::data(const QModelIndex &index, int role) const
{
    if (!index.isValid())
        return {};
    if (role == Qt::DisplayRole || role == Qt::ToolTipRole)
        return QString::fromStdString(m_table.rows[std::size_t(index.row())][std::size_t(index.column())]);
    if (role == Qt::TextAlignmentRole)
        return int(m_table.heads[std::size_t(index.column())].numeric ? Qt::AlignRight : Qt::AlignLeft) |
               int(Qt::AlignVCenter);
    return {};
}

QVariant TextTableModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || std::size_t(section) >= m_table.heads.size())
        return {};
    const TextTable::Head &head = m_table.heads[std::size_t(section)];
    if (role == Qt::DisplayRole) {
        const QString title = coreText(head.title), unit = QString::fromStdString(head.unit);
        return unit.isEmpty() || title.endsWith(unit) ? title : title + QChar(0xa0) + unit;
    }
    if (role == Qt::TextAlignmentRole)
        return int(head.numeric ? Qt::AlignRight : Qt::AlignLeft) | int(Qt::AlignVCenter);
    return {};
}

} // namespace espalier::ui
