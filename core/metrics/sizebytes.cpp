// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/metrics/modelmetric.h"

namespace espalier {

extern const ModelMetric sizeBytesMetric;
const ModelMetric sizeBytesMetric = {Column::sizeBytes, [](const Model &, std::span<const std::uint8_t> file) {
                                         return file.empty() ? Row::Cell() : Row::Cell(std::int64_t(file.size()));
                                     }};

} // namespace espalier
