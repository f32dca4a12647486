// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/arrayset.h"
#include "core/data/division.h"
#include "core/data/peek.h"
#include "core/data/shown.h"
#include "core/data/zip.h"

namespace espalier {

namespace {

bool recognises(const std::filesystem::path &path)
{
    return startsWith(path, "PK\x03\x04") || startsWith(path, "PK\x05\x06");
}

Result<Dataset> open(const std::filesystem::path &path, const Progress &progress)
{
    Result<Bytes> file = readFile(path);
    if (!file)
        return file.error();
    const Result<ZipArchive> archive = ZipArchive::open(std::move(*file));
    if (!archive)
        return archive.error().in(path.string());
    const auto lookup = [&](const std::string &name) -> Result<std::optional<NamedArray>> {
        const ZipArchive::Member *member = archive->find(name + ".npy");
        if (!member)
            return std::optional<NamedArray>();
        Result<Bytes> bytes = archive->read(*member, maxDataBytes, progress);
        if (!bytes)
            return bytes.error();
        return std::optional<NamedArray>({member->name, std::move(*bytes)});
    };
    Result<Dataset> dataset = datasetOfArrays(lookup);
    if (!dataset)
        return dataset.error().code == ErrorCode::cancelled ? dataset.error() : dataset.error().in(path.string());
    if (dataset->test.count == 0 && dataset->train.count == 0) {
        std::string names;
        for (const ZipArchive::Member &member : archive->members())
            if (names.size() < 200)
                names += (names.empty() ? "" : ", ") + shown(member.name);
        return unusableInput("'" + path.string() +
                             "' has no x_test and no x_train; it has: " + (names.empty() ? "nothing" : names));
    }
    return dataset;
}

} // namespace

extern const DatasetKind npzDataset;
const DatasetKind npzDataset = {"npz", "NumPy archive (.npz) with x_test, y_test, x_train, …", recognises, open};

} // namespace espalier
