// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/command.h"
#include "app/cli/inputs.h"
#include "app/cli/modelreport.h"
#include "app/cli/options.h"
#include "app/cli/output.h"
#include "device/boards/board.h"
#include "device/boards/preflight.h"
#include "device/plan/arena.h"

#include <vector>

namespace espalier::cli {

namespace {

struct Given
{
    std::string model, board;
    bool json = false;
};

Result<BoardsReport> boardsReport(const Model &model, const std::string &board)
{
    BoardsReport report;
    report.fits = device::preflight(model);
    if (board.empty())
        return report;
    const auto found = device::findBoard(board);
    if (!found)
        return found.error();
    std::erase_if(report.fits, [&](const BoardFit &fit) { return fit.board != board; });
    if (const auto plan = device::makePlan(model, (*found)->family))
        report.arena = device::arenaBlocks(*plan);
    return report;
}

Result<void> run(const Given &given)
{
    const Result<ModelFile> model = loadModel(given.model);
    if (!model)
        return model.error();
    const Result<BoardsReport> boards = boardsReport(*model->model, given.board);
    if (!boards)
        return boards.error();
    return print(given.json ? modelJsonText(*model, *boards) : modelText(*model, *boards));
}

Action declare(Options &options)
{
    const auto given = std::make_shared<Given>();
    options.word("MODEL", given->model, "The model, a .tflite file");
    options.text("--board", given->board, "B", "Only this board, with what lies where in its memory");
    options.flag("--json", given->json, "One JSON document on standard output");
    return [given] { return run(*given); };
}

} // namespace

extern const Command inspectCommand;
const Command inspectCommand = {"inspect", "Tensors, operators, sizes, MACs, parameters, what is unsupported and why",
                                declare};

} // namespace espalier::cli
