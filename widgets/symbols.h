// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QIcon>
#include <QString>

namespace espalier::ui {

/// An icon of our own, drawn as lines in the application palette's text colour, so that it follows light and dark:
/// "add", "edit", "duplicate", "remove", "up", "down", "model", "data", "run", "stop", "board", "export", "close",
/// "warning".
QIcon symbolIcon(const QString &name);

} // namespace espalier::ui
