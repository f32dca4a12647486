// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/image.h"

#include "core/data/imagecodec.h"

#include <cstring>

namespace espalier {

namespace {

const ImageCodec *codecOf(std::span<const std::uint8_t> file)
{
    for (const ImageCodec *codec : {&pngCodec, &jpegCodec, &bmpCodec})
        if (file.size() >= codec->magic.size() &&
            std::memcmp(file.data(), codec->magic.data(), codec->magic.size()) == 0)
            return codec;
    return nullptr;
}

std::size_t pixelCount(const ImageSize &size)
{
    return std::size_t(size.width) * std::size_t(size.height);
}

Result<ImageSize> storedSize(std::span<const std::uint8_t> file)
{
    const ImageCodec *codec = codecOf(file);
    if (!codec)
        return unusableInput("this is no PNG, JPEG or BMP picture");
    const Result<ImageSize> size = codec->size(file);
    if (size && (size->width > maxImageExtent || size->height > maxImageExtent))
        return unusableInput("the picture is " + std::to_string(size->width) + "×" + std::to_string(size->height) +
                             " pixels, more than the " + std::to_string(maxImageExtent) + " each way that are read");
    return size;
}

bool isGrey(std::span<const std::uint8_t> pixels)
{
    for (std::size_t i = 0; i + 2 < pixels.size(); i += 3)
        if (pixels[i] != pixels[i + 1] || pixels[i] != pixels[i + 2])
            return false;
    return true;
}

} // namespace

bool isImage(std::span<const std::uint8_t> file)
{
    return codecOf(file) != nullptr;
}

Result<ImageSize> imageSize(std::span<const std::uint8_t> file)
{
    Result<ImageSize> size = storedSize(file);
    if (size && size->channels == 3 && codecOf(file)->hasPalette(file)) {
        Bytes pixels(pixelCount(*size) * 3);
        if (codecOf(file)->decode(file, *size, pixels.data()) && isGrey(pixels))
            size->channels = 1;
    }
    return size;
}

Result<void> decodeImage(std::span<const std::uint8_t> file, const ImageSize &size, std::span<std::uint8_t> out)
{
    const Result<ImageSize> stored = storedSize(file);
    if (!stored)
        return stored.error();
    if (stored->width != size.width || stored->height != size.height ||
        out.size() != pixelCount(size) * std::size_t(size.channels))
        return unusableInput("the picture is " + std::to_string(stored->width) + "×" + std::to_string(stored->height) +
                             ", not " + std::to_string(size.width) + "×" + std::to_string(size.height));
    const ImageCodec &codec = *codecOf(file);
    if (size.channels == stored->channels || stored->channels == 1)
        return codec.decode(file, size, out.data());
    Bytes colours(pixelCount(size) * 3); // one channel of a palette of greys
    if (const Result<void> done = codec.decode(file, *stored, colours.data()); !done)
        return done.error();
    for (std::size_t i = 0; i < out.size(); ++i)
        out[i] = colours[3 * i];
    return {};
}

} // namespace espalier
