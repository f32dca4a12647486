// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/division.h"
#include "core/data/elements.h"
#include "core/data/inflate.h"
#include "core/data/peek.h"

#include <algorithm>
#include <limits>
#include <map>

namespace espalier {

// The layout: two zero bytes, a type code, the number of axes, the extents (32 bits, big-endian), the values.
namespace {

enum class Content { images, labels };

/// "train" and images for "train-images-idx3-ubyte.gz".
struct IdxName
{
    std::string stem;
    Content content = Content::images;
    bool packed = false;
};

std::optional<IdxName> parseName(const std::filesystem::path &path)
{
    std::string name = lowered(path.filename().string());
    IdxName found;
    if (name.ends_with(".gz")) {
        found.packed = true;
        name.resize(name.size() - 3);
    }
    for (const auto &[word, content] : {std::pair{"images", Content::images}, std::pair{"labels", Content::labels}}) {
        const std::size_t at = name.rfind(word);
        if (at == name.npos || name.find("idx", at) == name.npos)
            continue;
        found.stem = name.substr(0, at);
        while (!found.stem.empty() && (found.stem.back() == '-' || found.stem.back() == '_'))
            found.stem.pop_back();
        found.content = content;
        return found;
    }
    return std::nullopt;
}

std::optional<ElementType> elementType(std::uint8_t code)
{
    switch (code) {
    case 0x08:
        return makeElementType('u', 1, true);
    case 0x09:
        return makeElementType('i', 1, true);
    case 0x0b:
        return makeElementType('i', 2, true);
    case 0x0c:
        return makeElementType('i', 4, true);
    case 0x0d:
        return makeElementType('f', 4, true);
    case 0x0e:
        return makeElementType('f', 8, true);
    default:
        return std::nullopt;
    }
}

/// The bytes of an IDX file one after another, packed or not.
class Source
{
public:
    Source(const Bytes &file, bool packed) : m_rest(file)
    {
        if (packed)
            m_inflater.emplace(file, Inflater::Wrapping::gzip);
    }

    Result<void> read(std::span<std::uint8_t> out, const std::string &phase = {}, const Progress &progress = {})
    {
        if (m_inflater)
            return m_inflater->read(out, phase, progress);
        if (out.size() > m_rest.size())
            return unusableInput("the file is cut off");
        std::ranges::copy(m_rest.first(out.size()), out.begin());
        m_rest = m_rest.subspan(out.size());
        return {};
    }

    /// The most bytes that can still come.
    std::uint64_t atMost() const { return m_inflater ? m_rest.size() * maxInflation : m_rest.size(); }
    bool atEnd() { return m_inflater ? m_inflater->atEnd() : m_rest.empty(); }

private:
    std::span<const std::uint8_t> m_rest; // all of the file where it is packed
    std::optional<Inflater> m_inflater;
};

struct IdxArray
{
    ElementType type;
    Shape shape;
    Bytes values;
};

Result<IdxArray> parse(Source &source, const std::string &phase, const Progress &progress)
{
    std::uint8_t head[4];
    if (Result<void> done = source.read(head); !done)
        return done.error();
    const std::optional<ElementType> type = elementType(head[2]);
    if (head[0] != 0 || head[1] != 0 || !type || head[3] == 0 || head[3] > 8)
        return unusableInput("this is no IDX file: it does not start with its magic number");
    IdxArray array{*type, {}, {}};
    std::uint64_t bytes = std::uint64_t(type->bytes);
    for (int d = 0; d < head[3]; ++d) {
        std::uint8_t field[4];
        if (Result<void> done = source.read(field); !done)
            return done.error();
        const std::uint32_t extent = std::uint32_t(field[0]) << 24 | std::uint32_t(field[1]) << 16 |
                                     std::uint32_t(field[2]) << 8 | std::uint32_t(field[3]);
        if (extent == 0)
            return unusableInput("the file claims to hold no values");
        if (extent > std::uint32_t(std::numeric_limits<std::int32_t>::max()) || bytes > source.atMost() / extent)
            return unusableInput("the file claims more values than it holds: it may be cut off");
        bytes *= extent;
        array.shape.push_back(std::int32_t(extent));
    }
    if (bytes > maxDataBytes)
        return unusableInput("the file claims " + std::to_string(bytes) + " bytes of values, more than the " +
                             std::to_string(maxDataBytes >> 30) + " GiB that are read");
    array.values.resize(std::size_t(bytes));
    if (Result<void> done = source.read(array.values, phase, progress); !done)
        return done.error();
    if (!source.atEnd())
        return unusableInput("the file goes on behind its last value");
    return array;
}

Result<IdxArray> readArray(const std::filesystem::path &path, bool packed, const Progress &progress)
{
    const Result<Bytes> file = readFile(path);
    if (!file)
        return file.error();
    Source source(*file, packed);
    Result<IdxArray> array = parse(source, path.filename().string(), progress);
    if (!array && array.error().code != ErrorCode::cancelled)
        return array.error().in(path.string());
    return array;
}

/// The files of one split.
struct Pair
{
    std::filesystem::path images, labels;
    bool imagesPacked = false, labelsPacked = false;
};

/// By stem. Where a file is there both packed and plain, the plain one serves.
std::map<std::string, Pair> findPairs(const std::filesystem::path &folder)
{
    std::map<std::string, Pair> pairs;
    for (const std::filesystem::path &path : entries(folder)) {
        const std::optional<IdxName> name = parseName(path);
        if (!name || !isRegularFile(path))
            continue;
        Pair &pair = pairs[name->stem];
        const bool images = name->content == Content::images;
        std::filesystem::path &file = images ? pair.images : pair.labels;
        if (!file.empty() && name->packed)
            continue;
        file = path;
        (images ? pair.imagesPacked : pair.labelsPacked) = name->packed;
    }
    return pairs;
}

Result<Samples> readSplit(const std::string &stem, const Pair &pair, const Progress &progress)
{
    if (pair.images.empty())
        return unusableInput("'" + pair.labels.string() + "' has labels for images that are missing");
    if (pair.labels.empty())
        return unusableInput("the labels of '" + pair.images.string() + "' are missing: there is no " + stem +
                             "-labels-idx1-ubyte");
    Result<IdxArray> images = readArray(pair.images, pair.imagesPacked, progress);
    if (!images)
        return images.error();
    const Result<IdxArray> labels = readArray(pair.labels, pair.labelsPacked, progress);
    if (!labels)
        return labels.error();
    Samples samples;
    samples.count = std::size_t(images->shape[0]);
    samples.shape.assign(images->shape.begin() + 1, images->shape.end());
    if (samples.shape.empty())
        samples.shape = {1};
    Result<ElementValues> values = sampleValues(images->type, std::move(images->values), samples.count);
    if (!values)
        return values.error().in(pair.images.string());
    samples.type = values->type;
    samples.values = std::make_shared<const Bytes>(std::move(values->bytes));
    Result<std::vector<std::int32_t>> numbers = wholeLabels(doubles(labels->type, labels->values));
    if (!numbers)
        return numbers.error().in(pair.labels.string());
    if (numbers->size() != samples.count)
        return unusableInput("'" + pair.images.string() + "' has " + std::to_string(samples.count) + " images, '" +
                             pair.labels.string() + "' has " + std::to_string(numbers->size()) + " labels");
    samples.labels = std::move(*numbers);
    return samples;
}

/// A single IDX file stands for the folder it lies in.
std::filesystem::path folderOf(const std::filesystem::path &path)
{
    if (isFolder(path))
        return path;
    const std::filesystem::path parent = path.parent_path();
    return parent.empty() ? "." : parent;
}

bool recognises(const std::filesystem::path &path)
{
    const auto looksIdx = [](const std::filesystem::path &file) {
        const std::optional<IdxName> name = parseName(file);
        if (!name || !isRegularFile(file))
            return false;
        return startsWith(file, name->packed ? std::string_view("\x1f\x8b") : std::string_view("\0\0", 2));
    };
    if (!isFolder(path))
        return looksIdx(path);
    return std::ranges::any_of(entries(path), looksIdx);
}

Result<Dataset> open(const std::filesystem::path &path, const Progress &progress)
{
    const std::filesystem::path folder = folderOf(path);
    Dataset dataset;
    Samples unassigned;
    for (const auto &[stem, pair] : findPairs(folder)) {
        const auto has = [&stem = stem](const char *word) { return stem.find(word) != std::string::npos; };
        Samples &split = has("calib")                 ? dataset.calibration
                         : has("test") || has("t10k") ? dataset.test
                         : has("train")               ? dataset.train
                                                      : unassigned;
        if (split.count > 0)
            return unusableInput("'" + folder.string() + "' holds several IDX sets for one split ('" + stem +
                                 "' is another): put the one that is meant into a folder of its own");
        Result<Samples> samples = readSplit(stem, pair, progress);
        if (!samples)
            return samples.error();
        split = std::move(*samples);
    }
    if (unassigned.count > 0 && dataset.test.count == 0 && dataset.train.count == 0)
        divide(dataset, unassigned);
    return dataset;
}

} // namespace

extern const DatasetKind idxDataset;
const DatasetKind idxDataset = {"idx", "folder of IDX files (train-images-idx3-ubyte[.gz], t10k-…, as MNIST)",
                                recognises, open};

} // namespace espalier
