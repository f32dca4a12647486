// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/settings.h"

#include <QSettings>

namespace espalier::ui {

namespace {

constexpr qsizetype recentLimit = 10;

} // namespace

Settings Settings::load()
{
    const QSettings store;
    Settings settings;
    settings.geometry = store.value(QStringLiteral("window/geometry")).toByteArray();
    settings.sides = store.value(QStringLiteral("window/sides")).toByteArray();
    settings.centre = store.value(QStringLiteral("window/centre")).toByteArray();
    if (store.contains(QStringLiteral("table/columns")))
        settings.columns = store.value(QStringLiteral("table/columns")).toStringList();
    settings.xAxis = store.value(QStringLiteral("plot/x")).toString();
    settings.yAxis = store.value(QStringLiteral("plot/y")).toString();
    settings.xLogarithmic = store.value(QStringLiteral("plot/xLogarithmic")).toBool();
    settings.yLogarithmic = store.value(QStringLiteral("plot/yLogarithmic")).toBool();
    settings.recentFiles = store.value(QStringLiteral("recentFiles")).toStringList().mid(0, recentLimit);
    return settings;
}

void Settings::save() const
{
    QSettings store;
    store.setValue(QStringLiteral("window/geometry"), geometry);
    store.setValue(QStringLiteral("window/sides"), sides);
    store.setValue(QStringLiteral("window/centre"), centre);
    if (columns)
        store.setValue(QStringLiteral("table/columns"), *columns);
    else
        store.remove(QStringLiteral("table/columns"));
    store.setValue(QStringLiteral("plot/x"), xAxis);
    store.setValue(QStringLiteral("plot/y"), yAxis);
    store.setValue(QStringLiteral("plot/xLogarithmic"), xLogarithmic);
    store.setValue(QStringLiteral("plot/yLogarithmic"), yLogarithmic);
    store.setValue(QStringLiteral("recentFiles"), recentFiles);
}

void Settings::addRecent(const QString &path)
{
    recentFiles.removeAll(path);
    recentFiles.prepend(path);
    recentFiles = recentFiles.mid(0, recentLimit);
}

} // namespace espalier::ui
