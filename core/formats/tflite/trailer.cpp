// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/formats/tflite/trailer.h"

#include <algorithm>
#include <optional>

namespace espalier::tflite {

namespace {

// The zip format: sizes and places of fields in the end record and in the directory's entries.
constexpr std::uint32_t endMark = 0x06054b50, entryMark = 0x02014b50;
constexpr std::size_t endSize = 22, entrySize = 46, longestComment = 65535;

std::uint32_t number(std::span<const std::uint8_t> bytes, std::size_t place, int size)
{
    std::uint32_t value = 0;
    for (int i = 0; i < size; ++i)
        value |= std::uint32_t(bytes[place + std::size_t(i)]) << (8 * i);
    return value;
}

void setNumber(Bytes &bytes, std::size_t place, std::uint32_t value)
{
    for (int i = 0; i < 4; ++i)
        bytes[place + std::size_t(i)] = std::uint8_t(value >> (8 * i));
}

struct Directory
{
    std::size_t end = 0;              // place of the end record
    std::uint32_t named = 0;          // where the end record says that the directory starts
    std::size_t start = 0;            // where it starts
    std::vector<std::size_t> entries; // places of its entries
};

std::optional<Directory> findDirectory(std::span<const std::uint8_t> bytes)
{
    if (bytes.size() < endSize)
        return std::nullopt;
    const std::size_t last = bytes.size() - endSize;
    const std::size_t first = last > longestComment ? last - longestComment : 0;
    for (std::size_t end = last + 1; end-- > first;) {
        if (number(bytes, end, 4) != endMark || end + endSize + number(bytes, end + 20, 2) != bytes.size())
            continue;
        const std::size_t size = number(bytes, end + 12, 4);
        if (size > end)
            return std::nullopt;
        Directory directory{end, number(bytes, end + 16, 4), end - size, {}};
        std::size_t place = directory.start;
        while (place < end) {
            if (end - place < entrySize || number(bytes, place, 4) != entryMark)
                return std::nullopt;
            directory.entries.push_back(place);
            place +=
                entrySize + number(bytes, place + 28, 2) + number(bytes, place + 30, 2) + number(bytes, place + 32, 2);
        }
        return place == end ? std::optional(std::move(directory)) : std::nullopt;
    }
    return std::nullopt;
}

/// Adds `shift` to every place that the archive names, if the directory then is where `from` says.
Bytes shifted(std::span<const std::uint8_t> bytes, std::int64_t from, std::int64_t shift)
{
    Bytes result(bytes.begin(), bytes.end());
    const std::optional<Directory> directory = findDirectory(bytes);
    if (!directory || std::int64_t(directory->named) != std::int64_t(directory->start) + from)
        return result;
    const auto inRange = [](std::int64_t place) { return place >= 0 && place <= std::int64_t(UINT32_MAX); };
    const auto movedPlace = [&](std::size_t entry) { return std::int64_t(number(bytes, entry + 42, 4)) + shift; };
    if (!inRange(std::int64_t(directory->named) + shift) ||
        !std::ranges::all_of(directory->entries, inRange, movedPlace))
        return result;
    setNumber(result, directory->end + 16, std::uint32_t(std::int64_t(directory->named) + shift));
    for (const std::size_t entry : directory->entries)
        setNumber(result, entry + 42, std::uint32_t(movedPlace(entry)));
    return result;
}

} // namespace

Bytes detachedTrailer(std::span<const std::uint8_t> bytes, std::size_t position)
{
    return shifted(bytes, std::int64_t(position), -std::int64_t(position));
}

Bytes attachedTrailer(std::span<const std::uint8_t> bytes, std::size_t position)
{
    return shifted(bytes, 0, std::int64_t(position));
}

} // namespace espalier::tflite
