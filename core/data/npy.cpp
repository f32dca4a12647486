// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/npy.h"

#include "core/data/division.h"
#include "core/data/elements.h"
#include "core/data/shown.h"

#include <algorithm>
#include <charconv>
#include <cstring>
#include <limits>
#include <optional>
#include <string_view>

namespace espalier {

// The layout: NumPy's documentation of numpy.lib.format, versions 1.0, 2.0 and 3.0.
namespace {

constexpr std::string_view magic = "\x93NUMPY";

struct Header
{
    ElementType type;
    bool fortranOrder = false;
    std::vector<std::uint64_t> shape;
    std::size_t dataStart = 0;
};

/// Reads the dictionary of the header, a small subset of Python's literals.
class HeaderText
{
public:
    explicit HeaderText(std::string_view text) : m_rest(text) {}

    bool take(char c)
    {
        skipBlanks();
        if (!m_rest.starts_with(c))
            return false;
        m_rest.remove_prefix(1);
        return true;
    }

    std::optional<std::string_view> quoted()
    {
        skipBlanks();
        if (m_rest.empty() || (m_rest[0] != '\'' && m_rest[0] != '"'))
            return std::nullopt;
        const std::size_t end = m_rest.find(m_rest[0], 1);
        if (end == m_rest.npos)
            return std::nullopt;
        const std::string_view text = m_rest.substr(1, end - 1);
        m_rest.remove_prefix(end + 1);
        return text;
    }

    std::optional<bool> boolean()
    {
        skipBlanks();
        for (const auto &[word, value] : {std::pair<std::string_view, bool>{"True", true}, {"False", false}}) {
            if (m_rest.starts_with(word)) {
                m_rest.remove_prefix(word.size());
                return value;
            }
        }
        return std::nullopt;
    }

    std::optional<std::vector<std::uint64_t>> tuple()
    {
        std::vector<std::uint64_t> values;
        if (!take('('))
            return std::nullopt;
        while (!take(')')) {
            skipBlanks();
            std::uint64_t value = 0;
            const auto [end, code] = std::from_chars(m_rest.data(), m_rest.data() + m_rest.size(), value);
            if (code != std::errc() || values.size() == 16)
                return std::nullopt;
            m_rest.remove_prefix(std::size_t(end - m_rest.data()));
            values.push_back(value);
            take('L'); // Python 2 wrote long integers so
            if (!take(',') && !m_rest.starts_with(')'))
                return std::nullopt;
        }
        return values;
    }

private:
    void skipBlanks() { m_rest.remove_prefix(std::min(m_rest.find_first_not_of(" \t\r\n"), m_rest.size())); }

    std::string_view m_rest;
};

std::optional<ElementType> elementType(std::string_view descr)
{
    if (descr.size() != 3)
        return std::nullopt;
    const bool big = descr[0] == '>';
    if (!big && descr[0] != '<' && descr[0] != '|' && descr[0] != '=')
        return std::nullopt;
    return makeElementType(descr[1], descr[2] - '0', big);
}

Result<Header> parseHeader(std::span<const std::uint8_t> file)
{
    const Error damaged = unusableInput("the NumPy header is damaged or cut off");
    if (!isNpy(file))
        return unusableInput("this is no NumPy array");
    if (file.size() < 10)
        return damaged;
    const int version = file[6];
    if (version < 1 || version > 3)
        return unusableInput("the NumPy format version is " + std::to_string(version) + ", 1 to 3 are read");
    const std::size_t lengthBytes = version == 1 ? 2 : 4;
    if (file.size() < 8 + lengthBytes)
        return damaged;
    std::size_t length = 0;
    for (std::size_t i = 0; i < lengthBytes; ++i)
        length |= std::size_t(file[8 + i]) << (8 * i);
    const std::size_t textStart = 8 + lengthBytes;
    if (length > file.size() - textStart)
        return damaged;

    Header header;
    header.dataStart = textStart + length;
    HeaderText text({reinterpret_cast<const char *>(file.data()) + textStart, length});
    bool haveType = false, haveOrder = false, haveShape = false;
    if (!text.take('{'))
        return damaged;
    while (!text.take('}')) {
        const auto key = text.quoted();
        if (!key || !text.take(':'))
            return damaged;
        if (*key == "descr") {
            const auto descr = text.quoted();
            if (!descr)
                return unusableInput("the array has fields; save plain numbers");
            const auto type = elementType(*descr);
            if (!type)
                return unusableInput("the element type " + shown(*descr, 16) +
                                     " is not read; save it as float32, uint8, int8 or another type of number");
            header.type = *type;
            haveType = true;
        } else if (*key == "fortran_order") {
            const auto order = text.boolean();
            if (!order)
                return damaged;
            header.fortranOrder = *order;
            haveOrder = true;
        } else if (*key == "shape") {
            auto shape = text.tuple();
            if (!shape)
                return damaged;
            header.shape = std::move(*shape);
            haveShape = true;
        } else {
            return damaged;
        }
        text.take(',');
    }
    if (!haveType || !haveOrder || !haveShape)
        return damaged;
    return header;
}

/// The number of elements, once it is sure that the file holds exactly them.
Result<std::size_t> checkedElements(const Header &header, std::size_t fileBytes)
{
    const std::uint64_t held = (fileBytes - header.dataStart) / std::uint64_t(header.type.bytes);
    std::uint64_t elements = 1;
    bool empty = false;
    for (const std::uint64_t extent : header.shape) {
        empty = empty || extent == 0;
        if (extent > std::uint64_t(std::numeric_limits<std::int32_t>::max()))
            return unusableInput("the array claims an extent of " + std::to_string(extent) + ", too many");
        if (!empty && elements > held / extent)
            return unusableInput("the array claims more values than the file holds: it may be cut off");
        elements *= extent;
    }
    if (empty)
        return unusableInput("the array is empty");
    if (elements * std::uint64_t(header.type.bytes) != fileBytes - header.dataStart)
        return unusableInput("the array claims " + std::to_string(elements) + " values, the file holds " +
                             std::to_string(held));
    return std::size_t(elements);
}

/// Brings elements from Fortran order (first index fastest) into C order.
Bytes inCOrder(std::span<const std::uint8_t> values, const std::vector<std::uint64_t> &shape, std::size_t each)
{
    Bytes ordered(values.size());
    std::vector<std::uint64_t> index(shape.size(), 0), stride(shape.size(), each);
    for (std::size_t d = 1; d < shape.size(); ++d)
        stride[d] = stride[d - 1] * shape[d - 1];
    std::uint64_t from = 0;
    for (std::size_t to = 0; to < ordered.size(); to += each) {
        std::memcpy(&ordered[to], &values[std::size_t(from)], each);
        for (std::size_t d = shape.size(); d-- > 0;) {
            from += stride[d];
            if (++index[d] < shape[d])
                break;
            from -= stride[d] * shape[d];
            index[d] = 0;
        }
    }
    return ordered;
}

struct Array
{
    Header header;
    Bytes values; ///< in C order
};

Result<Array> readArray(Bytes file)
{
    Result<Header> header = parseHeader(file);
    if (!header)
        return header.error();
    if (header->shape.empty())
        return unusableInput("the array is a single number; its first axis must count the samples");
    if (const Result<std::size_t> elements = checkedElements(*header, file.size()); !elements)
        return elements.error();
    file.erase(file.begin(), file.begin() + std::ptrdiff_t(header->dataStart));
    if (header->fortranOrder && header->shape.size() > 1)
        file = inCOrder(file, header->shape, std::size_t(header->type.bytes));
    return Array{std::move(*header), std::move(file)};
}

Result<std::vector<std::int32_t>> oneHotLabels(std::span<const double> values, std::size_t count, std::size_t classes)
{
    std::vector<std::int32_t> labels(count);
    for (std::size_t i = 0; i < count; ++i) {
        const auto row = values.subspan(i * classes, classes);
        const auto ones = std::ranges::count(row, 1.0), zeros = std::ranges::count(row, 0.0);
        if (ones != 1 || std::size_t(zeros) != classes - 1)
            return unusableInput("the label of sample " + std::to_string(i) + " is not one-hot: one 1 among zeros");
        labels[i] = std::int32_t(std::ranges::find(row, 1.0) - row.begin());
    }
    return labels;
}

} // namespace

bool isNpy(std::span<const std::uint8_t> file)
{
    return file.size() >= 8 && std::memcmp(file.data(), magic.data(), magic.size()) == 0;
}

Result<Samples> samplesOfNpy(Bytes file)
{
    Result<Array> array = readArray(std::move(file));
    if (!array)
        return array.error();
    Samples samples;
    const std::vector<std::uint64_t> &shape = array->header.shape;
    samples.count = std::size_t(shape[0]);
    for (std::size_t d = 1; d < shape.size(); ++d)
        samples.shape.push_back(std::int32_t(shape[d]));
    if (samples.shape.empty())
        samples.shape = {1};
    Result<ElementValues> values = sampleValues(array->header.type, std::move(array->values), samples.count);
    if (!values)
        return values.error();
    samples.type = values->type;
    samples.values = std::make_shared<const Bytes>(std::move(values->bytes));
    return samples;
}

Result<std::vector<std::int32_t>> labelsOfNpy(Bytes file)
{
    const Result<Array> array = readArray(std::move(file));
    if (!array)
        return array.error();
    const std::vector<double> values = doubles(array->header.type, array->values);
    const std::size_t count = std::size_t(array->header.shape[0]);
    if (values.size() == count)
        return wholeLabels(values);
    if (array->header.shape.size() == 2)
        return oneHotLabels(values, count, values.size() / count);
    return unusableInput("labels must be one number for each sample, or one-hot rows; these have " +
                         std::to_string(array->header.shape.size()) + " axes");
}

} // namespace espalier
