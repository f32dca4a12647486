// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/study/row.h"

#include <QString>

#include <string_view>

namespace espalier::ui {

/// A text of core that a person reads (a column's or technique's title, a parameter's description), in the person's
/// language; English where no translation knows it.
QString coreText(std::string_view english);

QString columnTitle(Column column);

/// The small word beside a figure that was not measured on a physical board or this host: "sim", "count", "est",
/// "paper"; empty for a measured one.
QString sourceWord(Source source);
/// The whole word: "simulated", "counted", …
QString sourceName(Source source);
/// The same as a sentence, for tooltips and the inspector.
QString sourceSentence(Source source);
} // namespace espalier::ui
