// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/study/bench.h"
#include "widgets/views/card.h"

#include <span>

class QPushButton;

namespace espalier::ui {

/// The boards that are plugged in: their states, and what helps where one cannot be used. Hidden while there is none.
class BoardCard : public Card
{
    Q_OBJECT
public:
    explicit BoardCard(QWidget *parent = nullptr);

    void setBoards(std::span<const PluggedBoard> boards);

signals:
    void rulesWanted(); ///< the person wants to be permitted

private:
    QLabel *m_ready, *m_troubled;
    QPushButton *m_permit;
};

} // namespace espalier::ui
