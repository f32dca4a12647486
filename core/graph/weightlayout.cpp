// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/graph/weightlayout.h"

namespace espalier {

std::optional<WeightLayout> weightLayout(OpKind kind)
{
    switch (kind) {
    case OpKind::conv2D:
    case OpKind::fullyConnected:
        return WeightLayout{0, 1, 2, 0};
    case OpKind::depthwiseConv2D:
        return WeightLayout{0, 1, 2, 3};
    case OpKind::transposeConv:
        return WeightLayout{2, 1, 3, 0};
    default:
        return std::nullopt;
    }
}

} // namespace espalier
