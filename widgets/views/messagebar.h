// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QHash>
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

    /// `picture`, an SVG file, shows what the sentence asks a person to do.
    void add(const QString &sentence, const QString &picture = {});
    /// A message that is not true any more goes by itself.
    void remove(const QString &sentence);
    void clear();
    const QStringList &messages() const { return m_messages; }
    void copyAll() const;

protected:
    void paintEvent(QPaintEvent *event) override;
    void keyPressEvent(QKeyEvent *event) override;

private:
    void update();
    void step(int by);
    void showPicture();

    QStringList m_messages;
    QHash<QString, QString> m_pictures; ///< by message
    int m_shown = 0;
    QLabel *m_text, *m_count;
    QToolButton *m_previous, *m_next, *m_show;
};

} // namespace espalier::ui
