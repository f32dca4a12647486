// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/data/division.h"
#include "core/engine/engine.h"
#include "core/metrics/evaluate.h"
#include "core/techniques/recipe.h"

#include <cstddef>
#include <vector>

/// The calibration and the test samples of a set as one, in this order.
inline espalier::Samples undivided(const espalier::Dataset &data)
{
    espalier::Samples all = data.calibration;
    espalier::Bytes values = *all.values;
    values.insert(values.end(), data.test.values->begin(), data.test.values->end());
    all.values = std::make_shared<const espalier::Bytes>(std::move(values));
    all.count += data.test.count;
    all.labels.insert(all.labels.end(), data.test.labels.begin(), data.test.labels.end());
    return all;
}

/// The accuracy of a recipe's variants of a model where there is one set of samples to calibrate and to test on: each
/// of `folds` parts in turn calibrates, and the others are tested, so that every sample is tested folds - 1 times and
/// never by a variant that it calibrated. 0 to 1.
inline espalier::Result<double> crossValidated(const espalier::ModelPtr &model, const espalier::Recipe &recipe,
                                               const espalier::Samples &samples, std::size_t folds,
                                               espalier::ThreadPool &pool)
{
    using namespace espalier;
    double right = 0, tested = 0;
    for (std::size_t fold = 0; fold < folds; ++fold) {
        std::vector<std::size_t> inside, outside;
        for (std::size_t i = 0; i < samples.count; ++i)
            (i * folds / samples.count == fold ? inside : outside).push_back(i);
        auto data = std::make_shared<Dataset>();
        data->calibration = selected(samples, inside);
        data->test = selected(samples, outside);
        const auto scaling = [&](const Model &of) {
            return impliedScaling(of.main()[of.main().inputs[0]], data->test).scaling;
        };
        TechniqueContext context{data, scaling(*model), 1, pool, {}};
        const Result<ModelPtr> variant = recipe.apply(model, context);
        if (!variant)
            return variant.error();
        const Result<ProgramPtr> program = Program::compile(*variant);
        if (!program)
            return program.error();
        const Result<Evaluation> evaluation =
            evaluate(*program, data->test, LabelKind::classes, scaling(**variant), pool);
        if (!evaluation)
            return evaluation.error();
        right += evaluation->accuracy * double(outside.size());
        tested += double(outside.size());
    }
    return right / tested;
}
