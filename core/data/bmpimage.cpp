// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/imagecodec.h"

#include <algorithm>
#include <limits>

namespace espalier {

// The layout: Microsoft's BITMAPFILEHEADER, BITMAPINFOHEADER (and what extends it) and BITMAPCOREHEADER.
namespace {

struct Header
{
    std::int32_t width = 0, height = 0;
    bool topDown = false;
    std::size_t bits = 0;                                              ///< a pixel
    std::size_t pixels = 0, palette = 0, colours = 0, colourBytes = 4; ///< places in the file, and extents
    std::size_t rowBytes() const { return (std::size_t(width) * bits + 31) / 32 * 4; }
};

std::uint32_t little(std::span<const std::uint8_t> file, std::size_t at, std::size_t count)
{
    std::uint32_t value = 0;
    for (std::size_t i = 0; i < count; ++i)
        value |= std::uint32_t(file[at + i]) << (8 * i);
    return value;
}

Result<Header> parse(std::span<const std::uint8_t> file)
{
    constexpr std::size_t fileHeader = 14, coreHeader = 12, infoHeader = 40;
    const Error damaged = unusableInput("the picture's header is damaged or cut off");
    if (file.size() < fileHeader + coreHeader)
        return damaged;
    Header header;
    header.pixels = little(file, 10, 4);
    const std::size_t size = little(file, fileHeader, 4);
    std::uint32_t compression = 0;
    if (size == coreHeader) {
        header.width = std::int32_t(little(file, 18, 2));
        header.height = std::int32_t(little(file, 20, 2));
        header.bits = little(file, 24, 2);
        header.colourBytes = 3;
    } else {
        if (size < infoHeader || file.size() < fileHeader + infoHeader)
            return damaged;
        header.width = std::int32_t(little(file, 18, 4));
        header.height = std::int32_t(little(file, 22, 4));
        header.bits = little(file, 28, 2);
        compression = little(file, 30, 4);
        header.colours = little(file, 46, 4);
    }
    header.topDown = header.height < 0;
    if (header.width < 1 || header.height == 0 || header.height == std::numeric_limits<std::int32_t>::min())
        return damaged;
    header.height = header.topDown ? -header.height : header.height;
    header.palette = fileHeader + size;
    if (header.bits <= 8 && header.colours == 0)
        header.colours = std::size_t(1) << header.bits;
    // Bit fields (3) of 32 bits a pixel say what is the order without them too, in every program that writes pictures.
    const bool read =
        (compression == 0 || (compression == 3 && header.bits == 32)) &&
        (header.bits == 1 || header.bits == 4 || header.bits == 8 || header.bits == 24 || header.bits == 32);
    if (!read)
        return unusableInput(
            "this kind of BMP is not read: save it without compression, with 8, 24 or 32 bits a pixel");
    return header;
}

Result<ImageSize> size(std::span<const std::uint8_t> file)
{
    const Result<Header> header = parse(file);
    if (!header)
        return header.error();
    return ImageSize{header->width, header->height, 3};
}

Result<void> decode(std::span<const std::uint8_t> file, const ImageSize &size, std::uint8_t *out)
{
    const Result<Header> parsed = parse(file);
    if (!parsed)
        return parsed.error();
    const Header &header = *parsed;
    const std::size_t width = std::size_t(size.width), height = std::size_t(size.height);
    if (header.pixels > file.size() || file.size() - header.pixels < header.rowBytes() * height)
        return unusableInput("the picture is cut off");
    const bool indexed = header.bits <= 8;
    if (indexed && (header.palette > file.size() || header.colours > 256 ||
                    file.size() - header.palette < header.colours * header.colourBytes))
        return unusableInput("the picture's palette is damaged");
    for (std::size_t y = 0; y < height; ++y) {
        const std::size_t row = header.pixels + (header.topDown ? y : height - 1 - y) * header.rowBytes();
        for (std::size_t x = 0; x < width; ++x, out += 3) {
            std::size_t at = row + x * header.bits / 8;
            if (indexed) {
                const std::size_t shift = 8 - header.bits - x * header.bits % 8;
                const std::size_t index = (std::size_t(file[at]) >> shift) & ((std::size_t(1) << header.bits) - 1);
                if (index >= header.colours)
                    return unusableInput("a pixel lies outside of the picture's palette");
                at = header.palette + index * header.colourBytes;
            }
            out[0] = file[at + 2]; // stored as blue, green, red
            out[1] = file[at + 1];
            out[2] = file[at];
        }
    }
    return {};
}

bool hasPalette(std::span<const std::uint8_t> file)
{
    const Result<Header> header = parse(file);
    return header && header->bits <= 8;
}

} // namespace

const ImageCodec bmpCodec = {"BM", size, decode, hasPalette};

} // namespace espalier
