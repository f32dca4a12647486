// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

class QLabel;
class QVBoxLayout;

namespace espalier::ui {

/// A titled part of the side panel: a small heading, a name, sentences.
class Card : public QWidget
{
    Q_OBJECT
public:
    explicit Card(const QString &heading, QWidget *parent = nullptr);

protected:
    QVBoxLayout *body() const { return m_body; }
    QLabel *addName();     ///< bold, on one line
    QLabel *addSentence(); ///< secondary text
    enum class Tone { muted, good, bad };
    void setTone(QLabel *label, Tone tone) const;
    void changeEvent(QEvent *event) override;

private:
    QVBoxLayout *m_body;
    QLabel *m_heading;
    QList<QLabel *> m_sentences;
};

} // namespace espalier::ui
