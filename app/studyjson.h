// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/studyfile.h"

#include <nlohmann/json_fwd.hpp>

namespace espalier {

/// A study as a JSON object; paths below `folder` are relative to it.
nlohmann::ordered_json toJson(const Study &study, const std::filesystem::path &folder);

/// Reads it back. An unusableInput error names the key that is missing or wrong. Unknown keys are left aside; a file
/// of a later format is refused.
Result<Study> studyFromJson(const nlohmann::ordered_json &document, const std::filesystem::path &folder);

} // namespace espalier
