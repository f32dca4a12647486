// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/study/papertable.h"

#include <algorithm>

namespace espalier {

#define PAPER_TABLE(symbol, file) extern const PaperTable symbol;
#include "core/study/papertables.def"
#undef PAPER_TABLE

std::span<const PaperTable *const> paperTables()
{
    static const std::vector<const PaperTable *> all = {
#define PAPER_TABLE(symbol, file) &symbol,
#include "core/study/papertables.def"
#undef PAPER_TABLE
    };
    return all;
}

const PaperTable *findPaperTable(std::string_view id)
{
    const auto found = std::ranges::find(paperTables(), id, [](const PaperTable *table) { return table->id; });
    return found == paperTables().end() ? nullptr : *found;
}

} // namespace espalier
