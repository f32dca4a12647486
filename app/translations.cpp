// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/translations.h"

#include <QCoreApplication>
#include <QLibraryInfo>
#include <QLocale>
#include <QTranslator>

// Resources of a static library are linked when somebody asks for them, outside of any namespace.
static void initTranslations()
{
    Q_INIT_RESOURCE(translations);
}

namespace espalier::ui {

void installTranslations(QCoreApplication &application)
{
    installTranslations(application, QLocale());
}

void installTranslations(QCoreApplication &application, const QLocale &locale)
{
    initTranslations();
    QStringList languages = locale.uiLanguages();
    languages += QStringLiteral("en"); // everything is written in English; its file has the plural forms
    for (QString language : languages) {
        language.replace(QLatin1Char('-'), QLatin1Char('_'));
        auto *ours = new QTranslator(&application);
        if (!ours->load(QStringLiteral(":/i18n/espalier_%1.qm").arg(language))) {
            delete ours;
            continue;
        }
        auto *qt = new QTranslator(&application);
        if (qt->load(QStringLiteral("qtbase_%1").arg(language), QLibraryInfo::path(QLibraryInfo::TranslationsPath)))
            application.installTranslator(qt);
        application.installTranslator(ours);
        return;
    }
}

} // namespace espalier::ui
