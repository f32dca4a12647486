// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QStringList>

#include <optional>

namespace espalier::ui {

/// What the window remembers from one start to the next. Read and written in one place, passed on as values.
struct Settings
{
    QByteArray geometry, sides, centre; ///< of the window and its two splitters
    std::optional<QStringList> columns; ///< keys of the columns that the person chose
    QString xAxis, yAxis;               ///< keys
    bool xLogarithmic = false, yLogarithmic = false;
    QStringList recentFiles; ///< newest first

    static Settings load();
    void save() const;
    /// Puts a path in front of the recent files; the list stays short.
    void addRecent(const QString &path);
};

} // namespace espalier::ui
