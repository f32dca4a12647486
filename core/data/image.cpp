// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/image.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <string_view>

namespace {

/// What unpacking one picture may ask for at once: four channels of 16 bits at the largest size, and some room. It
/// stops compressed data that unpacks to far more than its picture needs.
constexpr std::size_t maxAllocation = (std::size_t(4096) * 4096 * 8) + (std::size_t(1) << 20);

void *boundedRealloc(void *old, std::size_t bytes)
{
    return bytes > maxAllocation ? nullptr : std::realloc(old, bytes);
}

} // namespace

#define STB_IMAGE_IMPLEMENTATION
#define STB_IMAGE_STATIC
#define STBI_NO_STDIO
#define STBI_NO_LINEAR
#define STBI_NO_HDR
#define STBI_NO_FAILURE_STRINGS
#define STBI_ONLY_PNG
#define STBI_ONLY_JPEG
#define STBI_ONLY_BMP
#define STBI_ASSERT(condition) ((void)(condition))
#define STBI_MALLOC(bytes) boundedRealloc(nullptr, bytes)
#define STBI_REALLOC(old, bytes) boundedRealloc(old, bytes)
#define STBI_FREE(old) std::free(old)
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wunused-function"
#include <stb/stb_image.h>
#pragma GCC diagnostic pop

namespace espalier {

namespace {

constexpr std::size_t maxFileBytes = std::size_t(256) << 20;

bool startsWithText(std::span<const std::uint8_t> file, std::string_view start)
{
    return file.size() >= start.size() && std::memcmp(file.data(), start.data(), start.size()) == 0;
}

/// Whether the pixels are places in a palette: PNG colour type 3, BMP of at most 8 bits a pixel.
bool hasPalette(std::span<const std::uint8_t> file)
{
    if (startsWithText(file, "BM"))
        return file.size() > 29 && file[28] <= 8 && file[29] == 0;
    return startsWithText(file, "\x89PNG") && file.size() > 25 && file[25] == 3;
}

using Pixels = std::unique_ptr<stbi_uc, decltype([](stbi_uc *pixels) { std::free(pixels); })>;

Pixels load(std::span<const std::uint8_t> file, int channels)
{
    int width = 0, height = 0, stored = 0;
    return Pixels(stbi_load_from_memory(file.data(), int(file.size()), &width, &height, &stored, channels));
}

/// What the header says, a palette counting as colour.
Result<ImageSize> storedSize(std::span<const std::uint8_t> file)
{
    if (!isImage(file))
        return unusableInput("this is no PNG, JPEG or BMP picture");
    if (file.size() > maxFileBytes)
        return unusableInput("the file has more than " + std::to_string(maxFileBytes >> 20) + " MiB");
    int width = 0, height = 0, channels = 0;
    if (!stbi_info_from_memory(file.data(), int(file.size()), &width, &height, &channels) || width < 1 || height < 1)
        return unusableInput("the picture's header is damaged, cut off or of a kind that is not read");
    if (width > maxImageExtent || height > maxImageExtent)
        return unusableInput("the picture is " + std::to_string(width) + "×" + std::to_string(height) +
                             " pixels, more than the " + std::to_string(maxImageExtent) + " each way that are read");
    return ImageSize{width, height, channels < 3 ? 1 : 3};
}

bool isGrey(const stbi_uc *pixels, std::size_t count)
{
    for (std::size_t i = 0; i < count; ++i)
        if (pixels[3 * i] != pixels[3 * i + 1] || pixels[3 * i] != pixels[3 * i + 2])
            return false;
    return true;
}

} // namespace

bool isImage(std::span<const std::uint8_t> file)
{
    return startsWithText(file, "\x89PNG\r\n\x1a\n") || startsWithText(file, "\xff\xd8\xff") ||
           startsWithText(file, "BM");
}

Result<ImageSize> imageSize(std::span<const std::uint8_t> file)
{
    Result<ImageSize> size = storedSize(file);
    if (size && size->channels == 3 && hasPalette(file)) {
        const Pixels pixels = load(file, 3);
        if (pixels && isGrey(pixels.get(), std::size_t(size->width) * std::size_t(size->height)))
            size->channels = 1;
    }
    return size;
}

Result<void> decodeImage(std::span<const std::uint8_t> file, const ImageSize &size, std::span<std::uint8_t> out)
{
    const Result<ImageSize> stored = storedSize(file);
    if (!stored)
        return stored.error();
    const std::size_t bytes = std::size_t(size.width) * std::size_t(size.height) * std::size_t(size.channels);
    if (stored->width != size.width || stored->height != size.height || out.size() != bytes)
        return unusableInput("the picture is " + std::to_string(stored->width) + "×" + std::to_string(stored->height) +
                             ", not " + std::to_string(size.width) + "×" + std::to_string(size.height));
    // The greys of a palette are taken as they are, not weighed into a brightness again.
    const bool greyPalette = size.channels == 1 && hasPalette(file);
    const Pixels pixels = load(file, greyPalette ? 3 : size.channels);
    if (!pixels)
        return unusableInput("the picture is damaged or cut off");
    for (std::size_t i = 0; i < bytes; ++i)
        out[i] = pixels.get()[greyPalette ? 3 * i : i];
    return {};
}

} // namespace espalier
