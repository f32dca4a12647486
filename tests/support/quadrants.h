// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/random.h"
#include "core/data/dataset.h"
#include "core/graph/model.h"

namespace espalier {

/// Points in a square of side 2 around 0, four numbers each: the class is the quadrant of the first two.
inline Dataset quadrants(std::size_t count)
{
    Dataset data;
    data.name = "quadrants";
    data.classes = 4;
    Random random(3);
    std::vector<float> values;
    for (std::size_t i = 0; i < count; ++i) {
        for (int k = 0; k < 4; ++k)
            values.push_back(float(random.uniform() * 2 - 1));
        const float *const point = &values[values.size() - 4];
        data.train.labels.push_back((point[0] > 0 ? 1 : 0) + (point[1] > 0 ? 2 : 0));
    }
    data.train.shape = {4};
    data.train.count = count;
    data.train.values = sharedBytes(values);
    return data;
}

} // namespace espalier
