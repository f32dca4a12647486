// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/techniques/pruningschedule.h"

#include <algorithm>
#include <cmath>

namespace espalier {

bool PruningSchedule::prunesAt(std::int64_t step) const
{
    return step >= begin && (end < 0 || step <= end) && (step - begin) % frequency == 0;
}

float PruningSchedule::sparsityAt(std::int64_t step) const
{
    if (kind == Kind::constant)
        return final;
    const float way = end > begin ? float(step - begin) / float(end - begin) : float(step >= begin);
    return final + (initial - final) * std::pow(1 - std::clamp(way, 0.0f, 1.0f), power);
}

} // namespace espalier
