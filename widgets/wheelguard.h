// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

class QWidget;

namespace espalier::ui {

/// Combo and spin boxes below `parent`, those that are there now, leave the wheel to what scrolls around them until a
/// person has given them the focus by a click or a key: nothing changes because the pointer came across it.
void guardFromWheel(QWidget *parent);

} // namespace espalier::ui
