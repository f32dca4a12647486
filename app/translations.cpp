// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/translations.h"

#include <QCoreApplication>
#include <QLibraryInfo>
#include <QLocale>
#include <QTranslator>

namespace espalier::ui {

void installTranslations(QCoreApplication &application)
{
    installTranslations(application, QLocale());
}

void installTranslations(QCoreApplication &application, const QLocale &locale)
{
    // QTranslator walks the languages that the person prefers, and stops at English, in which everything is written.
    for (QString language : locale.uiLanguages()) {
        language.replace(QLatin1Char('-'), QLatin1Char('_'));
        if (language == QLatin1String("C") || language.startsWith(QLatin1String("en")))
            return;
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
