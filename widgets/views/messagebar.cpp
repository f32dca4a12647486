// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/views/messagebar.h"

#include "widgets/symbols.h"
#include "widgets/theme.h"

#include <QClipboard>
#include <QDialog>
#include <QGuiApplication>
#include <QHBoxLayout>
#include <QKeyEvent>
#include <QLabel>
#include <QPainter>
#include <QSvgRenderer>
#include <QToolButton>
#include <QVBoxLayout>

#include <algorithm>

namespace espalier::ui {

MessageBar::MessageBar(QWidget *parent) : QWidget(parent), m_text(new QLabel(this)), m_count(new QLabel(this))
{
    setObjectName(QStringLiteral("messageBar"));
    setAccessibleName(tr("Messages"));
    setFocusPolicy(Qt::TabFocus);
    auto *icon = new QLabel(this);
    icon->setPixmap(symbolIcon(QStringLiteral("warning")).pixmap(QSize(16, 16), devicePixelRatio()));
    m_text->setObjectName(QStringLiteral("messageText"));
    m_text->setWordWrap(true);
    m_text->setTextFormat(Qt::PlainText);
    m_text->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    const auto button = [this](const QString &text, const QString &name) {
        auto *result = new QToolButton(this);
        result->setText(text);
        result->setAutoRaise(true);
        result->setAccessibleName(name);
        result->setToolTip(name);
        return result;
    };
    m_previous = button(QStringLiteral("‹"), tr("Older message"));
    m_next = button(QStringLiteral("›"), tr("Newer message"));
    m_show = button(tr("Show How"), tr("Show a picture of what to do"));
    m_show->setObjectName(QStringLiteral("showHow"));
    QToolButton *copy = button(tr("Copy"), tr("Copy all messages"));
    copy->setObjectName(QStringLiteral("copyMessages"));
    QToolButton *close = button(QStringLiteral("✕"), tr("Close the messages"));
    close->setObjectName(QStringLiteral("closeMessages"));
    connect(m_previous, &QToolButton::clicked, this, [this] { step(-1); });
    connect(m_next, &QToolButton::clicked, this, [this] { step(1); });
    connect(m_show, &QToolButton::clicked, this, &MessageBar::showPicture);
    connect(copy, &QToolButton::clicked, this, &MessageBar::copyAll);
    connect(close, &QToolButton::clicked, this, &MessageBar::clear);

    auto *layout = new QHBoxLayout(this);
    layout->setContentsMargins(3 * grid, grid, 2 * grid, grid);
    layout->setSpacing(2 * grid);
    layout->addWidget(icon);
    layout->addWidget(m_text, 1);
    layout->addWidget(m_show);
    layout->addWidget(m_previous);
    layout->addWidget(m_count);
    layout->addWidget(m_next);
    layout->addWidget(copy);
    layout->addWidget(close);
    update();
}

void MessageBar::add(const QString &sentence, const QString &picture)
{
    if (sentence.isEmpty())
        return;
    if (!picture.isEmpty())
        m_pictures.insert(sentence, picture);
    m_messages.removeAll(sentence); // the same trouble again is one message, the newest
    m_messages.append(sentence);
    m_shown = int(m_messages.size()) - 1;
    update();
}

void MessageBar::remove(const QString &sentence)
{
    m_messages.removeAll(sentence);
    m_pictures.remove(sentence);
    m_shown = std::clamp(m_shown, 0, std::max(0, int(m_messages.size()) - 1));
    update();
}

void MessageBar::clear()
{
    m_messages.clear();
    m_pictures.clear();
    m_shown = 0;
    update();
}

void MessageBar::copyAll() const
{
    QGuiApplication::clipboard()->setText(m_messages.join(QLatin1Char('\n')));
}

void MessageBar::step(int by)
{
    m_shown = std::clamp(m_shown + by, 0, int(m_messages.size()) - 1);
    update();
}

void MessageBar::update()
{
    const bool several = m_messages.size() > 1;
    for (QWidget *widget : std::initializer_list<QWidget *>{m_previous, m_count, m_next})
        widget->setVisible(several);
    m_previous->setEnabled(m_shown > 0);
    m_next->setEnabled(m_shown + 1 < m_messages.size());
    m_text->setText(m_messages.value(m_shown));
    m_show->setVisible(m_pictures.contains(m_messages.value(m_shown)));
    m_count->setText(tr("%1 of %2").arg(m_shown + 1).arg(m_messages.size()));
    setVisible(!m_messages.isEmpty());
}

void MessageBar::showPicture()
{
    auto *dialog = new QDialog(this);
    dialog->setObjectName(QStringLiteral("pictureDialog"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setWindowTitle(tr("What to Do"));
    const QString sentence = m_messages.value(m_shown);
    QSvgRenderer svg(m_pictures.value(sentence));
    QPixmap pixmap(svg.defaultSize() * devicePixelRatio());
    pixmap.fill(Qt::transparent);
    QPainter painter(&pixmap);
    svg.render(&painter);
    painter.end();
    pixmap.setDevicePixelRatio(devicePixelRatio());
    auto *picture = new QLabel(dialog);
    picture->setPixmap(pixmap);
    picture->setAccessibleName(sentence);
    auto *text = new QLabel(sentence, dialog);
    text->setWordWrap(true);
    text->setTextFormat(Qt::PlainText);
    auto *layout = new QVBoxLayout(dialog);
    layout->addWidget(picture, 0, Qt::AlignHCenter);
    layout->addWidget(text);
    dialog->show();
}

void MessageBar::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    const Tones t = tones(palette());
    painter.fillRect(rect(), t.warning);
    painter.setPen(t.line);
    painter.drawLine(rect().bottomLeft(), rect().bottomRight());
}

void MessageBar::keyPressEvent(QKeyEvent *event)
{
    if (event->matches(QKeySequence::Copy))
        copyAll();
    else if (event->key() == Qt::Key_Escape)
        clear();
    else
        QWidget::keyPressEvent(event);
}

} // namespace espalier::ui
