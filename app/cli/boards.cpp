// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/command.h"
#include "app/cli/options.h"
#include "app/cli/output.h"
#include "core/exporters/plaintable.h"
#include "core/exporters/rowjson.h"
#include "device/boards/board.h"

#include <nlohmann/json.hpp>

namespace espalier::cli {

namespace {

using Json = nlohmann::ordered_json;

template <class Number>
Json known(Number number)
{
    return number > 0 ? Json(number) : Json(nullptr);
}

Json boardJson(const BoardInfo &board)
{
    return {{"id", board.id},
            {"title", board.title},
            {"processor", board.processor},
            {"emulated", board.emulated},
            {"available", board.available},
            {"missing", board.missing},
            {"meaning", board.meaning},
            {"clock_hz", known(board.clockHz)},
            {"flash_bytes", known(board.flashBytes)},
            {"ram_bytes", known(board.ramBytes)},
            {"time_source", name(board.timeSource)}};
}

Result<void> run(bool json)
{
    Json list = Json::array();
    TextTable table;
    table.heads = {{"Board", "", false}, {"What it is", "", false}, {"Now", "", false}, {"Its figures", "", false}};
    for (const device::Board *board : device::boards()) {
        const BoardInfo info = board->info();
        list.push_back(boardJson(info));
        table.rows.push_back({info.id, info.title, info.available ? "available" : "missing", info.meaning});
        if (!info.available && !info.missing.empty())
            table.notes.push_back(info.id + ": " + info.missing);
    }
    return print(json ? jsonText({{"boards", std::move(list)}}) : plainText(table));
}

Action declare(Options &options)
{
    const auto json = std::make_shared<bool>(false);
    options.flag("--json", *json, "One JSON document on standard output");
    return [json] { return run(*json); };
}

} // namespace

extern const Command boardsCommand;
const Command boardsCommand = {"boards", "Lists boards, emulated ones too, and what is missing to use them", declare};

} // namespace espalier::cli
