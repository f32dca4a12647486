// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "device/flash/flashimage.h"

#include <algorithm>

namespace espalier::device {

namespace {

constexpr std::uint32_t loadSegment = 1, programHeaderBytes = 32;

std::uint32_t number(std::span<const std::uint8_t> file, std::size_t at, int bytes)
{
    std::uint32_t value = 0;
    for (int i = 0; i < bytes; ++i)
        value |= std::uint32_t(file[at + std::size_t(i)]) << (8 * i);
    return value;
}

} // namespace

Result<void> checkRange(const FlashImage &image, FlashRange range)
{
    for (const auto &[address, bytes] : image) {
        if (address < range.start || address - range.start > range.bytes ||
            bytes.size() > range.bytes - (address - range.start))
            return failed("the firmware has " + std::to_string(bytes.size()) + " bytes at " + addressText(address) +
                          ", outside the board's flash: build it for this board");
    }
    return {};
}

std::string addressText(std::uint32_t address)
{
    std::string text = "0x";
    for (int shift = 28; shift >= 0; shift -= 4)
        text += "0123456789abcdef"[(address >> shift) & 15];
    return text;
}

Result<FlashImage> readFlashImage(std::span<const std::uint8_t> elf)
{
    static constexpr std::uint8_t magic[] = {0x7f, 'E', 'L', 'F', 1, 1};
    if (elf.size() < 52 || !std::equal(std::begin(magic), std::end(magic), elf.begin()))
        return failed("the firmware is no 32-bit ELF file: build it again");
    const Error damaged = failed("the firmware's ELF file is damaged: build it again");
    const std::uint64_t table = number(elf, 28, 4), entry = number(elf, 42, 2), count = number(elf, 44, 2);
    if (entry < programHeaderBytes || table + entry * count > elf.size())
        return damaged;
    FlashImage image;
    for (std::uint64_t i = 0; i < count; ++i) {
        const std::size_t at = std::size_t(table + entry * i);
        const std::uint64_t offset = number(elf, at + 4, 4), address = number(elf, at + 12, 4),
                            bytes = number(elf, at + 16, 4);
        if (number(elf, at, 4) != loadSegment || bytes == 0)
            continue;
        if (offset + bytes > elf.size() || address + bytes > std::uint64_t(1) << 32)
            return damaged;
        const auto next = image.lower_bound(std::uint32_t(address));
        const bool meetsNext = next != image.end() && next->first < address + bytes;
        const bool meetsLast =
            next != image.begin() && std::prev(next)->first + std::prev(next)->second.size() > address;
        if (meetsNext || meetsLast)
            return damaged;
        const auto part = elf.subspan(std::size_t(offset), std::size_t(bytes));
        image.emplace(std::uint32_t(address), Bytes(part.begin(), part.end()));
    }
    if (image.empty())
        return failed("the firmware's ELF file loads nothing: build it again");
    return image;
}

FlashImage pagesOf(const FlashImage &image, std::uint32_t pageBytes)
{
    FlashImage pages;
    for (const auto &[address, bytes] : image) {
        for (std::size_t done = 0; done < bytes.size();) {
            const std::uint32_t at = address + std::uint32_t(done), within = at % pageBytes;
            const std::size_t count = std::min<std::size_t>(pageBytes - within, bytes.size() - done);
            Bytes &page = pages.try_emplace(at - within, pageBytes, std::uint8_t(0xff)).first->second;
            std::copy_n(bytes.begin() + std::ptrdiff_t(done), count, page.begin() + within);
            done += count;
        }
    }
    return pages;
}

} // namespace espalier::device
