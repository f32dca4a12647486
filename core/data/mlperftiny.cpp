// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/division.h"
#include "core/data/peek.h"
#include "core/data/shown.h"
#include "core/data/table.h"

#include <bit>
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <cstring>

namespace espalier {

// The layout of the MLPerf Tiny runner's data folders: y_labels.csv with lines file,classes,label[,bytes,stride] and
// no header, beside raw inputs that hold neither their type nor their shape. With bytes and stride a file is a
// recording, of which windows of so many bytes are taken every stride bytes.
namespace {

constexpr const char *labelFile = "y_labels.csv";

struct Line
{
    std::size_t number = 0;
    std::string file;
    std::int64_t classes = 0, label = 0;
    std::int64_t windowBytes = 0, strideBytes = 0; ///< 0: the whole file is one sample
};

std::optional<std::int64_t> wholeNumber(std::string_view text)
{
    std::int64_t value = 0;
    const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (code != std::errc() || end != text.data() + text.size())
        return std::nullopt;
    return value;
}

Result<Line> parseLine(const TableRow &row)
{
    const auto wrong = [&](const std::string &fact) {
        return unusableInput("line " + std::to_string(row.line) + ": " + fact);
    };
    if (row.cells.size() != 3 && row.cells.size() != 5)
        return wrong("has " + std::to_string(row.cells.size()) +
                     " values, expected file,classes,label or file,classes,label,bytes,stride");
    Line line{row.line, std::string(row.cells[0])};
    std::int64_t *const numbers[] = {&line.classes, &line.label, &line.windowBytes, &line.strideBytes};
    for (std::size_t i = 1; i < row.cells.size(); ++i) {
        const std::optional<std::int64_t> value = wholeNumber(row.cells[i]);
        if (!value)
            return wrong(shown(row.cells[i]) + " is not a whole number");
        *numbers[i - 1] = *value;
    }
    const std::filesystem::path name(line.file);
    if (line.file.empty() || name.is_absolute() || name.has_parent_path())
        return wrong(shown(line.file, 80) + " is not the name of a file in this folder");
    if (line.classes < 1 || line.classes > maxClasses)
        return wrong(std::to_string(line.classes) + " classes; 1 to " + std::to_string(maxClasses) + " are possible");
    if (line.label < 0 || line.label >= line.classes)
        return wrong("label " + std::to_string(line.label) + " is out of range: there are " +
                     std::to_string(line.classes) + " classes");
    if (row.cells.size() == 5 && (line.windowBytes < 1 || line.strideBytes < 1))
        return wrong("window and stride must be 1 byte or more");
    return line;
}

/// Finite and neither huge nor tiny: what sensor and spectrum values look like, and bytes of pixels do not.
bool looksLikeFloats(std::span<const std::uint8_t> bytes)
{
    bool any = false;
    for (std::size_t i = 0; i + 4 <= bytes.size(); i += 4) {
        float value;
        std::memcpy(&value, &bytes[i], 4);
        const float magnitude = std::fabs(value);
        if (value != 0 && !(magnitude > 1e-9f && magnitude < 1e9f))
            return false;
        any = any || value != 0;
    }
    return any;
}

/// The type of raw values, from the values. Neighbours in an image are alike, and read with the wrong sign mid-grey
/// breaks into steps of 256, so unsigned bytes vary clearly less as what they are.
DType guessedType(std::span<const std::uint8_t> bytes, std::size_t sampleBytes)
{
    constexpr std::size_t enough = std::size_t(1) << 20;
    bytes = bytes.first(std::min(bytes.size(), std::max(enough / sampleBytes, std::size_t(1)) * sampleBytes));
    if (sampleBytes % 4 == 0 && looksLikeFloats(bytes))
        return DType::float32;
    std::uint64_t asUnsigned = 0, asSigned = 0;
    for (std::size_t i = 1; i < bytes.size(); ++i) {
        asUnsigned += std::uint64_t(std::abs(int(bytes[i]) - int(bytes[i - 1])));
        asSigned += std::uint64_t(std::abs(int(std::int8_t(bytes[i])) - int(std::int8_t(bytes[i - 1]))));
    }
    return asUnsigned * 5 < asSigned * 4 ? DType::uint8 : DType::int8;
}

bool recognises(const std::filesystem::path &path)
{
    return isRegularFile(path / labelFile) || (path.filename() == labelFile && isRegularFile(path));
}

/// Reads the files of all lines, in their order, into one block of samples.
Result<Samples> readSamples(const std::filesystem::path &folder, const std::vector<Line> &lines,
                            const Progress &progress)
{
    const std::string labels = (folder / labelFile).string();
    Samples samples;
    Bytes values;
    std::size_t sampleBytes = 0;
    for (std::size_t i = 0; i < lines.size(); ++i) {
        const Line &line = lines[i];
        if (progress.cancelled())
            return cancelled();
        progress.report("reading samples", std::int64_t(i), std::int64_t(lines.size()));
        const auto wrong = [&](const std::string &fact) {
            return unusableInput(labels + ": line " + std::to_string(line.number) + ": " + fact);
        };
        const Result<Bytes> file = readFile(folder / line.file, maxDataBytes);
        if (!file)
            return wrong(file.error().message);
        const std::size_t window = line.windowBytes ? std::size_t(line.windowBytes) : file->size();
        const std::size_t stride = line.strideBytes ? std::size_t(line.strideBytes) : window;
        if (file->size() < window || window == 0)
            return wrong(shown(line.file, 80) + " has " + std::to_string(file->size()) +
                         " bytes, too few for a sample");
        if (sampleBytes == 0)
            sampleBytes = window;
        if (window != sampleBytes)
            return wrong("a sample of " + shown(line.file, 80) + " has " + std::to_string(window) +
                         " bytes, those before have " + std::to_string(sampleBytes));
        const std::size_t windows = 1 + (file->size() - window) / stride;
        if (windows > (maxDataBytes - values.size()) / window)
            return wrong("the samples take more than " + std::to_string(maxDataBytes >> 30) + " GiB");
        for (std::size_t w = 0; w < windows; ++w) {
            const auto start = file->begin() + std::ptrdiff_t(w * stride);
            values.insert(values.end(), start, start + std::ptrdiff_t(window));
            samples.labels.push_back(std::int32_t(line.label));
            if (line.windowBytes)
                samples.recordings.push_back(std::int32_t(i));
        }
    }
    samples.count = samples.labels.size();
    samples.type = guessedType(values, sampleBytes);
    samples.shape = {std::int32_t(sampleBytes / byteCount(samples.type, 1))};
    samples.values = std::make_shared<const Bytes>(std::move(values));
    return samples;
}

Result<Dataset> open(const std::filesystem::path &path, const Progress &progress)
{
    const std::filesystem::path folder = isFolder(path) ? path : path.parent_path();
    const std::filesystem::path table = folder / labelFile;
    Result<Bytes> text = readFile(table, std::uint64_t(256) << 20);
    if (!text)
        return text.error();
    std::vector<Line> lines;
    Dataset dataset;
    TableReader reader(*text, ',');
    TableRow row;
    while (true) {
        const Result<bool> more = reader.next(row);
        if (!more)
            return more.error().in(table.string());
        if (!*more)
            break;
        Result<Line> line = parseLine(row);
        if (!line)
            return line.error().in(table.string());
        if (!lines.empty() && (line->windowBytes > 0) != (lines.front().windowBytes > 0))
            return unusableInput(table.string() + ": line " + std::to_string(line->number) +
                                 ": some lines have a window and some have none");
        dataset.classes = std::max(dataset.classes, std::size_t(line->classes));
        lines.push_back(std::move(*line));
    }
    if (lines.empty())
        return unusableInput("'" + table.string() + "' names no samples");
    Result<Samples> samples = readSamples(folder, lines, progress);
    if (!samples)
        return samples.error();
    dataset.test = std::move(*samples);
    dataset.division =
        "The samples are taken for " + std::string(name(dataset.test.type)) + ", judged by their values.";
    return dataset;
}

} // namespace

extern const DatasetKind mlperfTinyDataset;
const DatasetKind mlperfTinyDataset = {"mlperf-tiny", "MLPerf Tiny runner folder (y_labels.csv beside raw .bin inputs)",
                                       recognises, open};

} // namespace espalier
