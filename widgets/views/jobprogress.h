// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QElapsedTimer>
#include <QWidget>

class QLabel;
class QProgressBar;
class QPushButton;

namespace espalier::ui {

/// What runs now, how far it is, how long it still takes, and the button that stops it. Hidden while nothing runs.
class JobProgress : public QWidget
{
    Q_OBJECT
public:
    explicit JobProgress(QWidget *parent = nullptr);

    void start(const QString &title);
    /// `fraction` of the whole job, or -1 while that is not known.
    void show(const QString &phase, double fraction);
    void stopping();
    void finish();

signals:
    void cancelRequested();

private:
    QLabel *m_text, *m_left;
    QProgressBar *m_bar;
    QPushButton *m_cancel;
    QElapsedTimer m_elapsed;
    QString m_title;
};

/// Seconds that remain after `elapsed` seconds at `fraction` of the work; -1 while too little is done to tell.
double secondsLeft(double elapsed, double fraction);

} // namespace espalier::ui
