// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/graph/model.h"

#include <string>

namespace espalier {

/// The first thing in which two models differ, as a phrase ("graph 0, tensor 3 'conv/bias': data"), or empty where
/// they are equal in all they hold: every field, constants and quantization bit by bit, payloads, the trailer, and
/// which constants share their bytes.
std::string firstDifference(const Model &a, const Model &b);

} // namespace espalier
