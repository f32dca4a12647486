// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/cli/inputs.h"

#include <string>

namespace espalier::cli {

/// Everything about a model, for people: a line for each tensor and operator of every graph.
std::string modelText(const ModelFile &model);

/// The same as one JSON document: model, inputs, outputs, operators, parameters, macs, unsupported, …
std::string modelJsonText(const ModelFile &model);

} // namespace espalier::cli
