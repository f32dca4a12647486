// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/models/layermodel.h"

#include "widgets/coretexts.h"
#include "widgets/format.h"

#include <algorithm>

namespace espalier::ui {

void LayerModel::setRecord(std::shared_ptr<const BenchRecord> record)
{
    if (record == m_record)
        return;
    beginResetModel();
    m_record = std::move(record);
    m_sum = 0;
    if (m_record) {
        m_hasCycles =
            std::ranges::any_of(m_record->layers, [](const LayerProfile &layer) { return layer.cycles.has_value(); });
        for (const LayerProfile &layer : m_record->layers)
            m_sum += double(spent(layer));
    }
    endResetModel();
}

std::int64_t LayerModel::spent(const LayerProfile &layer) const
{
    return (m_hasCycles ? layer.cycles : layer.instructions).value_or(0);
}

QString LayerModel::sources() const
{
    QStringList all;
    for (int row = 0; row < rowCount(); ++row) {
        const LayerProfile &layer = m_record->layers[std::size_t(row)];
        if (layer.bestPerMac)
            all += QString::fromStdString(layer.bestKnown);
    }
    all.removeDuplicates();
    return all.join(QLatin1Char('\n'));
}

int LayerModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() || !m_record ? 0 : int(m_record->layers.size());
}

int LayerModel::columnCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : ColumnCount;
}

QVariant LayerModel::data(const QModelIndex &index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid | CheckIndexOption::ParentIsInvalid))
        return {};
    const LayerProfile &layer = m_record->layers[std::size_t(index.row())];
    const double share = m_sum > 0 ? double(spent(layer)) / m_sum : 0;
    const auto twoDecimals = [](const std::optional<double> &value) {
        return value ? QLocale().toString(*value, 'f', 2) : QString();
    };
    switch (role) {
    case Qt::DisplayRole:
        switch (index.column()) {
        case TypeColumn:
            return QString::fromStdString(layer.typeName);
        case SpentColumn:
            return countText(double(spent(layer)));
        case PerMacColumn:
            return twoDecimals(layer.perMac());
        default:
            return twoDecimals(layer.bestPerMac);
        }
    case Qt::ToolTipRole: {
        QStringList lines{QString::fromStdString(layer.name),
                          tr("%1 % of the inference").arg(QLocale().toString(100 * share, 'f', 1))};
        if (layer.macs > 0)
            lines += tr("%1 MACs").arg(countText(double(layer.macs)));
        if (layer.bestPerMac)
            lines += tr("Best known, per MAC of a whole model: %1").arg(QString::fromStdString(layer.bestKnown));
        return lines.join(QLatin1Char('\n'));
    }
    case Qt::TextAlignmentRole:
        return int(Qt::AlignVCenter | (index.column() == TypeColumn ? Qt::AlignLeft : Qt::AlignRight));
    case ShareRole:
        return index.column() == SpentColumn ? share : 0.0;
    default:
        return {};
    }
}

QVariant LayerModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal)
        return QAbstractTableModel::headerData(section, orientation, role);
    if (role == Qt::TextAlignmentRole)
        return int(Qt::AlignVCenter | (section == TypeColumn ? Qt::AlignLeft : Qt::AlignRight));
    if (role != Qt::DisplayRole)
        return {};
    switch (section) {
    case TypeColumn:
        return tr("Layer");
    case SpentColumn:
        //: heads a narrow column of counted instructions
        return m_hasCycles ? columnTitle(espalier::Column::cycles) : tr("Instr.");
    case PerMacColumn:
        return tr("per MAC");
    default:
        //: heads the least cycles or instructions per multiply-accumulate that anybody is known to take
        return tr("best");
    }
}

} // namespace espalier::ui
