// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QSortFilterProxyModel>

namespace espalier::ui {

/// The comparison in the order the person asked for: by number, the original always first, empty cells always last.
class ComparisonSort : public QSortFilterProxyModel
{
    Q_OBJECT
public:
    explicit ComparisonSort(QObject *parent = nullptr);

protected:
    bool lessThan(const QModelIndex &left, const QModelIndex &right) const override;
};

} // namespace espalier::ui
