// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"

#include <cstdint>
#include <filesystem>
#include <span>
#include <vector>

namespace espalier {

/// Training between two epochs, from where it goes on to the same bits as if it had never stopped.
struct Checkpoint
{
    std::uint64_t fingerprint = 0;                ///< of model, data and options: a checkpoint fits no other training
    std::int64_t epoch = 0;                       ///< the last that is done, from 1
    std::vector<float> parameters, first, second; ///< and what the optimizer remembers of them
    std::vector<float> statistics;                ///< moving means and variances of normalizations
    std::vector<float> best, bestStatistics;      ///< of the best epoch on the validation split; or empty
    double bestLoss = 0;
    std::int64_t bestEpoch = 0;
};

/// Written whole or not at all.
Result<void> writeCheckpoint(const Checkpoint &checkpoint, const std::filesystem::path &path);

/// An unusableInput error says why the file is none, or not of this training.
Result<Checkpoint> readCheckpoint(const std::filesystem::path &path, std::uint64_t fingerprint);

/// Mixes bytes into a fingerprint (FNV-1a, 64 bits).
void mixInto(std::uint64_t &fingerprint, std::span<const std::uint8_t> bytes);

} // namespace espalier
