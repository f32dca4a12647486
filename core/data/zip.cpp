// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/zip.h"

#include "core/data/inflate.h"
#include "core/data/shown.h"

#include <algorithm>
#include <zlib.h>

namespace espalier {

// Signatures and field offsets: PKWARE APPNOTE 6.3, sections 4.3.7 to 4.3.16 and 4.5.3.
namespace {

constexpr std::uint32_t localSignature = 0x04034b50, centralSignature = 0x02014b50, endSignature = 0x06054b50;
constexpr std::uint32_t end64Signature = 0x06064b50, locator64Signature = 0x07064b50;
constexpr std::size_t localBytes = 30, centralBytes = 46, endBytes = 22, end64Bytes = 56, locator64Bytes = 20;
constexpr std::uint32_t inZip64 = 0xffffffff;

std::uint64_t little(std::span<const std::uint8_t> bytes, std::size_t at, int count)
{
    std::uint64_t value = 0;
    for (int i = 0; i < count; ++i)
        value |= std::uint64_t(bytes[at + std::size_t(i)]) << (8 * i);
    return value;
}

/// Where the end-of-central-directory record starts: the last place that looks like one and whose comment fits.
std::size_t findEnd(std::span<const std::uint8_t> file)
{
    if (file.size() < endBytes)
        return file.size();
    const std::size_t last = file.size() - endBytes;
    for (std::size_t back = 0; back <= std::min<std::size_t>(last, 0xffff); ++back) {
        const std::size_t at = last - back;
        if (little(file, at, 4) == endSignature && little(file, at + 20, 2) <= back)
            return at;
    }
    return file.size();
}

/// Takes the 64-bit sizes that stand in the extra field for those that did not fit, in their fixed order.
bool applyZip64(std::span<const std::uint8_t> extra, ZipArchive::Member &member)
{
    std::uint64_t *const wanting[] = {&member.bytes, &member.packedBytes, &member.position};
    if (std::ranges::none_of(wanting, [](const std::uint64_t *value) { return *value == inZip64; }))
        return true;
    while (extra.size() >= 4) {
        const std::uint64_t id = little(extra, 0, 2), size = little(extra, 2, 2);
        if (size > extra.size() - 4)
            return false;
        if (id == 1) {
            std::span<const std::uint8_t> field = extra.subspan(4, std::size_t(size));
            for (std::uint64_t *value : wanting) {
                if (*value != inZip64)
                    continue;
                if (field.size() < 8)
                    return false;
                *value = little(field, 0, 8);
                field = field.subspan(8);
            }
            return true;
        }
        extra = extra.subspan(4 + std::size_t(size));
    }
    return false;
}

Error damaged(const char *what)
{
    return unusableInput(std::string("the zip archive is damaged: ") + what);
}

} // namespace

Result<ZipArchive> ZipArchive::open(Bytes bytes)
{
    ZipArchive archive;
    archive.m_file = std::move(bytes);
    const std::span<const std::uint8_t> file = archive.m_file;
    const std::size_t end = findEnd(file);
    if (end == file.size())
        return damaged("its directory is missing, the file may be cut off");
    std::uint64_t count = little(file, end + 10, 2), size = little(file, end + 12, 4),
                  start = little(file, end + 16, 4);
    if (end >= locator64Bytes && little(file, end - locator64Bytes, 4) == locator64Signature) {
        const std::uint64_t at = little(file, end - locator64Bytes + 8, 8);
        if (at > file.size() || file.size() - at < end64Bytes || little(file, std::size_t(at), 4) != end64Signature)
            return damaged("its 64-bit directory record is missing");
        count = little(file, std::size_t(at) + 32, 8);
        size = little(file, std::size_t(at) + 40, 8);
        start = little(file, std::size_t(at) + 48, 8);
    }
    if (start > end || size > end - start)
        return damaged("its directory lies outside the file");
    std::span<const std::uint8_t> directory = file.subspan(std::size_t(start), std::size_t(size));
    for (std::uint64_t i = 0; i < count; ++i) {
        if (directory.size() < centralBytes || little(directory, 0, 4) != centralSignature)
            return damaged("its directory is cut off");
        const std::size_t nameBytes = std::size_t(little(directory, 28, 2));
        const std::size_t extraBytes = std::size_t(little(directory, 30, 2));
        const std::size_t commentBytes = std::size_t(little(directory, 32, 2));
        if (directory.size() - centralBytes < nameBytes + extraBytes + commentBytes)
            return damaged("its directory is cut off");
        const auto nameStart = directory.begin() + std::ptrdiff_t(centralBytes);
        Member member;
        member.name.assign(nameStart, nameStart + std::ptrdiff_t(nameBytes));
        member.flags = std::uint16_t(little(directory, 8, 2));
        member.method = std::uint16_t(little(directory, 10, 2));
        member.checksum = std::uint32_t(little(directory, 16, 4));
        member.packedBytes = little(directory, 20, 4);
        member.bytes = little(directory, 24, 4);
        member.position = little(directory, 42, 4);
        if (!applyZip64(directory.subspan(centralBytes + nameBytes, extraBytes), member))
            return damaged("the 64-bit sizes of a member are missing");
        archive.m_members.push_back(std::move(member));
        directory = directory.subspan(centralBytes + nameBytes + extraBytes + commentBytes);
    }
    return archive;
}

const ZipArchive::Member *ZipArchive::find(std::string_view name) const
{
    const auto found = std::ranges::find(m_members, name, &Member::name);
    return found == m_members.end() ? nullptr : &*found;
}

Result<Bytes> ZipArchive::read(const Member &member, std::uint64_t limit, const Progress &progress) const
{
    const auto wrong = [&](const std::string &fact) { return unusableInput(shown(member.name) + " " + fact); };
    const std::span<const std::uint8_t> file = m_file;
    if (member.position > file.size() || file.size() - member.position < localBytes ||
        little(file, std::size_t(member.position), 4) != localSignature)
        return wrong("does not start where the zip directory says");
    const std::size_t header = std::size_t(member.position);
    const std::uint64_t data = header + localBytes + little(file, header + 26, 2) + little(file, header + 28, 2);
    if (data > file.size() || member.packedBytes > file.size() - data)
        return wrong("is cut off");
    if (member.flags & 1)
        return wrong("is encrypted: save it without a password");
    if (member.method != 0 && member.method != 8)
        return wrong("is compressed by method " + std::to_string(member.method) +
                     "; only stored and deflated members are read");
    if (member.bytes > limit)
        return wrong("unpacks to " + std::to_string(member.bytes) + " bytes, more than the " + std::to_string(limit) +
                     " that are read");
    const std::span<const std::uint8_t> packed = file.subspan(std::size_t(data), std::size_t(member.packedBytes));
    if (member.method == 0 ? member.bytes != packed.size() : member.bytes / maxInflation > packed.size())
        return wrong("claims a size that its data cannot have");
    Bytes bytes;
    if (member.method == 0) {
        bytes.assign(packed.begin(), packed.end());
    } else {
        bytes.resize(std::size_t(member.bytes));
        Inflater inflater(packed, Inflater::Wrapping::raw);
        if (const Result<void> done = inflater.read(bytes, member.name, progress); !done)
            return done.error().code == ErrorCode::cancelled ? done.error() : done.error().in(shown(member.name));
        if (!inflater.atEnd())
            return wrong("does not unpack to the size that the zip directory says");
    }
    if (crc32_z(0, bytes.data(), bytes.size()) != member.checksum)
        return wrong("is damaged: its checksum differs");
    return bytes;
}

} // namespace espalier
