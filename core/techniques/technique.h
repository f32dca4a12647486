// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/parameter.h"
#include "core/base/progress.h"
#include "core/base/threadpool.h"
#include "core/data/inputscaling.h"
#include "core/graph/model.h"
#include "core/train/epochresult.h"

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace espalier {

/// An epoch of a technique that trains.
struct TrainedEpoch
{
    std::size_t step = 0; ///< of the recipe, from 1
    EpochResult result;   ///< its number counts the epochs of the whole recipe
    bool operator==(const TrainedEpoch &) const = default;
};

/// What a technique may use beside the model.
struct TechniqueContext
{
    DatasetPtr data; ///< null where the person gave none
    InputScaling scaling;
    std::uint64_t seed = 0;
    ThreadPool &pool;
    Progress progress;
    /// Sentences for the person about what happened: "dense_3 stays float: …". Appended to.
    std::vector<std::string> notes = {};
    ModelPtr original = {}; ///< the model before the first step of the recipe; null outside of recipes
    std::function<void(const TrainedEpoch &epoch)> epochFinished = {}; ///< called on the thread of apply()
    std::size_t step = 0;                                              ///< of the recipe that is applied, from 1
    int epochs = 0;                                                    ///< trained so far
};

enum class TechniqueFamily { pruning, quantization, training };
enum class TechniqueNeeds { nothing, calibration, training };

/// One way to make a model smaller or faster. One file here and one line in techniques.def make a new one: menus, the
/// command line, help and the contract test find it there.
struct Technique
{
    std::string_view id;      ///< "prune-magnitude"
    std::string_view title;   ///< "Low-magnitude pruning"
    std::string_view summary; ///< one sentence: what it does and what it buys
    std::string_view source;  ///< the framework or paper whose definition this is
    TechniqueFamily family;
    TechniqueNeeds needs; ///< with the default settings
    std::vector<ParameterSpec> parameters;
    /// The original is untouched, the result verifies, neutral settings change nothing, the same seed gives the same
    /// bytes whatever the number of threads.
    Result<ModelPtr> (*apply)(const ModelPtr &model, const ParameterValues &values, TechniqueContext &context);
    /// Short words for a variant's name with these settings: "magnitude 50 %", "int8".
    std::string (*label)(const ParameterValues &values);
    /// What it needs with these settings, where that depends on them.
    TechniqueNeeds (*needsWith)(const ParameterValues &values) = nullptr;
    bool takesMasks = false; ///< whether it works on what a step with strip=no left
};

std::span<const Technique *const> techniques();
const Technique *findTechnique(std::string_view id);

} // namespace espalier
