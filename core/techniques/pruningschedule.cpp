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

/// At the start of every epoch the same share of what is left goes, so that the last epoch trains at the final
/// sparsity.
MaskSchedule iterative(double sparsity, std::int64_t epochs, std::int64_t stepsPerEpoch)
{
    const std::int64_t rounds = std::max<std::int64_t>(1, epochs - 1);
    const auto sparsityAt = [=](std::int64_t step) -> std::optional<double> {
        const std::int64_t epoch = (step - 1) / stepsPerEpoch + 1;
        if ((step - 1) % stepsPerEpoch != 0 || epoch > rounds)
            return std::nullopt;
        return epoch == rounds ? sparsity : 1 - std::pow(1 - sparsity, double(epoch) / double(rounds));
    };
    return {sparsityAt, (rounds - 1) * stepsPerEpoch + 1};
}

bool hasSchedule(const ParameterValues &settings)
{
    return settings.all().contains("schedule");
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
            {"end", "Last step",
             "Step up to which they are; -1 means three quarters of the training, or with schedule=constant all of it.",
             std::int64_t(-1), -1, 1e9},
            {"frequency", "Every so many steps",
             "Steps between two new masks; -1 means 100, but at most a tenth of the way from first to last.",
             std::int64_t(-1), -1, 1e6},
            {"power", "Power", "Of the polynomial; 3 is gradual pruning's cubic.", 3.0, 0.01, 100}};
}

std::vector<ParameterSpec> withSchedule(std::vector<ParameterSpec> own)
{
    own = withFineTuning(std::move(own));
    for (ParameterSpec &spec : scheduleParameters())
        own.push_back(std::move(spec));
    return own;
}

Result<void> checkSchedule(const ParameterValues &settings)
{
    if (!hasSchedule(settings))
        return {};
    const std::string &kind = settings.text("schedule");
    if (kind != "oneshot" && settings.integer("epochs") == 0)
        return invalidArgument("schedule=" + kind +
                               " makes masks while the model trains: set epochs above 0, or take schedule=oneshot");
    for (const ParameterSpec &spec : scheduleParameters()) {
        const bool isUsed =
            kind == "polynomial" || (kind == "constant" && spec.key != "initial_sparsity" && spec.key != "power");
        if (spec.key != "schedule" && !isUsed && settings.all().at(spec.key) != spec.defaultValue)
            return invalidArgument(spec.key + " is without effect where schedule=" + kind +
                                   ": leave it out, or take schedule=polynomial");
    }
    if (settings.integer("frequency") == 0)
        return invalidArgument("frequency takes a number of steps of at least 1, or -1");
    return {};
}

Result<MaskSchedule> maskSchedule(const ParameterValues &settings, std::int64_t steps)
{
    if (const Result<void> checked = checkSchedule(settings); !checked)
        return checked.error();
    const double sparsity = settings.real("sparsity");
    const std::string kind = hasSchedule(settings) ? settings.text("schedule") : "oneshot";
    if (kind == "oneshot")
        return MaskSchedule{
            [sparsity](std::int64_t step) { return step == 1 ? std::optional(sparsity) : std::nullopt; }};
    const std::int64_t epochs = settings.integer("epochs");
    if (kind == "iterative")
        return iterative(sparsity, epochs, steps / epochs);

    const bool isConstant = kind == "constant";
    PruningSchedule schedule;
    schedule.kind = isConstant ? PruningSchedule::Kind::constant : PruningSchedule::Kind::polynomial;
    schedule.initial = float(settings.real("initial_sparsity"));
    schedule.final = float(sparsity);
    schedule.power = float(settings.real("power"));
    schedule.begin = settings.integer("begin");
    const std::int64_t end = settings.integer("end");
    schedule.end = end >= 0 ? end : isConstant ? steps : std::max<std::int64_t>(1, steps * 3 / 4);
    const std::int64_t frequency = settings.integer("frequency");
    schedule.frequency =
        frequency > 0 ? frequency : std::clamp<std::int64_t>((schedule.end - schedule.begin) / 10, 1, 100);
    if (schedule.begin >= schedule.end || schedule.end > steps)
        return invalidArgument("pruning from step " + std::to_string(schedule.begin) + " to " +
                               std::to_string(schedule.end) + " does not fit a training of " + std::to_string(steps) +
                               " steps: choose begin below end, and end at most that");
    // Once more at the end, which need not be a multiple: what was asked for is reached.
    const auto sparsityAt = [schedule](std::int64_t step) -> std::optional<double> {
        if (schedule.prunesAt(step) || step == schedule.end)
            return double(schedule.sparsityAt(step));
        return std::nullopt;
    };
    std::int64_t settledAt = schedule.end;
    for (std::int64_t step = 1; isConstant && step < settledAt; ++step)
        if (schedule.prunesAt(step))
            settledAt = step;
    return MaskSchedule{sparsityAt, settledAt};
}

} // namespace espalier
