// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "device/plan/executionplan.h"

#include <string>

namespace espalier::device {

/// A float literal that reads back as the same float: "0.5f".
std::string floatLiteral(float value);

/// The values of a constant as the inside of an initialiser, in lines of at most 110 characters, indented by four.
std::string initialiser(const PlanConstant &constant);

/// Text that is safe inside a // comment: one line, no backslash at its end, printable.
std::string commentText(std::string text);

} // namespace espalier::device
