// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "device/flash/flashimage.h"

#include <optional>
#include <string>

namespace espalier::device {

/// The address of the block that says which processor an RP2350's image is for; absent where there is none.
std::optional<std::uint32_t> imageDefinitionAt(const FlashImage &image);

/// An RP2350's ROM starts only what holds, in its first 4 KiB, a block that says which processor it is for (datasheet,
/// 5.9). What is wrong with the image's; empty where nothing is.
std::string faultOfImageDefinition(const FlashImage &image);

} // namespace espalier::device
