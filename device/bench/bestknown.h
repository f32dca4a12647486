// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/graph/model.h"

#include <optional>
#include <string>
#include <string_view>

namespace espalier::device {

/// What the best known runtime spends per multiply-accumulate of a kind of layer.
struct BestKnown
{
    double perMac = 0;
    std::string_view by; ///< "MLPerf Tiny v1.2 ic, ST X-CUBE-AI 9": the whole model whose figure it is, and whose
};

enum class SpentUnit { cycles, instructions };

/// For the layer of `op` on this processor ("Cortex-M4F"); nothing where nobody has published any. Cycles stand beside
/// cycles and instructions beside instructions. bestknown.def is the table with its sources.
std::optional<BestKnown> bestKnown(const Graph &graph, const Operator &op, std::string_view processor, SpentUnit unit);

} // namespace espalier::device
