// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <stdint.h>

/// What the firmware of one model and the resident runner answer differently.
namespace session {

/// Holds a command and a zero.
extern char line[];
extern const uint32_t lineBytes;

/// Obeys a command beyond those of every firmware; false where it is unknown.
bool obey(const char *command, const char *rest);

} // namespace session
