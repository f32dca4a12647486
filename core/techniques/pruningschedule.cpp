// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/techniques/pruningschedule.h"

#include "core/techniques/finetuning.h"

#include <algorithm>
#include <cmath>

namespace espalier {

bool PruningSchedule::prunesAt(std::int64_t step) const
{
    return step >= begin && (end < 0 || step <= end) && (step - begin) % frequency == 0;
}

float PruningSchedule::sparsityAt(std::int64_t step) const
{
    if (kind == Kind::constant)
        return final;
    const float way = end > begin ? float(step - begin) / float(end - begin) : float(step >= begin);
    return final + (initial - final) * std::pow(1 - std::clamp(way, 0.0f, 1.0f), power);
}

namespace {

std::optional<double> atOnce(double sparsity, std::int64_t step)
{
    return step == 1 ? std::optional(sparsity) : std::nullopt;
}

/// At the start of every epoch the same share of what is left goes, so that the last epoch trains at the final
/// sparsity.
MaskSchedule iterative(double sparsity, std::int64_t epochs, std::int64_t stepsPerEpoch)
{
    return [=](std::int64_t step) -> std::optional<double> {
        const std::int64_t epoch = (step - 1) / stepsPerEpoch + 1, rounds = std::max<std::int64_t>(1, epochs - 1);
        if ((step - 1) % stepsPerEpoch != 0 || epoch > rounds)
            return std::nullopt;
        return epoch == rounds ? sparsity : 1 - std::pow(1 - sparsity, double(epoch) / double(rounds));
    };
}

} // namespace

std::vector<ParameterSpec> scheduleParameters()
{
    return {{.key = "schedule",
             .title = "Schedule",
             .description = "Masks made once before training, anew at one sparsity, at a sparsity that rises along a "
                            "cubic (gradual pruning), or at the start of every epoch.",
             .defaultValue = std::string("oneshot"),
             .choices = {"oneshot", "constant", "polynomial", "iterative"}},
            {"initial_sparsity", "First sparsity", "Where the polynomial schedule begins.", 0.0, 0, 0.9999},
            {"begin", "First step", "Step from which masks are made anew.", std::int64_t(0), 0, 1e9},
            {"end", "Last step", "Step up to which they are; -1 means three quarters of the training.",
             std::int64_t(-1), -1, 1e9},
            {"frequency", "Every so many steps",
             "Steps between two new masks; at most a tenth of the way from first to last.", std::int64_t(100), 1, 1e6}};
}

std::vector<ParameterSpec> withSchedule(std::vector<ParameterSpec> own)
{
    own = withFineTuning(std::move(own));
    for (ParameterSpec &spec : scheduleParameters())
        own.push_back(std::move(spec));
    return own;
}

Result<MaskSchedule> maskSchedule(const ParameterValues &settings, std::int64_t steps)
{
    const double sparsity = settings.real("sparsity");
    const std::string kind = settings.all().contains("schedule") ? settings.text("schedule") : "oneshot";
    if (kind == "oneshot")
        return MaskSchedule([sparsity](std::int64_t step) { return atOnce(sparsity, step); });
    const std::int64_t epochs = settings.integer("epochs");
    if (kind == "iterative")
        return iterative(sparsity, epochs, steps / epochs);

    PruningSchedule schedule;
    schedule.kind = kind == "constant" ? PruningSchedule::Kind::constant : PruningSchedule::Kind::polynomial;
    schedule.initial = float(settings.real("initial_sparsity"));
    schedule.final = float(sparsity);
    schedule.begin = settings.integer("begin");
    schedule.end = settings.integer("end") < 0 ? std::max<std::int64_t>(1, steps * 3 / 4) : settings.integer("end");
    schedule.frequency =
        std::clamp<std::int64_t>((schedule.end - schedule.begin) / 10, 1, settings.integer("frequency"));
    if (schedule.begin >= schedule.end || schedule.end > steps)
        return invalidArgument("pruning from step " + std::to_string(schedule.begin) + " to " +
                               std::to_string(schedule.end) + " does not fit a training of " + std::to_string(steps) +
                               " steps: choose begin below end, and end at most that");
    // Once more at the end, which need not be a multiple: what was asked for is reached.
    return MaskSchedule([schedule](std::int64_t step) -> std::optional<double> {
        if (schedule.prunesAt(step) || step == schedule.end)
            return double(schedule.sparsityAt(step));
        return std::nullopt;
    });
}

} // namespace espalier
