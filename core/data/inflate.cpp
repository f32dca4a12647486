// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/inflate.h"

#include <algorithm>
#include <limits>
#include <zlib.h>

namespace espalier {

struct Inflater::State
{
    z_stream stream = {};
    std::span<const std::uint8_t> rest; // not yet handed to zlib
    bool gzip = false;
    bool ready = false;
    bool ended = false;

    /// One step of decompression into `out`; how many bytes it gave, or the zlib code where it failed.
    int step(std::span<std::uint8_t> out, std::size_t &given)
    {
        constexpr std::size_t most = std::numeric_limits<uInt>::max() / 2;
        if (stream.avail_in == 0) {
            const std::size_t n = std::min(rest.size(), most);
            stream.next_in = const_cast<Bytef *>(rest.data());
            stream.avail_in = uInt(n);
            rest = rest.subspan(n);
        }
        stream.next_out = out.data();
        stream.avail_out = uInt(std::min(out.size(), most));
        const uInt before = stream.avail_out;
        const int code = inflate(&stream, Z_NO_FLUSH);
        given = before - stream.avail_out;
        if (code == Z_STREAM_END) {
            const bool more = stream.avail_in > 0 || !rest.empty();
            if (gzip && more)
                return inflateReset(&stream);
            ended = true;
            return Z_OK;
        }
        return code;
    }
};

Inflater::Inflater(std::span<const std::uint8_t> compressed, Wrapping wrapping) : m_state(std::make_unique<State>())
{
    m_state->rest = compressed;
    m_state->gzip = wrapping == Wrapping::gzip;
    m_state->ready = inflateInit2(&m_state->stream, m_state->gzip ? 15 + 16 : -15) == Z_OK;
}

Inflater::~Inflater()
{
    if (m_state->ready)
        inflateEnd(&m_state->stream);
}

Result<void> Inflater::read(std::span<std::uint8_t> out, std::string_view phase, const Progress &progress)
{
    if (!m_state->ready)
        return failed("cannot set up decompression: out of memory");
    constexpr std::size_t chunk = std::size_t(4) << 20; // about 10 ms, so that Cancel answers at once
    std::size_t done = 0;
    while (done < out.size()) {
        if (m_state->ended)
            return unusableInput("the compressed data ends early");
        if (progress.cancelled())
            return cancelled();
        std::size_t given = 0;
        const int code = m_state->step(out.subspan(done, std::min(chunk, out.size() - done)), given);
        done += given;
        if (code == Z_BUF_ERROR)
            return unusableInput("the compressed data is cut off");
        if (code != Z_OK)
            return unusableInput("the compressed data is damaged");
        progress.report(phase, std::int64_t(done), std::int64_t(out.size()));
    }
    return {};
}

bool Inflater::atEnd()
{
    // The end marker and the checksum may lie behind the last byte of data: ask for one byte that must not come.
    while (m_state->ready && !m_state->ended) {
        std::uint8_t extra;
        std::size_t given = 0;
        if (m_state->step({&extra, 1}, given) != Z_OK || given > 0)
            return false;
    }
    return m_state->ended && m_state->rest.empty() && m_state->stream.avail_in == 0;
}

} // namespace espalier
