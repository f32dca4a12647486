// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

namespace espalier::ui {

/// Opens the window and runs it: `espalier [FILE…]`, where a file is a study, a model or a data set. Without files it
/// opens the sample study. Returns the exit status.
int runWorkbench(int argc, char **argv);

} // namespace espalier::ui
