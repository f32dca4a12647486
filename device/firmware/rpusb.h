// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

namespace rpusb {

/// To be called by the chip when the controller asks for it.
void interrupt();

/// Erratum RP2040-E15: behind some hubs the controller hangs when it gets a packet for the host late in a frame, so
/// that it must be given at a frame's start. Each chip says whether it applies.
extern const bool givesAtFrameStart;

/// What a chip does to notice the end of a reset of the bus. Each chip defines it.
void busWasReset();

} // namespace rpusb
