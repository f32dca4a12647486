// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/parameter.h"
#include "core/graph/model.h"

#include <vector>

namespace espalier {

// Settings of single layers: `layer=NAME:key=value` behind the other settings of a step. The name of a layer is that of
// its operator (operatorName()).

/// The same parameter, which single layers may have another value of.
ParameterSpec eachLayer(ParameterSpec spec);

/// The setting `skip` of single layers, which a technique then leaves as they are; to be put last.
ParameterSpec skipParameter();

/// The settings as they hold for an operator.
ParameterValues settingsOf(const ParameterValues &settings, const Graph &graph, const Operator &op);
bool isSkipped(const ParameterValues &settings, const Graph &graph, const Operator &op);

/// An invalidArgument error names the first layer that the graph does not have, and those it has.
Result<void> checkLayerSettings(const Graph &graph, const ParameterValues &settings);

} // namespace espalier
