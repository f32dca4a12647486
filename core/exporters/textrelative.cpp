// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/exporters/exporter.h"
#include "core/exporters/plaintable.h"

namespace espalier {

extern const Exporter textRelativeExporter;
const Exporter textRelativeExporter = {"text-relative", "Plain text against the original", "txt",
                                       [](std::span<const Row> rows) { return plainText(relativeTable(rows)); }};

} // namespace espalier
