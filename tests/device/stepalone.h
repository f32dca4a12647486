// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "device/plan/arena.h"
#include "device/plan/executionplan.h"

#include <map>

namespace espalier::test {

/// A plan of one step of another: its constants, and its buffers one after another in an arena without room to spare.
inline device::ExecutionPlan stepAlone(const device::ExecutionPlan &plan, const device::PlanStep &step)
{
    using namespace device;
    ExecutionPlan alone;
    alone.steps = {step};
    std::map<std::pair<PlanRef::Kind, std::size_t>, std::size_t> known;
    for (PlanRef &ref : alone.steps[0].arguments) {
        const bool isConstant = ref.kind == PlanRef::Kind::constant;
        const auto [at, isNew] =
            known.try_emplace({ref.kind, ref.index}, isConstant ? alone.constants.size() : alone.buffers.size());
        if (isNew && isConstant) {
            alone.constants.push_back(plan.constants[ref.index]);
        } else if (isNew) {
            PlanBuffer buffer = plan.buffers[ref.index];
            const std::size_t bytes = byteCount(buffer.type, elementCount(buffer.shape));
            buffer.storage = alone.storages.size();
            alone.storages.push_back({bytes, 0, 0, alone.arenaBytes});
            alone.buffers.push_back(std::move(buffer));
            alone.arenaBytes += (bytes + arenaAlignment - 1) / arenaAlignment * arenaAlignment;
        }
        ref.index = at->second;
    }
    return alone;
}

} // namespace espalier::test
