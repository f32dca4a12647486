// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/views/boardcard.h"

#include "widgets/coretexts.h"
#include "widgets/theme.h"

#include <QLabel>
#include <QPushButton>
#include <QVBoxLayout>

namespace espalier::ui {

BoardCard::BoardCard(QWidget *parent)
    : Card(tr("Boards"), parent), m_ready(addSentence()), m_troubled(addSentence()),
      m_permit(new QPushButton(tr("Let Me Use Boards…"), this))
{
    m_ready->setObjectName(QStringLiteral("boardsReady"));
    m_troubled->setObjectName(QStringLiteral("boardsTroubled"));
    m_permit->setObjectName(QStringLiteral("permitBoards"));
    m_permit->setToolTip(tr("Installs the udev rule that permits it; asks for the administrator's password"));
    setTone(m_ready, Tone::good);
    setTone(m_troubled, Tone::bad);
    makeRoomy(m_permit);
    body()->addWidget(m_permit, 0, Qt::AlignLeft);
    connect(m_permit, &QPushButton::clicked, this, &BoardCard::rulesWanted);
    setBoards({});
}

void BoardCard::setBoards(std::span<const PluggedBoard> boards)
{
    QStringList ready, troubled;
    bool needsRules = false;
    for (const PluggedBoard &board : boards) {
        const QString title = QString::fromStdString(board.title), state = coreText(board.state);
        //: A board that can be used: %1 its name, %2 its state, %3 where it is plugged in
        QString line = tr("✓ %1, %2 (%3)");
        //: A board that cannot be used as it is: %1 its name, %2 its state, %3 where it is plugged in, %4 what helps
        if (!board.remedy.empty())
            line = tr("✗ %1, %2 (%3): %4");
        line = line.arg(title, state, QString::fromStdString(board.id));
        if (!board.remedy.empty())
            line = line.arg(QString::fromStdString(board.remedy));
        (board.remedy.empty() ? ready : troubled) += line;
        needsRules = needsRules || board.needsRules;
    }
    m_ready->setText(ready.join(u'\n'));
    m_troubled->setText(troubled.join(u'\n'));
    m_ready->setVisible(!ready.isEmpty());
    m_troubled->setVisible(!troubled.isEmpty());
    m_permit->setVisible(needsRules);
    setVisible(!boards.empty());
}

} // namespace espalier::ui
