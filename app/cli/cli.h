// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string_view>

namespace espalier::cli {

/// True where the first word of the command line is for run(): a sub-command, a question for help or the version, or a
/// word that is neither an option nor a file that could be opened.
bool isForUs(std::string_view firstWord);

/// Runs the sub-command of the command line and returns the exit status: 0 done, 1 the work failed, 2 the command line
/// was wrong, 3 an input file was unusable, 4 a board or tool was missing.
int run(int argc, char **argv);

/// What the program does without a sub-command where there is no display: compares the sample study, prints the table
/// and leaves CSV and an SVG plot in a folder that it names.
int runHeadless();

} // namespace espalier::cli
