// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

class QCoreApplication;
class QLocale;

namespace espalier::ui {

/// Installs the translations, ours and Qt's own, of the first language of the locale that we have one for.
void installTranslations(QCoreApplication &application);
void installTranslations(QCoreApplication &application, const QLocale &locale);

} // namespace espalier::ui
