// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/arrayset.h"
#include "core/data/division.h"
#include "core/data/peek.h"

#include <array>

namespace espalier {

namespace {

/// The file that holds an array: "x_test" is test_x.npy or x_test.npy. Empty where there is none.
std::filesystem::path fileOf(const std::filesystem::path &folder, const std::string &name)
{
    std::array<std::string, 2> names = {name + ".npy", name + ".npy"};
    if (name.size() > 2)
        names[0] = name.substr(2) + "_" + name.substr(0, 1) + ".npy";
    for (const std::string &candidate : names)
        if (isRegularFile(folder / candidate))
            return folder / candidate;
    return {};
}

bool recognises(const std::filesystem::path &path)
{
    for (const char *name : {"x_test", "x_train", "x"}) {
        const std::filesystem::path file = fileOf(path, name);
        if (!file.empty() && startsWith(file, "\x93NUMPY"))
            return true;
    }
    return false;
}

Result<Dataset> open(const std::filesystem::path &path, const Progress &progress)
{
    const auto lookup = [&](const std::string &name) -> Result<std::optional<NamedArray>> {
        if (progress.cancelled())
            return cancelled();
        const std::filesystem::path file = fileOf(path, name);
        if (file.empty())
            return std::optional<NamedArray>();
        Result<Bytes> bytes = readFile(file, maxDataBytes);
        if (!bytes)
            return bytes.error();
        return std::optional<NamedArray>({file.string(), std::move(*bytes)});
    };
    Result<Dataset> dataset = datasetOfArrays(lookup);
    if (!dataset && dataset.error().message.find(path.string()) == std::string::npos)
        return dataset.error().in(path.string());
    return dataset;
}

} // namespace

extern const DatasetKind npyFolderDataset;
const DatasetKind npyFolderDataset = {"npy-folder", "folder of test_x.npy, test_y.npy, train_x.npy, …", recognises,
                                      open};

} // namespace espalier
