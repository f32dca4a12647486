// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/study/row.h"

#include <nlohmann/json_fwd.hpp>

namespace espalier {

/// An object with a key for every result column, null where nothing was measured.
nlohmann::ordered_json toJson(const Row &row);

/// Reads such an object back. Absent keys are empty cells, unknown keys (of a newer version) are left aside. An
/// unusableInput error names the key whose value has the wrong type.
Result<Row> rowFromJson(const nlohmann::ordered_json &object);

/// The document as text: UTF-8, indented by two. What is no UTF-8 in a string is replaced, never an error.
std::string jsonText(const nlohmann::ordered_json &document);

} // namespace espalier
