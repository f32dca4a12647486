// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/graph/model.h"
#include "core/study/row.h"

#include <cstdint>
#include <span>

namespace espalier {

/// A figure that follows from a model and its file alone. One file here and one line in metrics.def make a new one
/// (and a line in core/study/columns.def, where the column is new).
struct ModelMetric
{
    Column column;
    /// Empty where the figure cannot be told of this model: an unknown is never 0. `file` is the model as written.
    Row::Cell (*measure)(const Model &model, std::span<const std::uint8_t> file);
};

std::span<const ModelMetric *const> modelMetrics();

/// Measures them all and writes what was found into the row's columns.
void fillModelMetrics(Row &row, const Model &model, std::span<const std::uint8_t> file);

} // namespace espalier
