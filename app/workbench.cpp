// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/workbench.h"

#include "app/mainwindow.h"
#include "app/studycontroller.h"
#include "app/translations.h"
#include "widgets/programstyle.h"

#include <QApplication>
#include <QIcon>
#include <QResource>

// Resources of a static library are linked when somebody asks for them, outside of any namespace.
static void initResources()
{
    Q_INIT_RESOURCE(espalier);
}

namespace espalier::ui {

int runWorkbench(int argc, char **argv)
{
    QApplication application(argc, argv);
    QApplication::setStyle(new ProgramStyle); // which the application deletes
    initResources();
    QApplication::setOrganizationName(QStringLiteral("Espalier"));
    QApplication::setApplicationName(QStringLiteral("espalier"));
    QApplication::setApplicationDisplayName(QStringLiteral("Espalier"));
    QApplication::setApplicationVersion(QStringLiteral(ESPALIER_VERSION));
    QApplication::setDesktopFileName(QStringLiteral("io.github.espalier.Espalier"));
    QApplication::setWindowIcon(QIcon(QStringLiteral(":/espalier/espalier.svg")));
    installTranslations(application);

    StudyController study;
    MainWindow window(study);
    window.show();
    std::vector<std::filesystem::path> paths;
    const QStringList arguments = QApplication::arguments();
    for (const QString &argument : arguments.mid(1))
        paths.emplace_back(argument.toStdString());
    if (paths.empty())
        study.openSample();
    else
        study.open(paths);
    return QApplication::exec();
}

} // namespace espalier::ui
