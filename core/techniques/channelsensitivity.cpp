// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/techniques/channelsensitivity.h"

#include "core/data/labelkind.h"
#include "core/metrics/evaluate.h"
#include "core/techniques/channelremoval.h"
#include "core/techniques/channelselection.h"

#include <algorithm>
#include <array>

namespace espalier {

namespace {

constexpr std::size_t samplesLookedAt = 1000;
constexpr std::array steps = {0.0, 0.25, 0.5, 0.75, 0.9};

/// Loss of accuracy at each of the steps, made to rise.
using Curve = std::array<double, steps.size()>;

/// The share at which a curve passes a loss, between the steps along a straight line.
double shareAt(const Curve &curve, double loss)
{
    std::size_t i = 0;
    while (i + 1 < curve.size() && curve[i + 1] <= loss)
        ++i;
    if (i + 1 == curve.size())
        return steps[i];
    return steps[i] + (steps[i + 1] - steps[i]) * (loss - curve[i]) / (curve[i + 1] - curve[i]);
}

} // namespace

Result<std::vector<double>> sharesBySensitivity(const Model &model, const ChannelGroups &groups,
                                                std::span<const double> scores, double share, TechniqueContext &context)
{
    if (!context.data)
        return invalidArgument("scope=sensitivity looks at data, but there is no data set: give one, or take "
                               "scope=uniform");
    const Samples samples = context.data->train.spread(samplesLookedAt);
    if (samples.count == 0 || samples.labels.size() != samples.count)
        return unusableInput("the data set \"" + context.data->name +
                             "\" has no labelled training samples for scope=sensitivity");
    const auto accuracyWithout = [&](const std::vector<bool> &removed) -> Result<double> {
        const Result<ProgramPtr> program =
            Program::compile(std::make_shared<const Model>(withoutChannels(model, groups, removed)));
        if (!program)
            return program.error();
        const Result<Evaluation> evaluation =
            evaluate(*program, samples, labelKindFor((*program)->graph(), *context.data), context.scaling, context.pool,
                     Progress(context.progress.stopToken(), {}));
        return evaluation ? Result<double>(evaluation->accuracy) : evaluation.error();
    };
    const Result<double> whole = accuracyWithout(std::vector<bool>(scores.size(), false));
    if (!whole)
        return whole.error();

    const std::size_t classes = std::size_t(groups.classCount());
    std::vector<Curve> curves(classes);
    std::vector<double> sizes(classes, 0);
    for (const int i : groups.classes())
        ++sizes[std::size_t(i)];
    for (std::size_t i = 0; i < classes; ++i) {
        curves[i][0] = 0;
        for (std::size_t step = 1; step < steps.size(); ++step) {
            std::vector<double> alone(classes, 0);
            alone[i] = steps[step];
            const Result<double> accuracy =
                accuracyWithout(removedByClass(groups, scores, alone, 1, classSizes(groups)));
            if (!accuracy)
                return accuracy.error();
            // A little more each step, so that there is always one loss for a share.
            curves[i][step] = std::max(*whole - *accuracy, curves[i][step - 1] + 1e-6);
        }
        context.progress.report("cutting one group at a time", std::int64_t(i + 1), std::int64_t(classes));
    }
    const auto sharesAt = [&](double loss) {
        std::vector<double> shares;
        for (const Curve &curve : curves)
            shares.push_back(shareAt(curve, loss));
        return shares;
    };
    double low = 0, high = 1.1;
    for (int i = 0; i < 50; ++i) {
        const double middle = (low + high) / 2;
        const std::vector<double> shares = sharesAt(middle);
        double removed = 0;
        for (std::size_t c = 0; c < classes; ++c)
            removed += shares[c] * sizes[c];
        (removed < share * double(scores.size()) ? low : high) = middle;
    }
    return sharesAt(high);
}

} // namespace espalier
