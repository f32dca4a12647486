// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/metrics/modelmetric.h"

namespace espalier {

#define METRIC(symbol, file) extern const ModelMetric symbol;
#include "core/metrics/metrics.def"
#undef METRIC

std::span<const ModelMetric *const> modelMetrics()
{
    static const ModelMetric *const metrics[] = {
#define METRIC(symbol, file) &symbol,
#include "core/metrics/metrics.def"
#undef METRIC
    };
    return metrics;
}

void fillModelMetrics(Row &row, const Model &model, std::span<const std::uint8_t> file)
{
    for (const ModelMetric *metric : modelMetrics()) {
        const Row::Cell cell = metric->measure(model, file);
        if (const auto *count = std::get_if<std::int64_t>(&cell))
            row.set(metric->column, *count);
        else if (const auto *real = std::get_if<double>(&cell))
            row.set(metric->column, *real);
        else if (const auto *text = std::get_if<std::string>(&cell))
            row.set(metric->column, *text);
        else
            row.clear(metric->column);
    }
}

} // namespace espalier
