// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QColor>

namespace espalier::ui {

/// The colour of the variant at this place in the comparison (0 is the original), the same in every view: the palette
/// of Okabe and Ito, distinguishable without full colour vision, repeated when it runs out.
QColor variantColor(int index);

} // namespace espalier::ui
