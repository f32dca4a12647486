// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "device/boards/board.h"

#include "core/base/text.h"
#include "device/discovery/usbboard.h"

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

// What follows the '@'.
std::string placeIn(const std::string &id)
{
    const std::size_t at = id.find('@');
    return at == id.npos ? std::string() : id.substr(at + 1);
}

} // namespace

Result<const Board *> findBoard(std::string_view given)
{
    const std::string_view id = given.substr(0, given.find('@'));
    std::vector<std::string> known;
    for (const Board *board : boards()) {
        known.push_back(board->info().id);
        if (known.back() == id) {
            if (id != given && !board->infoAt)
                return invalidArgument("the board '" + std::string(id) + "' is emulated and has no place: leave out '" +
                                       std::string(given.substr(id.size())) + "'.");
            return board;
        }
    }
    return invalidArgument("there is no board '" + std::string(id) + "'; known are " + joined(known, ", ") + "." +
                           didYouMean(id, known));
}

Result<BoardInfo> boardInfo(const std::string &id)
{
    const Result<const Board *> board = findBoard(id);
    if (!board)
        return board.error();
    BoardInfo info = (*board)->infoAt ? (*board)->infoAt(placeIn(id)) : (*board)->info();
    info.id = id;
    return info;
}

std::vector<BoardInfo> boardInfos()
{
    const std::vector<UsbBoard> plugged = findUsbBoards();
    std::vector<BoardInfo> infos;
    for (const Board *board : boards()) {
        BoardInfo info = board->info();
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
        boards.push_back({each.board + '@' + each.port, each.title, std::string(name(each.state)), each.remedy,
                          each.state == BoardState::notPermitted || each.state == BoardState::uf2Drive});
    return boards;
}

Result<BenchRecord> benchmark(const ModelPtr &model, const std::string &boardId, const BenchOptions &options,
                              const Progress &progress)
{
    const Result<const Board *> board = findBoard(boardId);
    if (!board)
        return board.error();
    BenchOptions placed = options;
    placed.place = placeIn(boardId);
    Result<BenchRecord> record = (*board)->benchmark(model, placed, progress);
    if (record)
        record->board = boardId;
    return record;
}

} // namespace espalier::device
