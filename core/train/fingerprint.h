// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/train/train.h"

#include <cstdint>
#include <span>

namespace espalier {

/// A number that tells one training from another: by its options, the network's first parameters, the samples as they
/// are scaled, and the teacher's logits. Where it is cancelled, any.
std::uint64_t fingerprint(const TrainOptions &options, std::span<const float> parameters, const Samples &samples,
                          const InputScaling &scaling, std::span<const float> teacher, const Progress &progress);

} // namespace espalier
