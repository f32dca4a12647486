// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

namespace rpusb {

/// To be called by the chip when the controller asks for it.
void interrupt();

} // namespace rpusb
