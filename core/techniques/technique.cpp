// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/techniques/technique.h"

#include <algorithm>

namespace espalier {

#define TECHNIQUE(symbol, file) extern const Technique symbol;
#include "core/techniques/techniques.def"
#undef TECHNIQUE

std::span<const Technique *const> techniques()
{
    static const std::vector<const Technique *> all = {
#define TECHNIQUE(symbol, file) &symbol,
#include "core/techniques/techniques.def"
#undef TECHNIQUE
    };
    return all;
}

const Technique *findTechnique(std::string_view id)
{
    const auto found = std::ranges::find(techniques(), id, [](const Technique *t) { return t->id; });
    return found == techniques().end() ? nullptr : *found;
}

} // namespace espalier
