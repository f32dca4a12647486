// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/study/bench.h"

#include <QString>

#include <span>

namespace espalier::ui {

/// Whether a model fits the known boards, in as few lines as say it: boards with the same answer share a line. Each
/// line begins with a sign and a word, so that its colour need not tell.
struct BoardFitTexts
{
    QString good;   ///< "✓ fits A, B"; empty where it fits none
    QString bad;    ///< "✗ too large for C: …" and what would help, lines; empty where it fits all and can be measured
    QString detail; ///< board by board: fits, or why not
};

BoardFitTexts boardFitTexts(std::span<const BoardFit> fits);

} // namespace espalier::ui
