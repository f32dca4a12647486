// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/data/dataset.h"

#include <cstdlib>
#include <fstream>
#include <string>
#include <unistd.h>

namespace espalier {

/// Opens the bytes as a data set file of this name. What opens must be whole, what does not must say why on one line.
inline void openAsDataset(const std::string &name, const std::uint8_t *bytes, std::size_t count)
{
    static const std::filesystem::path folder = [] {
        const std::string unique = "espalier-fuzz-" + std::to_string(::getpid());
        std::filesystem::path path = std::filesystem::temp_directory_path() / unique;
        std::filesystem::create_directory(path);
        return path;
    }();
    const std::filesystem::path path = folder / name;
    std::ofstream(path, std::ios::binary).write(reinterpret_cast<const char *>(bytes), std::streamsize(count));
    const Result<DatasetPtr> opened = openDataset(path);
    if (!opened) {
        const std::string &message = opened.error().message;
        if (opened.error().code != ErrorCode::unusableInput || message.empty() || message.find('\n') != message.npos)
            std::abort();
        return;
    }
    const Dataset &set = **opened;
    for (const Samples *split : {&set.train, &set.calibration, &set.test}) {
        if (split->count > 0 && split->values->size() != split->count * split->sampleBytes())
            std::abort();
        for (const std::int32_t label : split->labels)
            if (label < 0 || std::size_t(label) >= set.classes)
                std::abort();
    }
}

} // namespace espalier
