// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "device/boards/preflight.h"

#include "core/study/figureformat.h"
#include "device/bench/binding.h"
#include "device/boards/board.h"
#include "device/plan/arena.h"

#include <map>

namespace espalier::device {

namespace {

// A model that computes in floats would need about a quarter as int8.
bool isFloat(const Model &model)
{
    for (const TensorId id : model.main().inputs) {
        if (model.main()[id].type == DType::float32)
            return true;
    }
    return false;
}

// "'conv_3' and 'pool_1'": what lies in the arena at its fullest moment.
std::string peakNames(const ExecutionPlan &plan)
{
    std::int32_t fullest = 0;
    std::size_t most = 0;
    for (std::int32_t step = 0; step < std::int32_t(plan.steps.size()); ++step) {
        std::size_t sum = 0;
        for (const PlanStorage &storage : plan.storages)
            sum += storage.first <= step && step <= storage.last ? storage.bytes : 0;
        if (sum > most) {
            most = sum;
            fullest = step;
        }
    }
    return plan.steps.empty() ? std::string() : "layer '" + plan.steps[std::size_t(fullest)].name + "'";
}

BoardFit judge(const BoardInfo &board, const Model &model, const Result<ExecutionPlan> &plan)
{
    BoardFit fit;
    fit.board = board.id;
    fit.title = board.title;
    fit.ramBytes = board.ramBytes;
    fit.flashBytes = board.flashBytes;
    if (!plan) {
        fit.why = plan.error().message;
        return fit;
    }
    fit.arenaBytes = std::int64_t(plan->arenaBytes);
    fit.constantBytes = std::int64_t(plan->constantBytes());
    const std::string quantize = isFloat(model) ? "quantize-int8 brings it to about a quarter"
                                                : "prune-channels, or a smaller input, brings it down";
    if (*fit.constantBytes > board.flashBytes) {
        fit.why = "its constants take " + figureText(Column::flashBytes, double(*fit.constantBytes)) + " of the " +
                  figureText(Column::flashBytes, double(board.flashBytes)) + " of flash";
        fit.remedy = quantize;
    } else if (*fit.arenaBytes > board.ramBytes) {
        fit.why = "its activations take " + figureText(Column::ramBytes, double(*fit.arenaBytes)) + " of the " +
                  figureText(Column::ramBytes, double(board.ramBytes)) + " of RAM, most of it at " + peakNames(*plan);
        fit.remedy = quantize;
    }
    fit.fits = fit.why.empty();
    const auto copied = std::int64_t(storedInputBytes(*plan));
    if (fit.fits && *fit.arenaBytes + copied > board.ramBytes)
        fit.note = "to be measured it needs a copy of its inputs beside its activations, " +
                   figureText(Column::ramBytes, double(copied)) + ", and there is not so much RAM";
    return fit;
}

} // namespace

std::vector<BoardFit> preflight(const Model &model)
{
    std::map<KernelFamily, Result<ExecutionPlan>> plans;
    std::vector<BoardFit> fits;
    for (const Board *board : boards()) {
        const BoardInfo info = board->info();
        if (info.flashBytes == 0)
            continue; // nobody knows what memory it has
        auto plan = plans.find(board->family);
        if (plan == plans.end())
            plan = plans.emplace(board->family, makePlan(model, board->family)).first;
        fits.push_back(judge(info, model, plan->second));
    }
    return fits;
}

} // namespace espalier::device
