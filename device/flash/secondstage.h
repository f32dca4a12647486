// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "device/flash/flashimage.h"

#include <string>

namespace espalier::device {

/// CRC-32/MPEG-2: polynomial 0x04c11db7, most significant bit first, from all ones, not inverted.
std::uint32_t crcMpeg2(std::span<const std::uint8_t> bytes);

/// An RP2040's ROM starts only what begins with a second boot stage of 252 bytes and their CRC (datasheet, 2.8.1.3.1).
/// What is wrong with the image's; empty where nothing is.
std::string faultOfSecondStage(const FlashImage &image);

} // namespace espalier::device
