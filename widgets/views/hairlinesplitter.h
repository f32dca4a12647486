// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QSplitter>

namespace espalier::ui {

/// A splitter whose handles are hairlines; they can be caught a few pixels beside, too.
class HairlineSplitter : public QSplitter
{
    Q_OBJECT
public:
    explicit HairlineSplitter(Qt::Orientation orientation, QWidget *parent = nullptr);

protected:
    QSplitterHandle *createHandle() override;
};

} // namespace espalier::ui
