// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/graph/operator.h"

#include <tflite_generated.h>

namespace espalier::tflite {

/// The settings of an operator that the graph understands, absent ones at the format's default. An error (a sentence
/// without the operator's name) where they are another operator's or out of range.
Result<OpOptions> readOptions(OpKind kind, const wire::Operator &op);

/// The reverse. NONE for OpKind::other and for operators that have no settings in the format.
wire::BuiltinOptionsUnion writeOptions(const Operator &op);

} // namespace espalier::tflite
