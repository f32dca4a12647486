// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "device/boards/board.h"

#include "core/base/text.h"
#include "device/boards/boardsettings.h"
#include "device/boards/boardturn.h"
#include "device/boards/physicalboard.h"
#include "device/discovery/usbboard.h"
#include "device/toolchain/arduinocli.h"

#include <QTemporaryDir>

#include <string>
#include <vector>

namespace espalier::device {

#define BOARD(symbol, file) extern const Board symbol;
#include "device/boards/boards.def"
#undef BOARD

std::span<const Board *const> boards()
{
    static const std::vector<const Board *> all = {
#define BOARD(symbol, file) &symbol,
#include "device/boards/boards.def"
#undef BOARD
    };
    return all;
}

namespace {

// "pico:clock=200@1-2": a kind, settings, a place.
struct BoardName
{
    std::string kind, settings, place;

    explicit BoardName(std::string_view id)
    {
        const std::size_t at = id.find('@');
        if (at != id.npos)
            place = id.substr(at + 1);
        id = id.substr(0, at);
        const std::size_t colon = id.find(':');
        if (colon != id.npos)
            settings = id.substr(colon + 1);
        kind = id.substr(0, colon);
    }
};

std::vector<int> clocksOf(const Board &board)
{
    return {board.clocks.begin(), board.clocks.end()};
}

} // namespace

Result<const Board *> findBoard(std::string_view given)
{
    const BoardName name(given);
    const std::string &id = name.kind;
    std::vector<std::string> known;
    for (const Board *board : boards()) {
        known.push_back(board->info().id);
        if (known.back() == id) {
            if (given.find('@') != given.npos && !board->infoAt)
                return invalidArgument("the board '" + id + "' is emulated and has no place: leave out '@" +
                                       name.place + "'.");
            if (const auto settings = readBoardSettings(name.settings, id, board->clocks); !settings)
                return settings.error();
            return board;
        }
    }
    return invalidArgument("there is no board '" + id + "'; known are " + joined(known, ", ") + "." +
                           didYouMean(id, known));
}

Result<BoardInfo> boardInfo(const std::string &id)
{
    const Result<const Board *> board = findBoard(id);
    if (!board)
        return board.error();
    const BoardName name(id);
    BoardInfo info = (*board)->infoAt ? (*board)->infoAt(name.place) : (*board)->info();
    info.id = id;
    info.clocks = clocksOf(**board);
    if (const auto settings = readBoardSettings(name.settings, name.kind, (*board)->clocks); settings->hasClock) {
        info.clockHz = settings->megahertz * 1e6;
        if (info.timeSource == Source::counted) {
            info.timeSource = Source::estimated;
            info.meaning = "cycles and milliseconds from counted instructions and their documented times";
        }
    }
    return info;
}

std::string hardwareOf(const std::string &id)
{
    const Result<const Board *> board = findBoard(id);
    if (!board || !(*board)->infoAt)
        return {};
    const BoardName name(id);
    const auto found = locateBoard(thisComputer().boards(), {name.kind, {}, name.place});
    return found ? found->port : id;
}

std::vector<BoardInfo> boardInfos()
{
    const std::vector<UsbBoard> plugged = findUsbBoards();
    std::vector<BoardInfo> infos;
    for (const Board *board : boards()) {
        BoardInfo info = board->info();
        info.clocks = clocksOf(*board);
        std::vector<std::string> places;
        for (const UsbBoard &each : plugged) {
            if (each.board == info.id)
                places.push_back(each.port);
        }
        if (places.size() < 2 || !board->infoAt) {
            infos.push_back(std::move(info));
            continue;
        }
        for (const std::string &place : places) {
            BoardInfo one = board->infoAt(place);
            one.clocks = info.clocks;
            one.id += '@' + place;
            one.title += " (" + place + ')';
            infos.push_back(std::move(one));
        }
    }
    return infos;
}

std::vector<PluggedBoard> pluggedBoards(std::span<const UsbBoard> found)
{
    std::vector<PluggedBoard> boards;
    for (const UsbBoard &each : found)
        boards.push_back(
            {each.board + '@' + each.port, each.title, std::string(name(each.state)), each.remedy, each.isByRule});
    return boards;
}

Result<UsbBoard> flashModel(const Model &model, const std::string &boardId, const Progress &progress)
{
    const Result<const Board *> board = findBoard(boardId);
    if (!board)
        return board.error();
    if (!(*board)->physical)
        return invalidArgument("the board '" + boardId + "' cannot be flashed: name one that is plugged in");
    const BoardName name(boardId);
    BenchOptions options;
    options.place = name.place;
    options.settings = name.settings;
    return (*board)->physical->flashModel(thisComputer(), model, options, progress);
}

Result<UsbBoard> flashByArduinoCli(const Model &model, const std::string &boardId, const Progress &progress)
{
    const Result<const Board *> board = findBoard(boardId);
    if (!board)
        return board.error();
    if (!(*board)->physical || (*board)->physical->flash.kind != FlashMethod::Kind::samba)
        return invalidArgument("arduino-cli is for the Nano 33 BLE: leave it out for '" + boardId + "'");
    const auto tool = ArduinoCli::find();
    if (!tool)
        return tool.error();
    const QTemporaryDir folder;
    if (!folder.isValid())
        return failed("no folder for temporary files can be made: " + folder.errorString().toStdString());
    const auto upload = [&](const std::string &tty) {
        return tool->upload(model, tty, folder.path().toStdString(), progress);
    };
    return (*board)->physical->flashByTool(thisComputer(), BoardName(boardId).place, upload, progress);
}

Result<BenchRecord> benchmark(const ModelPtr &model, const std::string &boardId, const BenchOptions &options,
                              const Progress &progress)
{
    const Result<const Board *> board = findBoard(boardId);
    if (!board)
        return board.error();
    BenchOptions placed = options;
    const BoardName name(boardId);
    placed.place = name.place;
    placed.settings = name.settings;
    Result<BenchRecord> record = (*board)->benchmark(model, placed, progress);
    if (record)
        record->board = boardId;
    return record;
}

} // namespace espalier::device
