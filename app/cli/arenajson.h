// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/study/bench.h"

#include <nlohmann/json.hpp>

namespace espalier::cli {

/// What lies in a board's arena: name, offset, bytes, first and last layer that need it.
nlohmann::ordered_json arenaJson(const std::vector<ArenaBlock> &blocks);

} // namespace espalier::cli
