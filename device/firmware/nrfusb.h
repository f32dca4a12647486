// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

namespace nrfusb {

/// To be called by the chip when the controller asks for it.
void interrupt();
/// To be called when a cable is plugged in or out.
void supplyChanged();

} // namespace nrfusb
