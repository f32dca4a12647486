// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "device/boards/board.h"

#include "core/base/text.h"

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

Result<const Board *> findBoard(std::string_view id)
{
    std::vector<std::string> known;
    for (const Board *board : boards()) {
        known.push_back(board->info().id);
        if (known.back() == id)
            return board;
    }
    return invalidArgument("there is no board '" + std::string(id) + "'; known are " + joined(known, ", ") + "." +
                           didYouMean(id, known));
}

Result<BenchRecord> benchmark(const ModelPtr &model, const std::string &boardId, const BenchOptions &options,
                              const Progress &progress)
{
    const Result<const Board *> board = findBoard(boardId);
    if (!board)
        return board.error();
    return (*board)->benchmark(model, options, progress);
}

} // namespace espalier::device
