// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/study/row.h"

#include <optional>
#include <string>
#include <vector>

namespace espalier {

/// What a pruned row did not gain, seen beside the original.
struct PruningRemark
{
    enum class Kind {
        zerosStored,  ///< zeros take the place and the time of any other number
        zerosSkipped, ///< this computer leaves them out (sparse-runtime), yet they are stored
        masksKept     ///< masks are stored beside the weights
    };
    Kind kind = Kind::zerosStored;
    double zeros = 0;              ///< share of the weights
    std::vector<Column> unchanged; ///< of File, Flash and a time, those that were measured and stayed
    std::optional<double> growth;  ///< of the file, where masks are kept
    std::string recipe;            ///< the row's recipe with the step that would gain it; empty where there is none
    std::string text() const;      ///< one sentence, and the step
};

/// Nothing where the row is no pruned one, or where what pruning promises was gained.
std::optional<PruningRemark> pruningRemark(const Row &row, const Row &original);

} // namespace espalier
