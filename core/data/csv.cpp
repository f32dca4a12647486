// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/division.h"
#include "core/data/peek.h"
#include "core/data/shown.h"
#include "core/data/table.h"
#include "core/graph/model.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstring>
#include <map>
#include <optional>

namespace espalier {

namespace {

constexpr std::uint64_t maxTextBytes = std::uint64_t(2) << 30;

/// A table as read: numbers row by row, and what stood in the last column.
struct Table
{
    std::string shownName;
    std::size_t columns = 0; ///< of numbers
    std::vector<float> values;
    std::vector<std::string> labels;
    std::vector<std::size_t> lines; ///< where each row starts
};

/// The finite number that a cell spells. Where a comma does not separate cells it may be the decimal mark.
std::optional<float> cellNumber(std::string_view text, char separator)
{
    char buffer[64];
    if (separator != ',' && text.find(',') != text.npos && text.size() < sizeof buffer) {
        std::ranges::replace_copy(text, buffer, ',', '.');
        text = std::string_view(buffer, text.size());
    }
    if (text.starts_with('+'))
        text.remove_prefix(1);
    float value = 0;
    const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (end != text.data() + text.size())
        return std::nullopt;
    if (code == std::errc::result_out_of_range) { // too small for float32 is 0, too large is no number
        double wide = 0;
        const auto wideCode = std::from_chars(text.data(), text.data() + text.size(), wide).ec;
        return wideCode == std::errc() && std::fabs(wide) < 1 ? std::optional(0.f) : std::nullopt;
    }
    return code == std::errc() && std::isfinite(value) ? std::optional(value) : std::nullopt;
}

Error wrongAt(std::size_t line, const std::string &fact)
{
    return unusableInput("line " + std::to_string(line) + ": " + fact);
}

/// A first row of words above columns of numbers names the columns.
bool isHeader(const TableRow &row, char separator)
{
    return std::all_of(row.cells.begin(), row.cells.end() - 1,
                       [&](std::string_view cell) { return !cellNumber(cell, separator); });
}

Result<void> addRow(Table &table, const TableRow &row, char separator)
{
    if (row.cells.size() != table.columns + 1)
        return wrongAt(row.line, "has " + std::to_string(row.cells.size()) + " values, the first line has " +
                                     std::to_string(table.columns + 1));
    for (std::size_t c = 0; c < table.columns; ++c) {
        const std::optional<float> value = cellNumber(row.cells[c], separator);
        if (value) {
            table.values.push_back(*value);
            continue;
        }
        const std::string column = "column " + std::to_string(c + 1);
        return wrongAt(row.line, row.cells[c].empty() ? column + " is empty"
                                                      : column + ": " + shown(row.cells[c]) +
                                                            " is not a finite number; only the last column, the "
                                                            "label, may be a word");
    }
    if (row.cells.back().empty())
        return wrongAt(row.line, "the label, in the last column, is missing");
    table.labels.emplace_back(row.cells.back());
    table.lines.push_back(row.line);
    return {};
}

/// A header whose columns are called by numbers is known by its label: a word above numbers.
void dropNumberedHeader(Table &table, char separator)
{
    const auto isNumber = [&](const std::string &label) { return cellNumber(label, separator).has_value(); };
    if (table.labels.size() < 2 || isNumber(table.labels[0]) ||
        !std::all_of(table.labels.begin() + 1, table.labels.end(), isNumber))
        return;
    table.values.erase(table.values.begin(), table.values.begin() + std::ptrdiff_t(table.columns));
    table.labels.erase(table.labels.begin());
    table.lines.erase(table.lines.begin());
}

Result<void> parseTable(Table &table, std::span<const std::uint8_t> text, const Progress &progress)
{
    const char separator = guessedSeparator({reinterpret_cast<const char *>(text.data()), text.size()});
    TableReader reader(text, separator);
    TableRow row;
    for (std::size_t rows = 0;; ++rows) {
        if (rows % 256 == 0) {
            if (progress.cancelled())
                return cancelled();
            progress.report("reading rows", std::int64_t(reader.position()), std::int64_t(text.size()));
        }
        const Result<bool> more = reader.next(row);
        if (!more)
            return more.error();
        if (!*more)
            break;
        if (rows == 0) {
            if (row.cells.size() < 2)
                return wrongAt(row.line, "has one value; a row holds numbers and, in the last column, the label");
            table.columns = row.cells.size() - 1;
            if (isHeader(row, separator))
                continue;
        }
        if (const Result<void> done = addRow(table, row, separator); !done)
            return done.error();
        if (table.values.size() * sizeof(float) > maxDataBytes)
            return wrongAt(row.line, "the values so far take more than " + std::to_string(maxDataBytes >> 30) + " GiB");
    }
    dropNumberedHeader(table, separator);
    if (table.labels.empty())
        return unusableInput("there are no rows of data");
    return {};
}

Result<Table> readTable(const std::filesystem::path &path, const Progress &progress)
{
    const Result<Bytes> text = readFile(path, maxTextBytes);
    if (!text)
        return text.error();
    Table table;
    table.shownName = path.string();
    if (const Result<void> done = parseTable(table, *text, progress); !done)
        return done.error().code == ErrorCode::cancelled ? done.error() : done.error().in(table.shownName);
    return table;
}

std::optional<double> labelNumber(const std::string &label)
{
    double value = 0;
    const char *first = label.data() + (label.starts_with('+') ? 1 : 0), *last = label.data() + label.size();
    const auto [end, code] = std::from_chars(first, last, value);
    return code == std::errc() && end == last ? std::optional(value) : std::nullopt;
}

/// Labels become classes: whole numbers as they are, words by their place in alphabetical order over all tables.
class Labels
{
public:
    Result<void> learn(const Table &table)
    {
        for (std::size_t i = 0; i < table.labels.size(); ++i) {
            const std::string &label = table.labels[i];
            const std::optional<double> number = labelNumber(label);
            const auto wrong = [&](const std::string &fact) {
                return wrongAt(table.lines[i], fact).in(table.shownName);
            };
            if (!m_first) {
                m_first = label;
                m_areNumbers = number.has_value();
            }
            if (number.has_value() != m_areNumbers)
                return wrong("the label " + shown(label) + " is a " + (number ? "number" : "word") +
                             ", the first one, " + shown(*m_first) + ", is a " + (number ? "word" : "number"));
            if (number && (!(*number >= 0 && *number < maxClasses) || *number != std::floor(*number)))
                return wrong("the label " + shown(label) +
                             " is out of range; labels are words or whole numbers "
                             "from 0 to " +
                             std::to_string(maxClasses - 1));
            if (!number)
                m_words.emplace(label, 0);
            if (m_words.size() > std::size_t(maxClasses))
                return wrong("there are more than " + std::to_string(maxClasses) + " different labels");
        }
        std::int32_t next = 0;
        for (auto &[word, index] : m_words)
            index = next++;
        return {};
    }

    std::vector<std::int32_t> classesOf(const Table &table) const
    {
        std::vector<std::int32_t> classes;
        for (const std::string &label : table.labels)
            classes.push_back(m_areNumbers ? std::int32_t(*labelNumber(label)) : m_words.at(label));
        return classes;
    }

    std::vector<std::string> names() const
    {
        std::vector<std::string> names;
        for (const auto &[word, index] : m_words)
            names.push_back(word);
        return names;
    }

private:
    std::optional<std::string> m_first;
    bool m_areNumbers = true;
    std::map<std::string, std::int32_t> m_words;
};

bool arePixels(const Table &table)
{
    constexpr std::size_t smallestImage = 16;
    float largest = 0;
    for (const float value : table.values) {
        if (!(value >= 0 && value <= 255) || value != std::floor(value))
            return false;
        largest = std::max(largest, value);
    }
    return table.columns >= smallestImage && largest > 127;
}

Samples samplesOf(const Table &table, bool pixels, const Labels &labels)
{
    Samples samples;
    samples.type = pixels ? DType::uint8 : DType::float32;
    samples.shape = {std::int32_t(table.columns)};
    samples.count = table.labels.size();
    samples.labels = labels.classesOf(table);
    if (pixels) {
        Bytes bytes(table.values.size());
        std::ranges::transform(table.values, bytes.begin(), [](float value) { return std::uint8_t(value); });
        samples.values = std::make_shared<const Bytes>(std::move(bytes));
    } else {
        samples.values = sharedBytes(table.values);
    }
    return samples;
}

bool looksLikeText(const std::filesystem::path &path)
{
    const Bytes start = firstBytes(path, 4096);
    const bool plain = std::ranges::none_of(
        start, [](std::uint8_t c) { return (c < 32 && c != '\t' && c != '\n' && c != '\r') || c == 127; });
    const auto lineEnd = std::ranges::find_first_of(start, std::string_view("\r\n"));
    return plain && std::find_first_of(start.begin(), lineEnd, std::begin(",;\t"), std::end(",;\t") - 1) != lineEnd;
}

bool recognises(const std::filesystem::path &path)
{
    if (isFolder(path))
        return looksLikeText(path / "test.csv") || looksLikeText(path / "train.csv");
    const std::string suffix = lowered(path.extension().string());
    return isRegularFile(path) && (suffix == ".csv" || suffix == ".tsv" || looksLikeText(path));
}

Result<Dataset> open(const std::filesystem::path &path, const Progress &progress)
{
    Dataset dataset;
    struct Part
    {
        Samples *split;
        std::filesystem::path file;
        Table table = {};
    };
    Samples all;
    std::vector<Part> parts;
    if (!isFolder(path)) {
        parts.push_back({&all, path});
    } else {
        parts = {{&dataset.train, path / "train.csv"},
                 {&dataset.calibration, path / "calibration.csv"},
                 {&dataset.test, path / "test.csv"}};
        std::erase_if(parts, [](const Part &part) { return !isRegularFile(part.file); });
    }
    Labels labels;
    bool pixels = true;
    for (Part &part : parts) {
        Result<Table> table = readTable(part.file, progress);
        if (!table)
            return table.error();
        part.table = std::move(*table);
        if (const Result<void> done = labels.learn(part.table); !done)
            return done.error();
        pixels = pixels && arePixels(part.table);
    }
    for (Part &part : parts) {
        *part.split = samplesOf(part.table, pixels, labels);
        part.table = {};
    }
    dataset.classNames = labels.names();
    if (all.count > 0)
        divide(dataset, all);
    return dataset;
}

} // namespace

extern const DatasetKind csvDataset;
const DatasetKind csvDataset = {"csv", "CSV file (or folder of train.csv, test.csv) whose last column is the label",
                                recognises, open};

} // namespace espalier
