// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "device/bench/residentrunner.h"

#include "core/base/file.h"

#include <map>
#include <mutex>
#include <string_view>

namespace espalier::device {

namespace {

namespace fs = std::filesystem;

// Beside the program, then in the checkout that it was built from.
fs::path runnerFolder()
{
    std::error_code error;
    const fs::path program = fs::read_symlink("/proc/self/exe", error);
    for (const fs::path &folder :
         {program.parent_path() / "../share/espalier/runners", fs::path(ESPALIER_CHECKOUT) / "resources/runners"}) {
        if (fs::is_regular_file(folder / "made-from", error))
            return fs::weakly_canonical(folder, error);
    }
    return {};
}

struct Waiting
{
    std::mutex mutex;
    std::map<std::string, std::unique_ptr<Link>> links;
};

Waiting &waiting()
{
    static Waiting all;
    return all;
}

} // namespace

Result<ResidentRunner> ResidentRunner::find(const std::string &board)
{
    const fs::path folder = runnerFolder();
    ResidentRunner runner;
    runner.m_image = folder / (board + ".elf");
    std::error_code error;
    if (folder.empty() || !fs::is_regular_file(runner.m_image, error))
        return missingTool("the resident runner for " + board + " is missing: reinstall Espalier");
    const auto madeFrom = readFile(folder / "made-from", 4096);
    if (!madeFrom)
        return madeFrom.error();
    const std::string_view text(reinterpret_cast<const char *>(madeFrom->data()), madeFrom->size());
    const std::size_t line = text.find('\n') + 1;
    runner.m_compiler = std::string(text.substr(line, text.find('\n', line) - line));
    return runner;
}

namespace waitingboards {

void put(const std::string &board, std::unique_ptr<Link> link)
{
    const std::lock_guard lock(waiting().mutex);
    waiting().links[board] = std::move(link);
}

std::unique_ptr<Link> take(const std::string &board)
{
    const std::lock_guard lock(waiting().mutex);
    const auto found = waiting().links.find(board);
    if (found == waiting().links.end())
        return nullptr;
    auto link = std::move(found->second);
    waiting().links.erase(found);
    return link;
}

} // namespace waitingboards

} // namespace espalier::device
