// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/train/train.h"

#include <algorithm>
#include <vector>

namespace espalier {

#define ARCHITECTURE(symbol, file) extern const Architecture symbol;
#include "core/train/architectures.def"
#undef ARCHITECTURE

std::span<const Architecture *const> architectures()
{
    static const std::vector<const Architecture *> all = {
#define ARCHITECTURE(symbol, file) &symbol,
#include "core/train/architectures.def"
#undef ARCHITECTURE
    };
    return all;
}

const Architecture *findArchitecture(std::string_view id)
{
    const auto found = std::ranges::find(architectures(), id, &Architecture::id);
    return found == architectures().end() ? nullptr : *found;
}

} // namespace espalier
