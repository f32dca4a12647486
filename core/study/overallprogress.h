// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/progress.h"

#include <cstddef>
#include <memory>
#include <string>

namespace espalier {

/// Many pieces of work, some at the same time, told as one: rows done of all rows, never backwards. May be used from
/// any thread.
class OverallProgress
{
public:
    OverallProgress(Progress whole, std::size_t rows);

    /// The progress of work that takes one row from `begin` to `end`, both from 0 to 1. `phase` is what is told.
    Progress part(std::size_t row, double begin, double end, std::string phase) const;
    void finish(std::size_t row) const;

private:
    struct State;
    std::shared_ptr<State> m_state;
};

} // namespace espalier
