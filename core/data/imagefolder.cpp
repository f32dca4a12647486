// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/threadpool.h"
#include "core/data/division.h"
#include "core/data/image.h"
#include "core/data/peek.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <set>

namespace espalier {

// A class is a folder of pictures, its name the class's. Class folders lie in the data set's folder, or in folders
// called train, calibration (or validation) and test within it. Classes are numbered in the order of their names, as
// the training frameworks number them.
namespace {

struct Picture
{
    std::filesystem::path path;
    std::int32_t label = 0;
    ImageSize size = {};
};

bool hasImageSuffix(const std::filesystem::path &path)
{
    static constexpr std::array<std::string_view, 4> suffixes = {".png", ".jpg", ".jpeg", ".bmp"};
    return std::ranges::find(suffixes, lowered(path.extension().string())) != suffixes.end();
}

std::vector<std::filesystem::path> pictureFiles(const std::filesystem::path &folder)
{
    std::vector<std::filesystem::path> files = entries(folder);
    std::erase_if(files,
                  [](const std::filesystem::path &path) { return !hasImageSuffix(path) || !isRegularFile(path); });
    return files;
}

/// Whether a folder holds a file that is called a picture, without listing all of it.
bool holdsPicture(const std::filesystem::path &folder)
{
    std::error_code code;
    std::filesystem::directory_iterator entry(folder, code);
    for (; !code && entry != std::filesystem::directory_iterator(); entry.increment(code))
        if (hasImageSuffix(entry->path()))
            return true;
    return false;
}

std::vector<std::filesystem::path> classFolders(const std::filesystem::path &folder)
{
    std::vector<std::filesystem::path> folders = entries(folder);
    std::erase_if(folders, [](const std::filesystem::path &path) { return !isFolder(path) || !holdsPicture(path); });
    return folders;
}

/// The first of these folders within `folder` that holds class folders; empty where there is none.
std::filesystem::path splitFolder(const std::filesystem::path &folder, std::initializer_list<const char *> names)
{
    for (const char *name : names)
        if (isFolder(folder / name) && !classFolders(folder / name).empty())
            return folder / name;
    return {};
}

struct Layout
{
    std::filesystem::path train, calibration, test;
    bool divided() const { return !train.empty() || !test.empty(); }
};

Layout layoutOf(const std::filesystem::path &folder)
{
    Layout layout;
    layout.train = splitFolder(folder, {"train", "training"});
    layout.test = splitFolder(folder, {"test", "testing"});
    layout.calibration = splitFolder(folder, {"calibration", "validation", "val"});
    if (layout.test.empty() && !layout.calibration.empty() && layout.calibration.filename() != "calibration")
        std::swap(layout.test, layout.calibration); // train and validation alone: validation is what is held out
    return layout;
}

bool recognises(const std::filesystem::path &path)
{
    if (!isFolder(path))
        return false;
    const auto holdsPictures = [](const std::filesystem::path &folder) {
        return std::ranges::any_of(classFolders(folder), [](const std::filesystem::path &classFolder) {
            return std::ranges::any_of(pictureFiles(classFolder),
                                       [](const std::filesystem::path &file) { return isImage(firstBytes(file, 8)); });
        });
    };
    const Layout layout = layoutOf(path);
    return holdsPictures(layout.divided() ? (layout.test.empty() ? layout.train : layout.test) : path);
}

std::vector<Picture> picturesIn(const std::filesystem::path &folder, const std::vector<std::string> &classNames)
{
    std::vector<Picture> pictures;
    if (folder.empty())
        return pictures;
    for (const std::filesystem::path &classFolder : classFolders(folder)) {
        const auto name = std::ranges::lower_bound(classNames, classFolder.filename().string());
        for (std::filesystem::path &file : pictureFiles(classFolder))
            pictures.push_back({std::move(file), std::int32_t(name - classNames.begin())});
    }
    return pictures;
}

/// Calls work(i) for every picture on all processors; of several errors the first picture's is told.
Result<void> forEach(std::size_t count, const char *phase, const Progress &progress,
                     const std::function<Result<void>(std::size_t)> &work)
{
    std::vector<std::optional<Error>> errors(count);
    std::atomic<std::int64_t> done = 0;
    std::atomic<bool> stop = false;
    ThreadPool pool;
    pool.run(count, [&](std::size_t i, int) {
        if (stop || progress.cancelled())
            return;
        if (const Result<void> result = work(i); !result) {
            errors[i] = result.error();
            stop = true;
        }
        progress.report(phase, ++done, std::int64_t(count));
    });
    if (progress.cancelled())
        return cancelled();
    // Indices are handed out in order, so all before the first error seen have been worked on.
    for (std::optional<Error> &error : errors)
        if (error)
            return std::move(*error);
    return {};
}

std::string sizeText(const ImageSize &size)
{
    return std::to_string(size.width) + "×" + std::to_string(size.height);
}

Result<void> readSizes(std::vector<Picture> &pictures, const Progress &progress)
{
    return forEach(pictures.size(), "looking at pictures", progress, [&](std::size_t i) -> Result<void> {
        const Result<Bytes> file = readFile(pictures[i].path);
        if (!file)
            return file.error();
        const Result<ImageSize> size = imageSize(*file);
        if (!size)
            return size.error().in(pictures[i].path.string());
        pictures[i].size = *size;
        return {};
    });
}

Result<Samples> readPictures(const std::vector<Picture> &pictures, const ImageSize &size, const Progress &progress)
{
    Samples samples;
    samples.type = DType::uint8;
    samples.shape = {size.height, size.width, size.channels};
    samples.count = pictures.size();
    const std::size_t each = samples.sampleBytes();
    if (pictures.size() > maxDataBytes / each)
        return unusableInput("the pictures take more than " + std::to_string(maxDataBytes >> 30) + " GiB of memory");
    Bytes values(pictures.size() * each);
    const Result<void> done =
        forEach(pictures.size(), "reading pictures", progress, [&](std::size_t i) -> Result<void> {
            const Result<Bytes> file = readFile(pictures[i].path);
            if (!file)
                return file.error();
            const Result<void> decoded = decodeImage(*file, size, std::span(values).subspan(i * each, each));
            return decoded ? Result<void>() : decoded.error().in(pictures[i].path.string());
        });
    if (!done)
        return done.error();
    samples.values = std::make_shared<const Bytes>(std::move(values));
    for (const Picture &picture : pictures)
        samples.labels.push_back(picture.label);
    return samples;
}

Result<Dataset> open(const std::filesystem::path &path, const Progress &progress)
{
    Dataset dataset;
    const Layout layout = layoutOf(path);
    std::array<std::filesystem::path, 3> folders = {layout.train, layout.calibration, layout.test};
    if (!layout.divided())
        folders = {path, "", ""};
    std::set<std::string> names;
    for (const std::filesystem::path &folder : folders)
        if (!folder.empty())
            for (const std::filesystem::path &classFolder : classFolders(folder))
                names.insert(classFolder.filename().string());
    if (names.size() > std::size_t(maxClasses))
        return unusableInput("'" + path.string() + "' has more than " + std::to_string(maxClasses) + " class folders");
    dataset.classNames.assign(names.begin(), names.end());

    std::array<std::vector<Picture>, 3> splits;
    ImageSize common;
    std::string first;
    for (std::size_t s = 0; s < splits.size(); ++s) {
        splits[s] = picturesIn(folders[s], dataset.classNames);
        if (const Result<void> done = readSizes(splits[s], progress); !done)
            return done.error();
        for (const Picture &picture : splits[s]) {
            if (first.empty()) {
                common = picture.size;
                first = picture.path.string();
            }
            if (picture.size.width != common.width || picture.size.height != common.height)
                return unusableInput("'" + picture.path.string() + "' is " + sizeText(picture.size) + " pixels, '" +
                                     first + "' is " + sizeText(common) +
                                     ": all pictures must have the size that the model takes; resize them first");
            common.channels = std::max(common.channels, picture.size.channels);
        }
    }
    const std::array<Samples *, 3> targets = {&dataset.train, &dataset.calibration, &dataset.test};
    for (std::size_t s = 0; s < splits.size(); ++s) {
        if (splits[s].empty())
            continue;
        Result<Samples> samples = readPictures(splits[s], common, progress);
        if (!samples)
            return samples.error();
        *targets[s] = std::move(*samples);
    }
    return dataset;
}

} // namespace

extern const DatasetKind imageFolderDataset;
const DatasetKind imageFolderDataset = {"image-folder", "folder of class folders with pictures (PNG, JPEG, BMP)",
                                        recognises, open};

} // namespace espalier
