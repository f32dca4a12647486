// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

namespace espalier::cli {

/// Runs the sub-command of the command line and returns the exit status: 0 done, 1 the work failed, 2 the command line
/// was wrong, 3 an input file was unusable, 4 a board or tool was missing.
int run(int argc, char **argv);

} // namespace espalier::cli
