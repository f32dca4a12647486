// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/image.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *bytes, std::size_t count)
{
    using namespace espalier;
    constexpr std::size_t fewPixels = 1 << 20; // larger pictures are only slower
    const std::span<const std::uint8_t> file(bytes, count);
    const Result<ImageSize> size = imageSize(file);
    if (!size)
        return 0;
    const std::size_t pixels = std::size_t(size->width) * std::size_t(size->height);
    if (pixels > fewPixels)
        return 0;
    Bytes out(pixels * std::size_t(size->channels));
    (void)decodeImage(file, *size, out).has_value();
    return 0;
}
