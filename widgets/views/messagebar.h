// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QStringList>
#include <QWidget>

class QLabel;
class QToolButton;

namespace espalier::ui {

/// Where all errors show: a bar below the tools that stays until it is closed, with the newest message first and the
/// others a click away. Never a dialog in the way.
class MessageBar : public QWidget
{
    Q_OBJECT
public:
    explicit MessageBar(QWidget *parent = nullptr);

    void add(const QString &sentence);
    void clear();
    const QStringList &messages() const { return m_messages; }
    void copyAll() const;

protected:
    void paintEvent(QPaintEvent *event) override;
    void keyPressEvent(QKeyEvent *event) override;

private:
    void update();
    void step(int by);

    QStringList m_messages;
    int m_shown = 0;
    QLabel *m_text, *m_count;
    QToolButton *m_previous, *m_next;
};

} // namespace espalier::ui
