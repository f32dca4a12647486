// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/arenajson.h"

namespace espalier::cli {

nlohmann::ordered_json arenaJson(const std::vector<ArenaBlock> &blocks)
{
    auto list = nlohmann::ordered_json::array();
    for (const ArenaBlock &block : blocks)
        list.push_back({{"name", block.name},
                        {"offset", block.offset},
                        {"bytes", block.bytes},
                        {"first_layer", block.first},
                        {"last_layer", block.last},
                        {"scratch", block.isScratch}});
    return list;
}

} // namespace espalier::cli
