// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/progress.h"
#include "core/base/threadpool.h"
#include "core/data/dataset.h"
#include "core/data/inputscaling.h"
#include "core/graph/model.h"

#include <optional>
#include <string>
#include <vector>

namespace espalier {

/// How far values b are from the values a that they stand for.
struct ErrorFigures
{
    /// Signal to quantization noise, 10 log10(Σ a² / Σ (a - b)²), in decibels within ±200; empty where every value is
    /// the same.
    std::optional<double> sqnrDb;
    double cosine = 1; ///< Σ ab / sqrt(Σ a² Σ b²); 1 where both are zero, 0 where one is
    double maxError = 0;
};

/// One layer that both models have.
struct LayerError
{
    std::string layer, type;  ///< the first output's name in the reference, "CONV_2D"
    std::size_t op = 0;       ///< number of the operator in the variant
    ErrorFigures accumulated; ///< both models run from the input on
    /// The variant's layer alone, its inputs taken from the reference; absent where they have no counterpart there.
    std::optional<ErrorFigures> alone;
    /// The variant's accuracy where this layer computes as in the reference, between DEQUANTIZE and QUANTIZE; absent
    /// where it was not asked for.
    std::optional<double> accuracyIfKept;
    /// Its accuracy where this layer has int16 activations (withWideLayer()); absent where it is not int8, too.
    std::optional<double> accuracyIfWide;
};

struct ErrorDebugRequest
{
    ModelPtr reference, variant; ///< say float32 and int8
    DatasetPtr data;
    InputScaling referenceScaling, variantScaling;
    std::size_t samples = 100;       ///< test samples that layers are compared on, at most
    std::size_t accuracySamples = 0; ///< test samples that accuracy is computed on; 0 means all
    std::size_t whatIfs = 3;         ///< layers to put back, those with the largest error alone first
};

struct ErrorDebug
{
    std::size_t samples = 0, accuracySamples = 0;
    std::size_t unmatched = 0;      ///< operators of the reference that the variant has no counterpart for
    std::vector<LayerError> layers; ///< in the order they run
    std::optional<double> referenceAccuracy, variantAccuracy; ///< where the data has labels
    /// The first layer whose accumulated SQNR is below breakingSqnrDb.
    std::optional<std::size_t> breaksAt;
    std::vector<std::string> sentences; ///< what a person should know, the most important first
};

/// Below this, noise has more than a tenth of the signal's power.
inline constexpr double breakingSqnrDb = 10;

/// Compares two forms of one network layer by layer on the data's test samples. Errors: models that have no layer in
/// common or do not run, data that does not fit, values that are not finite.
Result<ErrorDebug> debugError(const ErrorDebugRequest &request, ThreadPool &pool, const Progress &progress = {});

} // namespace espalier
