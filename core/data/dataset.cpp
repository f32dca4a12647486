// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/dataset.h"

#include "core/base/random.h"
#include "core/data/division.h"

#include <algorithm>

namespace espalier {

#define DATASET(symbol, file) extern const DatasetKind symbol;
#include "core/data/datasets.def"
#undef DATASET

namespace {

/// "digits" for "/data/digits" and "/data/digits/".
std::string lastPart(const std::filesystem::path &path)
{
    const std::filesystem::path whole = path.lexically_normal();
    return whole.has_filename() ? whole.filename().string() : whole.parent_path().filename().string();
}

std::string understoodKinds()
{
    std::string text;
    for (const DatasetKind *kind : datasetKinds())
        text += (text.empty() ? "" : "; ") + std::string(kind->title);
    return text;
}

} // namespace

Samples Samples::first(std::size_t limit) const
{
    Samples some = *this;
    some.count = std::min(limit, count);
    if (some.labels.size() > some.count)
        some.labels.resize(some.count);
    if (some.recordings.size() > some.count)
        some.recordings.resize(some.count);
    return some;
}

Samples Samples::spread(std::size_t limit) const
{
    if (limit >= count)
        return *this;
    Random random(0);
    std::vector<std::size_t> indices;
    for (std::size_t i = 0; i < limit; ++i) {
        const std::size_t begin = i * count / limit, end = (i + 1) * count / limit;
        indices.push_back(begin + std::size_t(random.below(end - begin)));
    }
    return selected(*this, indices);
}

std::span<const DatasetKind *const> datasetKinds()
{
    static const DatasetKind *const kinds[] = {
#define DATASET(symbol, file) &symbol,
#include "core/data/datasets.def"
#undef DATASET
    };
    return kinds;
}

Result<DatasetPtr> openDataset(const std::filesystem::path &path, const Progress &progress)
{
    std::error_code code;
    const std::filesystem::file_status status = std::filesystem::status(path, code);
    if (!std::filesystem::exists(status))
        return unusableInput("cannot open the data set '" + path.string() +
                             "': " + (code ? code.message() : "there is no such file or folder"));
    for (const DatasetKind *kind : datasetKinds()) {
        if (!kind->recognises(path))
            continue;
        Result<Dataset> dataset = kind->open(path, progress);
        if (!dataset)
            return dataset.error();
        dataset->name = lastPart(path);
        dataset->path = path;
        dataset->kind = kind->id;
        if (const Result<void> done = complete(*dataset); !done)
            return done.error().in(path.string());
        return DatasetPtr(std::make_shared<const Dataset>(std::move(*dataset)));
    }
    return unusableInput("'" + path.string() +
                         "' is no data set of a known kind; these are read: " + understoodKinds());
}

} // namespace espalier
