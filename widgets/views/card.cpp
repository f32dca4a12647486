// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/views/card.h"

#include "widgets/theme.h"
#include "widgets/views/elidedlabel.h"

#include <QEvent>
#include <QLabel>
#include <QVBoxLayout>

namespace espalier::ui {

Card::Card(const QString &heading, QWidget *parent)
    : QWidget(parent), m_body(new QVBoxLayout(this)), m_heading(new QLabel(heading, this))
{
    m_body->setContentsMargins(3 * grid, 2 * grid, 3 * grid, 2 * grid);
    m_body->setSpacing(grid);
    m_heading->setFont(headingFont(this));
    m_body->addWidget(m_heading);
    setTone(m_heading, Tone::muted);
}

QLabel *Card::addName()
{
    auto *label = new ElidedLabel(this);
    QFont bold = font();
    bold.setWeight(QFont::DemiBold);
    label->setFont(bold);
    label->setTextFormat(Qt::PlainText);
    m_body->addWidget(label);
    return label;
}

QLabel *Card::addSentence()
{
    auto *label = new QLabel(this);
    label->setWordWrap(true);
    label->setTextInteractionFlags(Qt::TextSelectableByMouse);
    label->setFont(smallFont(this));
    setTone(label, Tone::muted);
    m_sentences += label;
    m_body->addWidget(label);
    return label;
}

void Card::setTone(QLabel *label, Tone tone) const
{
    label->setProperty("tone", int(tone));
    const Tones t = tones(palette());
    QPalette toned = palette();
    toned.setColor(QPalette::WindowText, tone == Tone::good ? t.good : tone == Tone::bad ? t.bad : t.muted);
    label->setPalette(toned);
}

void Card::changeEvent(QEvent *event)
{
    if (event->type() == QEvent::PaletteChange) {
        setTone(m_heading, Tone::muted);
        for (QLabel *label : m_sentences)
            setTone(label, Tone(label->property("tone").toInt()));
    }
    QWidget::changeEvent(event);
}

} // namespace espalier::ui
