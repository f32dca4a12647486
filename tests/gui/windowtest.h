// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/mainwindow.h"
#include "app/studycontroller.h"
#include "core/base/file.h"
#include "core/formats/modelformat.h"
#include "support/pointsstudy.h"
#include "widgets/models/recipelistmodel.h"

#include <QApplication>
#include <QMenu>
#include <QMimeData>
#include <QSettings>
#include <QStandardPaths>
#include <QTemporaryDir>
#include <QtTest>

#include <memory>

namespace espalier::ui {

/// What tests of the window share: a study of few points, the window over it, and a person's hands.
class WindowTest
{
protected:
    /// For initTestCase(): settings of the test's own, no dialogs of the desktop.
    static void startOnce(const QString &name)
    {
        QLocale::setDefault(QLocale(QLocale::English, QLocale::UnitedStates));
        QStandardPaths::setTestModeEnabled(true);
        QCoreApplication::setOrganizationName(QStringLiteral("EspalierTest"));
        QCoreApplication::setApplicationName(name);
        QApplication::setAttribute(Qt::AA_DontUseNativeDialogs);
    }

    /// For init() and cleanup().
    void open()
    {
        QSettings().clear();
        std::filesystem::remove(StudyController::recoveryPath());
        m_folder = std::make_unique<QTemporaryDir>();
        m_model = m_folder->filePath(QStringLiteral("points.tflite"));
        m_data = m_folder->filePath(QStringLiteral("points.csv"));
        QVERIFY(writeModel(*smallModel(), m_model.toStdString()));
        QVERIFY(writeFile(m_data.toStdString(), points()));
        m_study = std::make_unique<StudyController>();
        m_window = std::make_unique<MainWindow>(*m_study);
        m_window->resize(1280, 800);
        m_window->show();
        QVERIFY(QTest::qWaitForWindowExposed(m_window.get()));
        m_window->activateWindow();
        QTRY_VERIFY(m_window->isActiveWindow());
    }

    void close()
    {
        m_window.reset();
        m_study.reset();
    }

    void drop(const QStringList &paths)
    {
        QMimeData mime;
        QList<QUrl> urls;
        for (const QString &path : paths)
            urls += QUrl::fromLocalFile(path);
        mime.setUrls(urls);
        QDragEnterEvent enter(QPoint(300, 300), Qt::CopyAction, &mime, Qt::LeftButton, Qt::NoModifier);
        QCoreApplication::sendEvent(m_window.get(), &enter);
        QVERIFY(enter.isAccepted());
        QDropEvent event(QPointF(300, 300), Qt::CopyAction, &mime, Qt::LeftButton, Qt::NoModifier);
        QCoreApplication::sendEvent(m_window.get(), &event);
    }

    void openStudyFiles()
    {
        drop({m_model, m_data});
        QTRY_VERIFY(m_study->model() && m_study->data());
        m_study->addUsualRecipes();
        QVERIFY(m_study->recipes()->rowCount() >= 5);
    }

    void runToTheEnd()
    {
        QTest::keyClick(m_window.get(), Qt::Key_F5);
        QVERIFY(m_study->isComparing());
        QTRY_VERIFY_WITH_TIMEOUT(!m_study->isComparing(), 60000);
    }

    void trigger(const QString &menuTitle, const QString &actionText)
    {
        for (QMenu *menu : m_window->findChildren<QMenu *>())
            for (QAction *action : menu->actions())
                if (menu->title() == menuTitle && action->text() == actionText) {
                    QVERIFY2(action->isEnabled(), qPrintable(actionText));
                    action->trigger();
                    return;
                }
        QFAIL(qPrintable(menuTitle + QStringLiteral(" > ") + actionText));
    }

    template <class Widget>
    Widget *find(const char *name) const
    {
        return m_window->findChild<Widget *>(QString::fromLatin1(name));
    }

    std::unique_ptr<QTemporaryDir> m_folder;
    std::unique_ptr<StudyController> m_study;
    std::unique_ptr<MainWindow> m_window;
    QString m_model, m_data;
};

} // namespace espalier::ui
