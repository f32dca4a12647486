// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/metrics/modelmetric.h"
#include "core/metrics/modelmetrics.h"

#include <algorithm>
#include <limits>
#include <string_view>
#include <vector>
#include <zlib.h>

namespace espalier {

namespace {

/// Bytes of the raw deflate stream of `file`; the stream itself is not kept.
std::int64_t deflatedBytes(std::span<const std::uint8_t> file)
{
    z_stream stream = {};
    if (deflateInit2(&stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, -15, 8, Z_DEFAULT_STRATEGY) != Z_OK)
        return 0;
    std::vector<std::uint8_t> out(std::size_t(1) << 16);
    std::int64_t total = 0;
    int code = Z_OK;
    while (code != Z_STREAM_END) {
        if (stream.avail_in == 0) {
            const std::size_t n = std::min<std::size_t>(file.size(), std::numeric_limits<uInt>::max());
            stream.next_in = const_cast<Bytef *>(file.data());
            stream.avail_in = uInt(n);
            file = file.subspan(n);
        }
        stream.next_out = out.data();
        stream.avail_out = uInt(out.size());
        code = deflate(&stream, file.empty() ? Z_FINISH : Z_NO_FLUSH);
        total += std::int64_t(out.size() - stream.avail_out);
    }
    deflateEnd(&stream);
    return total;
}

} // namespace

std::int64_t zippedBytes(std::span<const std::uint8_t> file)
{
    // PKWARE APPNOTE 4.3.7, 4.3.12, 4.3.16: a local header, a directory entry and the end record, the name in two of
    // them.
    constexpr std::int64_t headers = 30 + 46 + 22;
    constexpr std::string_view memberName = "model.tflite";
    return headers + 2 * std::int64_t(memberName.size()) + deflatedBytes(file);
}

extern const ModelMetric zippedBytesMetric;
const ModelMetric zippedBytesMetric = {Column::zippedBytes, [](const Model &, std::span<const std::uint8_t> file) {
                                           return file.empty() ? Row::Cell() : Row::Cell(zippedBytes(file));
                                       }};

} // namespace espalier
