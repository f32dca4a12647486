// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/models/comparisonsort.h"

#include "widgets/models/variantmodel.h"

namespace espalier::ui {

ComparisonSort::ComparisonSort(QObject *parent) : QSortFilterProxyModel(parent)
{
    setSortRole(VariantModel::SortRole);
    setDynamicSortFilter(false); // rows do not jump when a figure arrives; the person sorts again
}

bool ComparisonSort::lessThan(const QModelIndex &left, const QModelIndex &right) const
{
    // The proxy turns the answer round for a descending order; what stays in place must be turned round twice.
    const bool ascending = sortOrder() == Qt::AscendingOrder;
    const bool leftOriginal = left.data(VariantModel::VariantIndexRole).toInt() == 0;
    const bool rightOriginal = right.data(VariantModel::VariantIndexRole).toInt() == 0;
    if (leftOriginal != rightOriginal)
        return leftOriginal == ascending;
    const QVariant a = left.data(sortRole()), b = right.data(sortRole());
    if (a.isValid() != b.isValid())
        return a.isValid() == ascending;
    if (a.typeId() == QMetaType::Double)
        return a.toDouble() < b.toDouble();
    return QString::localeAwareCompare(a.toString(), b.toString()) < 0;
}

} // namespace espalier::ui
