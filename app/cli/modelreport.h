// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/cli/inputs.h"
#include "core/study/bench.h"

#include <string>
#include <vector>

namespace espalier::cli {

/// What a model means for boards.
struct BoardsReport
{
    std::vector<BoardFit> fits;
    std::vector<ArenaBlock> arena; ///< of the one board that was asked for
};

/// Everything about a model, for people: a line for each tensor and operator of every graph.
std::string modelText(const ModelFile &model, const BoardsReport &boards);

/// The same as one JSON document: model, inputs, outputs, operators, parameters, macs, unsupported, boards, …
std::string modelJsonText(const ModelFile &model, const BoardsReport &boards);

} // namespace espalier::cli
