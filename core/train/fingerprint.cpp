// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/train/fingerprint.h"

#include "core/train/checkpoint.h"

#include <algorithm>

namespace espalier {

std::uint64_t fingerprint(const TrainOptions &o, std::span<const float> parameters, const Samples &samples,
                          const InputScaling &scaling, std::span<const float> teacher, const Progress &progress)
{
    constexpr std::size_t piece = 1 << 20; // bytes
    std::uint64_t result = 0xcbf29ce484222325;
    const auto mix = [&](const void *bytes, std::size_t count) {
        mixInto(result, {static_cast<const std::uint8_t *>(bytes), count});
    };
    const Augmentation &a = o.augmentation;
    for (const double value : {double(o.epochs),
                               double(o.batch),
                               o.learningRate,
                               double(o.schedule.kind),
                               o.schedule.warmUp,
                               double(o.optimizer.kind),
                               o.optimizer.momentum,
                               double(o.optimizer.nesterov),
                               o.optimizer.weightDecay,
                               o.clipNorm,
                               o.labelSmoothing,
                               o.distillation.temperature,
                               o.distillation.alpha,
                               o.validation,
                               double(o.patience),
                               double(a.shift),
                               double(a.flip),
                               double(a.cutOut),
                               a.jitter,
                               a.scale,
                               double(a.timeShift),
                               double(scaling.kind),
                               scaling.factor,
                               scaling.offset,
                               double(samples.count)})
        mix(&value, sizeof value);
    for (const BatchNormalization &n : o.layers.normalizations) {
        mix(&n.layer.index, sizeof n.layer.index);
        mix(&n.momentum, sizeof n.momentum);
        mix(&n.epsilon, sizeof n.epsilon);
    }
    for (const Dropout &d : o.layers.dropouts) {
        mix(&d.value.index, sizeof d.value.index);
        mix(&d.rate, sizeof d.rate);
    }
    mix(&o.seed, sizeof o.seed);
    mix(parameters.data(), parameters.size() * sizeof(float));
    mix(teacher.data(), teacher.size() * sizeof(float));
    mix(samples.labels.data(), samples.labels.size() * sizeof(std::int32_t));
    // In pieces: of hundreds of megabytes it takes long enough to be stopped.
    for (std::size_t first = 0; first < samples.values->size() && !progress.cancelled(); first += piece)
        mix(samples.values->data() + first, std::min(piece, samples.values->size() - first));
    return result;
}

} // namespace espalier
