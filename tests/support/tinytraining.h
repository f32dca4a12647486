// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/random.h"
#include "core/train/train.h"
#include "support/graphbuilder.h"

#include <cstddef>
#include <cstdint>
#include <vector>

namespace espalier {

/// Around 0, in a range of 1.
inline std::vector<float> noise(std::size_t count, std::uint64_t seed)
{
    Random random(seed);
    std::vector<float> values(count);
    for (float &value : values)
        value = float(random.uniform() - 0.5);
    return values;
}

/// 4 inputs, 16 hidden units, 4 outputs, without a softmax unless asked.
inline ModelPtr network(bool softmax = false)
{
    GraphBuilder b;
    const TensorId x = b.input({1, 4});
    const TensorId h = b.fullyConnected(x, b.constant({16, 4}, noise(64, 1)), b.constant({16}, noise(16, 2)),
                                        {.activation = Activation::relu});
    const TensorId y = b.fullyConnected(h, b.constant({4, 16}, noise(64, 3)), b.constant({4}, noise(4, 4)));
    return b.model({softmax ? b.softmax(y) : y});
}

inline Result<ModelPtr> trained(const ModelPtr &model, const Dataset &data, const TrainOptions &options,
                                int threads = 2, std::vector<EpochResult> *epochs = nullptr)
{
    ThreadPool pool(threads);
    return train(model, data, options, pool, [&](const EpochResult &result) {
        if (epochs)
            epochs->push_back(result);
    });
}

} // namespace espalier
