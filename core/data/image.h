// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/file.h"

#include <cstdint>
#include <span>

namespace espalier {

/// The largest width and height of an image that is read.
inline constexpr std::int32_t maxImageExtent = 4096;

struct ImageSize
{
    std::int32_t width = 0, height = 0;
    std::int32_t channels = 0; ///< 1 grey, 3 red, green, blue; transparency does not count
    bool operator==(const ImageSize &) const = default;
};

/// True where the bytes start as a PNG, JPEG or BMP file does.
bool isImage(std::span<const std::uint8_t> file);

/// What the header says. A picture with a palette of greys alone counts as grey.
Result<ImageSize> imageSize(std::span<const std::uint8_t> file);

/// Pixels row by row, 8 bits a channel, into `out` of width * height * channels bytes; `size.channels` may be 3 for a
/// grey picture. Errors: damaged or cut off, or of another size than `size`.
Result<void> decodeImage(std::span<const std::uint8_t> file, const ImageSize &size, std::span<std::uint8_t> out);

} // namespace espalier
