// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QApplication>
#include <QDialogButtonBox>
#include <QFileDialog>
#include <QLineEdit>
#include <QMessageBox>
#include <QPushButton>
#include <QTimer>
#include <QtTest>

/// Answers the next file dialog with a path, as a person who types it.
inline void answerFileDialog(const QString &path)
{
    auto *timer = new QTimer(qApp);
    QObject::connect(timer, &QTimer::timeout, timer, [timer, path] {
        auto *dialog = qobject_cast<QFileDialog *>(QApplication::activeModalWidget());
        auto *line = dialog ? dialog->findChild<QLineEdit *>(QStringLiteral("fileNameEdit")) : nullptr;
        if (!line)
            return;
        timer->stop(); // it is deleted only after the next dialog, which is for another to answer
        timer->deleteLater();
        line->setText(path); // not by keys: the completer's list would take the Return
        for (QAbstractButton *button : dialog->findChild<QDialogButtonBox *>()->buttons())
            if (dialog->findChild<QDialogButtonBox *>()->buttonRole(button) == QDialogButtonBox::AcceptRole)
                QTest::mouseClick(button, Qt::LeftButton);
    });
    timer->start(0);
}

inline void answerQuestion(QMessageBox::StandardButton answer)
{
    auto *timer = new QTimer(qApp);
    QObject::connect(timer, &QTimer::timeout, timer, [timer, answer] {
        auto *box = qobject_cast<QMessageBox *>(QApplication::activeModalWidget());
        if (!box)
            return;
        timer->stop(); // it is deleted only after the next dialog, which is for another to answer
        timer->deleteLater();
        QTest::mouseClick(box->button(answer), Qt::LeftButton);
    });
    timer->start(0);
}
