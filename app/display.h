// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

namespace espalier {

/// True where a window could be seen: a Wayland compositor or an X server is named and answers. Qt would end the
/// program where it does not.
bool hasDisplay();

} // namespace espalier
