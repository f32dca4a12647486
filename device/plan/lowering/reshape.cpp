// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "device/plan/planbuilder.h"

namespace espalier::device {

namespace {

// Row-major values stay where they are: no code at all.
Result<void> lowerReshape(PlanBuilder &builder, const Operator &op)
{
    builder.alias(op.outputs[0], op.input(0));
    return {};
}

} // namespace

extern const Lowering reshapeLowering, squeezeLowering, expandDimsLowering;
const Lowering reshapeLowering = {OpKind::reshape, lowerReshape, true};
const Lowering squeezeLowering = {OpKind::squeeze, lowerReshape, true};
const Lowering expandDimsLowering = {OpKind::expandDims, lowerReshape, true};

} // namespace espalier::device
