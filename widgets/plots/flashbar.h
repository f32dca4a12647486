// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/study/bench.h"

#include <QWidget>

namespace espalier::ui {

/// Where the flash of a benchmark's image goes, as one bar from left to right; the harness, which no model is charged
/// with, is hatched at its end. The sentence says the same in numbers.
class FlashBar : public QWidget
{
    Q_OBJECT
public:
    explicit FlashBar(QWidget *parent = nullptr);

    void setParts(const FlashParts &parts);
    QString sentence() const;

    QSize sizeHint() const override { return {200, 12}; }

protected:
    void paintEvent(QPaintEvent *event) override;

private:
    FlashParts m_parts;
};

} // namespace espalier::ui
