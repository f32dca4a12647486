// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/cli.h"

namespace espalier::cli {

int run(int, char **)
{
    return 2;
}

} // namespace espalier::cli
