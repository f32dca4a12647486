// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "device/embedded/embedded.h"

#include <algorithm>

namespace espalier::device {

extern const EmbeddedFile embeddedFileTable[];
extern const std::size_t embeddedFileCount;

std::span<const EmbeddedFile> embeddedFiles()
{
    return {embeddedFileTable, embeddedFileCount};
}

const EmbeddedFile *findEmbeddedFile(std::string_view path)
{
    const auto all = embeddedFiles();
    const auto found = std::ranges::find(all, path, &EmbeddedFile::path);
    return found == all.end() ? nullptr : &*found;
}

std::vector<const EmbeddedFile *> headersWithIncludes(std::span<const std::string> headers)
{
    std::vector<const EmbeddedFile *> found;
    const auto add = [&](std::string_view path) {
        const EmbeddedFile *file = findEmbeddedFile(path);
        if (file && std::ranges::find(found, file) == found.end())
            found.push_back(file);
    };
    for (const std::string &header : headers)
        add(header);
    static constexpr std::string_view opening = "#include <";
    for (std::size_t i = 0; i < found.size(); ++i) { // grows while it runs
        const std::string_view text = found[i]->text;
        for (std::size_t at = text.find(opening); at != text.npos; at = text.find(opening, at)) {
            at += opening.size();
            add(text.substr(at, text.find('>', at) - at));
        }
    }
    return found;
}

} // namespace espalier::device
