// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/cli.h"
#include "app/cli/output.h"
#include "app/display.h"
#include "app/workbench.h"

int main(int argc, char **argv)
{
    using namespace espalier;
    if (argc > 1 && cli::isForUs(argv[1]))
        return cli::run(argc, argv);
    if (hasDisplay())
        return ui::runWorkbench(argc, argv);
    if (argc == 1)
        return cli::runHeadless();
    return cli::finish(missingTool("there is no display to open '" + std::string(argv[1]) +
                                   "' on; 'espalier --help' tells what works without one"));
}
