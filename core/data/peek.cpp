// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/peek.h"

#include <algorithm>
#include <fstream>

namespace espalier {

Bytes firstBytes(const std::filesystem::path &path, std::size_t count)
{
    if (!isRegularFile(path))
        return {};
    std::ifstream file(path, std::ios::binary);
    Bytes bytes(count);
    file.read(reinterpret_cast<char *>(bytes.data()), std::streamsize(count));
    bytes.resize(std::size_t(std::max<std::streamsize>(0, file.gcount())));
    return bytes;
}

bool startsWith(const std::filesystem::path &path, std::string_view prefix)
{
    const Bytes bytes = firstBytes(path, prefix.size());
    return std::ranges::equal(bytes, prefix, {}, {}, [](char c) { return std::uint8_t(c); });
}

bool isRegularFile(const std::filesystem::path &path)
{
    std::error_code ignored;
    return std::filesystem::is_regular_file(path, ignored);
}

bool isFolder(const std::filesystem::path &path)
{
    std::error_code ignored;
    return std::filesystem::is_directory(path, ignored);
}

std::vector<std::filesystem::path> entries(const std::filesystem::path &folder)
{
    constexpr std::size_t most = 1'000'000;
    std::vector<std::filesystem::path> found;
    std::error_code code;
    std::filesystem::directory_iterator entry(folder, code);
    for (; !code && entry != std::filesystem::directory_iterator() && found.size() < most; entry.increment(code))
        if (!entry->path().filename().string().starts_with('.'))
            found.push_back(entry->path());
    std::ranges::sort(found, {}, [](const std::filesystem::path &path) { return path.filename().native(); });
    return found;
}

std::string lowered(std::string_view text)
{
    std::string lower(text);
    std::ranges::transform(lower, lower.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? char(c - 'A' + 'a') : c; });
    return lower;
}

} // namespace espalier
