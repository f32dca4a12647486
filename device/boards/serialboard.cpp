// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "device/bench/firmwarebenchmark.h"
#include "device/bench/residentrunner.h"
#include "device/boards/board.h"
#include "device/boards/boardturn.h"
#include "device/boards/physicalboard.h"

namespace espalier::device {

namespace {

const std::string id = "serial", title = "board with firmware of its own";

Error orByPath(const Error &error)
{
    return missingTool(error.message + ", or name its serial line as serial@/dev/ttyACM0");
}

// A path is taken as it is: not every serial line is on USB.
Result<std::string> lineAt(FlashHost &host, const std::string &place)
{
    if (place.starts_with('/'))
        return place;
    const auto board = findPlugged(host, id, title, place);
    return board ? Result<std::string>(board->tty) : orByPath(board.error());
}

BoardInfo infoAt(const std::string &place)
{
    BoardInfo board;
    board.id = id;
    board.title = "Any board that speaks the MLPerf Tiny protocol";
    board.meaning = "measured; by the board's own clock, of the model that is built into its firmware";
    board.timeSource = Source::measured;
    const auto line = lineAt(thisComputer(), place);
    board.missing = board.missingForRunner = line ? "" : line.error().message;
    board.available = board.missing.empty();
    return board;
}

Result<BenchRecord> benchmark(const ModelPtr &model, const BenchOptions &options, const Progress &progress)
{
    if (!options.settings.empty())
        return invalidArgument(
            "the board 'serial' has firmware of its own and no settings: leave out ':" + options.settings + "'.");
    const auto turn = BoardTurn::take(thisComputer(), {id, title, options.place}, progress);
    if (!turn)
        return turn.error().code == ErrorCode::cancelled ? turn.error() : orByPath(turn.error());
    const auto line = lineAt(thisComputer(), options.place);
    if (!line)
        return line.error();
    for (const UsbBoard &each : thisComputer().boards()) {
        if (each.tty == *line)
            waitingboards::take(each.board + each.port); // closes a line of ours to a runner on it
    }
    auto port = thisComputer().openPort(*line);
    if (!port)
        return port.error();
    Dut dut(*std::move(port), progress, thisComputer());
    if (const auto answers = dut.greet(); !answers)
        return answers.error().in(*line);
    Result<BenchRecord> record = benchmarkFirmware(dut, *model, options, progress);
    if (record)
        record->measuredOn = *line + ": " + record->measuredOn;
    return record;
}

} // namespace

extern const Board serialBoard;
const Board serialBoard = {[] { return infoAt({}); }, benchmark, KernelFamily::plain, infoAt};

} // namespace espalier::device
