// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/data/image.h"

#include <cstdint>
#include <span>
#include <string_view>

namespace espalier {

/// How one kind of picture is read. Files of any bytes end in a size or pixels, or in an unusableInput error.
struct ImageCodec
{
    std::string_view magic; ///< how such a file starts
    /// The size that the header says; `channels` is 1 or 3.
    Result<ImageSize> (*size)(std::span<const std::uint8_t> file);
    /// Pixels of a file whose header says this width and height, into width * height * channels bytes: as many channels
    /// as the header says, or 3 of a grey picture.
    Result<void> (*decode)(std::span<const std::uint8_t> file, const ImageSize &size, std::uint8_t *out);
    /// Whether pixels are places in a palette, so that only decoding tells greys from colours.
    bool (*hasPalette)(std::span<const std::uint8_t> file);
};

extern const ImageCodec pngCodec, jpegCodec, bmpCodec;

} // namespace espalier
