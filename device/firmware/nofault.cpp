// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "fault.h"

// Where something else than this firmware handles faults: an Arduino core, a computer's own system.
namespace fault {

const Record *record()
{
    static const Record none = {};
    return &none;
}

bool happened()
{
    return false;
}

void forget() {}

} // namespace fault
