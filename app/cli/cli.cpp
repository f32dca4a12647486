// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/cli.h"

#include "app/cli/command.h"
#include "app/cli/options.h"
#include "app/cli/output.h"
#include "core/base/text.h"

#include <algorithm>
#include <filesystem>
#include <string>
#include <vector>

namespace espalier::cli {

#define COMMAND(symbol, file) extern const Command symbol;
#include "app/cli/commands.def"
#undef COMMAND

std::span<const Command *const> commands()
{
    static const Command *const all[] = {
#define COMMAND(symbol, file) &symbol,
#include "app/cli/commands.def"
#undef COMMAND
    };
    return all;
}

namespace {

const Command *findCommand(std::string_view name)
{
    const auto found = std::ranges::find(commands(), name, &Command::name);
    return found == commands().end() ? nullptr : *found;
}

std::string overview()
{
    std::string text =
        "Espalier " ESPALIER_VERSION ": what pruning and quantization do to a neural network on a microcontroller.\n\n"
        "  espalier [FILE…]               opens the workbench: a model, a data set or a study\n"
        "  espalier SUB-COMMAND --help    tells the options of a sub-command\n\n";
    for (const Command *command : commands()) {
        text += "  " + std::string(command->name);
        text.append(13 - command->name.size(), ' ');
        text += std::string(command->summary) + "\n";
    }
    return text +
           "\nExit status: 0 done, 1 the work failed, 2 the command line was wrong, 3 an input file was unusable,\n"
           "4 a board or tool was missing.\n";
}

Error unknownCommand(const std::string &word)
{
    std::vector<std::string> names;
    for (const Command *command : commands())
        names.emplace_back(command->name);
    return invalidArgument("there is no sub-command and no file '" + word + "'; sub-commands are " +
                           joined(names, ", ") + "." + didYouMean(word, names));
}

} // namespace

bool isForUs(std::string_view firstWord)
{
    if (firstWord == "--help" || firstWord == "-h" || firstWord == "help" || firstWord == "--version")
        return true;
    std::error_code ignored;
    return findCommand(firstWord) ||
           (!firstWord.starts_with('-') && !std::filesystem::exists(std::filesystem::path(firstWord), ignored));
}

int run(int argc, char **argv)
{
    const std::string word = argc > 1 ? argv[1] : "--help";
    if (word == "--version")
        return finish(print("espalier " ESPALIER_VERSION "\n"));
    if (word == "--help" || word == "-h" || (word == "help" && argc == 2))
        return finish(print(overview()));
    const bool wantsHelp = word == "help"; // of a sub-command
    const Command *command = findCommand(wantsHelp ? argv[2] : word);
    if (!command)
        return finish(unknownCommand(wantsHelp ? argv[2] : word));
    Options options(std::string(command->name), std::string(command->summary));
    const Action action = command->declare(options);
    if (wantsHelp)
        return finish(print(options.help()));
    switch (options.parse(argc - 1, argv + 1)) {
    case Options::Outcome::help:
        return finish(print(options.help()));
    case Options::Outcome::wrong:
        return finish(options.error());
    case Options::Outcome::parsed:
        break;
    }
    return finish(action());
}

} // namespace espalier::cli
