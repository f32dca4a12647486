// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "device/flash/flashimage.h"

namespace espalier::device {

inline constexpr std::uint32_t flashPageBytes = 256, flashSectorBytes = 4096; ///< what is written, what is erased

/// The address of the page without which a chip's ROM starts nothing: the one with the image definition (RP2350), else
/// the first, with the second boot stage (RP2040). Written last, it keeps half an image from being started.
std::uint32_t startingPage(const FlashImage &image);

} // namespace espalier::device
