// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/study/row.h"

#include <QString>

#include <optional>
#include <span>

namespace espalier::ui {

/// What a person would otherwise find out after a week: a sentence about a figure that misleads, and what helps.
struct Insight
{
    QString text;
    QString action; ///< the words of a link; empty where nothing is to be done here
    QString recipe; ///< the recipe that the link adds
};

/// The most useful sentence about this row beside the original, if any. The texts rest on the figures of the rows
/// alone.
std::optional<Insight> insightAbout(const Row &row, const Row *original);

/// Half the width of the 95 % interval (Wilson) of an accuracy found on `samples` samples.
double accuracyUncertainty(double accuracy, std::int64_t samples);

} // namespace espalier::ui
