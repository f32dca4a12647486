// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The firmware that is linked with one model.
#include "session.h"

namespace session {

char line[81]; // the protocol's command buffer has 80 characters
const uint32_t lineBytes = sizeof line;

bool obey(const char *, const char *)
{
    return false;
}

} // namespace session
