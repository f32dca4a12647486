// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/cli.h"

#include "app/cli/output.h"
#include "app/samplestudy.h"
#include "device/boards/board.h"

#include <filesystem>
#include <string>
#include <vector>

namespace espalier::cli {

int runHeadless()
{
    const SampleStudy sample = sampleStudy();
    if (sample.model.empty())
        return finish(missingTool("there is no display to open the workbench on, and no sample study: " +
                                  sample.missing + " See 'espalier --help' for what works without a display."));
    const std::filesystem::path folder = std::filesystem::absolute("espalier-sample");
    std::error_code error;
    std::filesystem::create_directories(folder, error);
    if (error)
        return finish(failed("cannot create folder '" + folder.string() + "': " + error.message()));

    std::vector<std::string> words = {"espalier", "compare", sample.model.string()};
    const auto add = [&](const std::string &flag, const std::string &value) {
        words.push_back(flag);
        words.push_back(value);
    };
    if (!sample.data.empty())
        add("--data", sample.data.string());
    for (const Recipe &recipe : sample.recipes)
        add("--recipe", recipe.text());
    // One board is enough to see what the table tells.
    for (const device::Board *board : device::boards())
        if (const BoardInfo info = board->info(); info.emulated && info.available) {
            add("--board", info.id);
            break;
        }
    add("--csv", (folder / "comparison.csv").string());
    add("--plot", (folder / "tradeoff.svg").string());
    std::vector<char *> argv;
    for (std::string &word : words)
        argv.push_back(word.data());
    std::string hello =
        "There is no display, so the sample study runs here; 'espalier --help' tells what else works.\n";
    if (!sample.missing.empty())
        hello += sample.missing + "\n";
    if (const Result<void> printed = print(hello + "\n"); !printed)
        return finish(printed);
    const int status = run(int(argv.size()), argv.data());
    if (status == 0)
        return finish(print("\nTable and plot are in " + folder.string() + "\n"));
    return status;
}

} // namespace espalier::cli
