// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/imagecodec.h"

#include <algorithm>
#include <csetjmp>
#include <png.h>
#include <vector>

namespace espalier {

// libpng leaves a function by longjmp when a file is damaged: between setjmp and the end of reading there are only
// plain values, nothing with a destructor.
namespace {

struct Source
{
    const std::uint8_t *next;
    std::size_t left;
};

void readFrom(png_structp png, png_bytep out, png_size_t count)
{
    auto *source = static_cast<Source *>(png_get_io_ptr(png));
    if (count > source->left)
        png_error(png, "cut off");
    std::copy_n(source->next, count, out);
    source->next += count;
    source->left -= count;
}

void fail(png_structp png, png_const_charp)
{
    png_longjmp(png, 1);
}

void ignore(png_structp, png_const_charp) {}

png_structp makeReader(Source &source)
{
    png_structp png = png_create_read_struct(PNG_LIBPNG_VER_STRING, nullptr, fail, ignore);
    if (png) {
        png_set_user_limits(png, 0x7fffffff, 0x7fffffff); // ours are told with the size
        png_set_chunk_malloc_max(png, 8 << 20);
        png_set_chunk_cache_max(png, 64);
        png_set_read_fn(png, &source, readFrom);
    }
    return png;
}

/// False where the header is damaged.
bool readHeader(Source source, ImageSize &size)
{
    png_structp png = makeReader(source);
    png_infop info = png ? png_create_info_struct(png) : nullptr;
    if (!info || setjmp(png_jmpbuf(png))) {
        png_destroy_read_struct(&png, &info, nullptr);
        return false;
    }
    png_read_info(png, info);
    size.width = std::int32_t(png_get_image_width(png, info));
    size.height = std::int32_t(png_get_image_height(png, info));
    size.channels = png_get_color_type(png, info) & PNG_COLOR_MASK_COLOR ? 3 : 1;
    png_destroy_read_struct(&png, &info, nullptr);
    return true;
}

/// False where the file is damaged or its rows are not of `rowBytes`. Values are taken as they are stored, without
/// gamma; of 16 bits the upper 8; transparency is dropped.
bool readPixels(Source source, int channels, std::size_t rowBytes, png_bytepp rows)
{
    png_structp png = makeReader(source);
    png_infop info = png ? png_create_info_struct(png) : nullptr;
    if (!info || setjmp(png_jmpbuf(png))) {
        png_destroy_read_struct(&png, &info, nullptr);
        return false;
    }
    png_read_info(png, info);
    png_set_strip_16(png);
    png_set_packing(png);
    png_set_expand(png);
    png_set_strip_alpha(png);
    if (channels == 3)
        png_set_gray_to_rgb(png);
    png_set_interlace_handling(png);
    png_read_update_info(png, info);
    const bool fits = png_get_rowbytes(png, info) == rowBytes;
    if (fits) {
        png_read_image(png, rows);
        png_read_end(png, nullptr);
    }
    png_destroy_read_struct(&png, &info, nullptr);
    return fits;
}

Result<ImageSize> size(std::span<const std::uint8_t> file)
{
    ImageSize found;
    if (!readHeader({file.data(), file.size()}, found))
        return unusableInput("the picture's header is damaged or cut off");
    return found;
}

Result<void> decode(std::span<const std::uint8_t> file, const ImageSize &size, std::uint8_t *out)
{
    const std::size_t rowBytes = std::size_t(size.width) * std::size_t(size.channels);
    std::vector<png_bytep> rows(static_cast<std::size_t>(size.height));
    for (std::size_t y = 0; y < rows.size(); ++y)
        rows[y] = out + y * rowBytes;
    if (!readPixels({file.data(), file.size()}, size.channels, rowBytes, rows.data()))
        return unusableInput("the picture is damaged or cut off");
    return {};
}

bool hasPalette(std::span<const std::uint8_t> file)
{
    constexpr std::size_t colourType = 25; // in the header, which always comes first
    return file.size() > colourType && file[colourType] == PNG_COLOR_TYPE_PALETTE;
}

} // namespace

const ImageCodec pngCodec = {"\x89PNG\r\n\x1a\n", size, decode, hasPalette};

} // namespace espalier
