// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/graph/model.h"
#include "widgets/models/modelsummary.h"

#include <cstdint>

namespace espalier::ui {

/// What the model card and the inspector show of a model. For a worker thread: it looks at every weight.
ModelSummaryPtr summarize(const Model &model, std::int64_t fileBytes);

} // namespace espalier::ui
