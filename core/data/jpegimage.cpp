// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/imagecodec.h"

#include <algorithm>
#include <csetjmp>
#include <cstddef>
#include <cstdio> // jpeglib.h uses FILE

#include <jerror.h>
#include <jpeglib.h>

namespace espalier {

// libjpeg reports errors through functions that must not return, hence longjmp: between setjmp and the end of reading
// there are only plain values, nothing with a destructor.
namespace {

struct Reader
{
    jpeg_decompress_struct jpeg;
    jpeg_error_mgr errors;
    jpeg_progress_mgr progress;
    std::jmp_buf failed;
};

Reader &readerOf(j_common_ptr jpeg)
{
    return *static_cast<Reader *>(jpeg->client_data);
}

[[noreturn]] void fail(j_common_ptr jpeg)
{
    std::longjmp(readerOf(jpeg).failed, 1);
}

/// A warning means that pixels were made up for damaged data. Only bytes between segments are harmless.
void judgeMessage(j_common_ptr jpeg, int level)
{
    if (level < 0 && jpeg->err->msg_code != JWRN_EXTRANEOUS_DATA)
        fail(jpeg);
}

/// A progressive file may go over its pixels again and again; none from a camera or program does so this often.
void boundScans(j_common_ptr jpeg)
{
    constexpr int mostScans = 200;
    if (jpeg->is_decompressor && readerOf(jpeg).jpeg.input_scan_number > mostScans)
        fail(jpeg);
}

void setUp(Reader &reader, std::span<const std::uint8_t> file)
{
    reader.jpeg.err = jpeg_std_error(&reader.errors);
    reader.errors.error_exit = fail;
    reader.errors.emit_message = judgeMessage;
    reader.jpeg.client_data = &reader;
    jpeg_create_decompress(&reader.jpeg);
    reader.progress.progress_monitor = boundScans;
    reader.jpeg.progress = &reader.progress;
    jpeg_mem_src(&reader.jpeg, file.data(), static_cast<unsigned long>(file.size()));
    jpeg_read_header(&reader.jpeg, TRUE);
}

bool readHeader(Reader &reader, std::span<const std::uint8_t> file, ImageSize &size)
{
    if (setjmp(reader.failed)) {
        jpeg_destroy_decompress(&reader.jpeg);
        return false;
    }
    setUp(reader, file);
    size.width = std::int32_t(reader.jpeg.image_width);
    size.height = std::int32_t(reader.jpeg.image_height);
    size.channels = reader.jpeg.num_components == 1 ? 1 : 3;
    const bool readable = reader.jpeg.num_components == 1 || reader.jpeg.num_components == 3;
    jpeg_destroy_decompress(&reader.jpeg);
    return readable;
}

bool readPixels(Reader &reader, std::span<const std::uint8_t> file, const ImageSize &size, std::uint8_t *out)
{
    if (setjmp(reader.failed)) {
        jpeg_destroy_decompress(&reader.jpeg);
        return false;
    }
    setUp(reader, file);
    reader.jpeg.out_color_space = size.channels == 1 ? JCS_GRAYSCALE : JCS_RGB;
    jpeg_start_decompress(&reader.jpeg);
    const std::size_t rowBytes = std::size_t(size.width) * std::size_t(size.channels);
    const bool fits = reader.jpeg.output_width == JDIMENSION(size.width) &&
                      reader.jpeg.output_height == JDIMENSION(size.height) &&
                      reader.jpeg.output_components == size.channels;
    while (fits && reader.jpeg.output_scanline < reader.jpeg.output_height) {
        JSAMPROW row = out + reader.jpeg.output_scanline * rowBytes;
        jpeg_read_scanlines(&reader.jpeg, &row, 1);
    }
    if (fits)
        jpeg_finish_decompress(&reader.jpeg);
    jpeg_destroy_decompress(&reader.jpeg);
    return fits;
}

Result<ImageSize> size(std::span<const std::uint8_t> file)
{
    Reader reader = {};
    ImageSize found;
    if (!readHeader(reader, file, found))
        return unusableInput("the picture's header is damaged, cut off, or its colours are neither grey nor RGB");
    return found;
}

Result<void> decode(std::span<const std::uint8_t> file, const ImageSize &size, std::uint8_t *out)
{
    Reader reader = {};
    if (!readPixels(reader, file, size, out))
        return unusableInput("the picture is damaged or cut off");
    return {};
}

} // namespace

const ImageCodec jpegCodec = {"\xff\xd8\xff", size, decode, [](std::span<const std::uint8_t>) { return false; }};

} // namespace espalier
