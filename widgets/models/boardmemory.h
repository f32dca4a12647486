// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/study/bench.h"

#include <cstdint>
#include <memory>

namespace espalier::ui {

/// What a benchmark told of a row's memory on its board; without a record nothing is known.
struct BoardMemory
{
    std::shared_ptr<const BenchRecord> record;
    std::int64_t ramBytes = 0; ///< of the board; 0: not known

    bool operator==(const BoardMemory &) const = default;
};

} // namespace espalier::ui
