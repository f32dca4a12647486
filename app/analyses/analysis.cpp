// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/analyses/analysis.h"

namespace espalier::ui {

#define ANALYSIS(object) extern const Analysis &object;
#include "app/analyses/analyses.def"
#undef ANALYSIS

std::span<const Analysis *const> analyses()
{
#define ANALYSIS(object) &object,
    static const Analysis *const all[] = {
#include "app/analyses/analyses.def"
    };
#undef ANALYSIS
    return all;
}

} // namespace espalier::ui
