// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "device/flash/uf2.h"

#include "device/flash/startingpage.h"

#include <algorithm>
#include <string>

namespace espalier::device {

namespace {

constexpr std::uint32_t firstMagic = 0x0a324655, secondMagic = 0x9e5d5157, lastMagic = 0x0ab16f30;
constexpr std::uint32_t notForFlash = 0x1, hasFamily = 0x2000;
constexpr std::uint32_t contentsAt = 32, mostContents = 476;

void put(Bytes &file, std::size_t at, std::uint32_t value)
{
    for (std::size_t i = 0; i < 4; ++i)
        file[at + i] = std::uint8_t(value >> (8 * i));
}

std::uint32_t take(std::span<const std::uint8_t> block, std::size_t at)
{
    return std::uint32_t(block[at]) | std::uint32_t(block[at + 1]) << 8 | std::uint32_t(block[at + 2]) << 16 |
           std::uint32_t(block[at + 3]) << 24;
}

} // namespace

Bytes writeUf2(const FlashImage &image, std::uint32_t family)
{
    if (image.empty())
        return {};
    const FlashImage sectors = pagesOf(image, flashSectorBytes), pages = pagesOf(sectors, flashPageBytes);
    const std::uint32_t last = startingPage(image);
    Bytes file(pages.size() * uf2BlockBytes);
    std::size_t number = 0, next = 0;
    for (const auto &[address, bytes] : pages) {
        const std::size_t at = (address == last ? pages.size() - 1 : next++) * uf2BlockBytes;
        const std::uint32_t head[] = {firstMagic,
                                      secondMagic,
                                      hasFamily,
                                      address,
                                      flashPageBytes,
                                      std::uint32_t(number++),
                                      std::uint32_t(pages.size()),
                                      family};
        for (std::size_t i = 0; i < std::size(head); ++i)
            put(file, at + 4 * i, head[i]);
        std::copy(bytes.begin(), bytes.end(), file.begin() + std::ptrdiff_t(at + contentsAt));
        put(file, at + uf2BlockBytes - 4, lastMagic);
    }
    return file;
}

Result<FlashImage> readUf2(std::span<const std::uint8_t> file, std::uint32_t family)
{
    const auto wrong = [](std::size_t number, const char *what) {
        return unusableInput("block " + std::to_string(number) + " of the UF2 file " + what);
    };
    if (file.empty() || file.size() % uf2BlockBytes != 0)
        return unusableInput("the UF2 file is cut off: its size is no multiple of 512");
    FlashImage image;
    std::uint32_t expected = 0, found = 0;
    for (std::size_t i = 0; i < file.size() / uf2BlockBytes; ++i) {
        const auto block = file.subspan(i * uf2BlockBytes, uf2BlockBytes);
        if (take(block, 0) != firstMagic || take(block, 4) != secondMagic ||
            take(block, uf2BlockBytes - 4) != lastMagic)
            return wrong(i, "has not the marks of one");
        const std::uint32_t flags = take(block, 8), address = take(block, 12), bytes = take(block, 16);
        if ((flags & notForFlash) || ((flags & hasFamily) && take(block, 28) != family))
            continue;
        if (bytes == 0 || bytes > mostContents || address > UINT32_MAX - bytes)
            return wrong(i, "has an impossible size or place");
        const auto next = image.lower_bound(address);
        if ((next != image.end() && next->first < address + bytes) ||
            (next != image.begin() && std::prev(next)->first + std::prev(next)->second.size() > address))
            return wrong(i, "lies where another one does");
        const auto contents = block.subspan(contentsAt, bytes);
        image.emplace(address, Bytes(contents.begin(), contents.end()));
        expected = std::max(expected, take(block, 24));
        ++found;
    }
    if (found == 0)
        return unusableInput("the UF2 file holds nothing for this chip");
    if (found != expected)
        return unusableInput("the UF2 file holds " + std::to_string(found) + " of its " + std::to_string(expected) +
                             " blocks");
    return image;
}

} // namespace espalier::device
