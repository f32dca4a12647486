// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/exporters/exporter.h"

#include <algorithm>

namespace espalier {

#define EXPORTER(symbol, file) extern const Exporter symbol;
#include "core/exporters/exporters.def"
#undef EXPORTER

std::span<const Exporter *const> exporters()
{
    static const std::vector<const Exporter *> all = {
#define EXPORTER(symbol, file) &symbol,
#include "core/exporters/exporters.def"
#undef EXPORTER
    };
    return all;
}

const Exporter *findExporter(std::string_view id)
{
    const auto found = std::ranges::find(exporters(), id, &Exporter::id);
    return found == exporters().end() ? nullptr : *found;
}

} // namespace espalier
