// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>

namespace espalier {

/// What an epoch of training came to: means over the samples that it saw, as the network was when it saw them. One that
/// reproduces its input has no accuracies.
struct EpochResult
{
    int epoch = 0; ///< from 1
    double trainLoss = 0;
    std::optional<double> trainAccuracy = {};
    std::optional<double> validationLoss = {}, validationAccuracy = {}; ///< after the epoch, on samples kept back
    bool operator==(const EpochResult &) const = default;
};

} // namespace espalier
