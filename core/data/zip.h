// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/file.h"
#include "core/base/progress.h"

#include <string>
#include <string_view>
#include <vector>

namespace espalier {

/// A zip archive in memory, read by its central directory (with ZIP64 sizes). Members are stored or deflated.
class ZipArchive
{
public:
    struct Member
    {
        std::string name;
        std::uint16_t method = 0; ///< 0 stored, 8 deflated
        std::uint16_t flags = 0;
        std::uint32_t checksum = 0;                             ///< CRC-32 of the unpacked bytes
        std::uint64_t packedBytes = 0, bytes = 0, position = 0; ///< position of the local header
    };

    /// An unusableInput error says what is damaged.
    static Result<ZipArchive> open(Bytes file);

    const std::vector<Member> &members() const { return m_members; }
    /// Null where there is none of that name.
    const Member *find(std::string_view name) const;

    /// Unpacks a member and checks its size and checksum. Never allocates more than `limit`, nor more than the packed
    /// bytes can unpack to.
    Result<Bytes> read(const Member &member, std::uint64_t limit, const Progress &progress = {}) const;

private:
    Bytes m_file;
    std::vector<Member> m_members;
};

} // namespace espalier
