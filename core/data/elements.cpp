// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/elements.h"

#include "core/base/text.h"
#include "core/data/division.h"

#include <bit>
#include <cmath>
#include <cstring>

namespace espalier {

namespace {

static_assert(std::endian::native == std::endian::little, "values are read and kept in the host's order");

/// IEEE 754 binary16, exactly.
double halfValue(std::uint16_t bits)
{
    const int exponent = (bits >> 10) & 31, fraction = bits & 1023;
    const double magnitude = exponent == 31  ? (fraction ? std::nan("") : HUGE_VAL)
                             : exponent == 0 ? std::ldexp(fraction, -24)
                                             : std::ldexp(1024 + fraction, exponent - 25);
    return bits & 0x8000 ? -magnitude : magnitude;
}

template <class T>
T load(const std::uint8_t *at, bool bigEndian)
{
    std::uint8_t bytes[sizeof(T)];
    for (std::size_t i = 0; i < sizeof(T); ++i)
        bytes[i] = at[bigEndian ? sizeof(T) - 1 - i : i];
    T value;
    std::memcpy(&value, bytes, sizeof(T));
    return value;
}

template <class T, class Out, class Convert>
void convertAll(std::span<const std::uint8_t> from, bool bigEndian, Out *to, Convert convert)
{
    const std::size_t count = from.size() / sizeof(T);
    for (std::size_t i = 0; i < count; ++i)
        to[i] = Out(convert(load<T>(from.data() + i * sizeof(T), bigEndian)));
}

template <class Out>
void convert(ElementType type, std::span<const std::uint8_t> from, Out *to)
{
    const auto plain = [](auto value) { return value; };
    const bool big = type.bigEndian;
    switch (type.kind) {
    case ElementType::Kind::boolean:
        return convertAll<std::uint8_t>(from, big, to, [](std::uint8_t value) { return value != 0; });
    case ElementType::Kind::unsignedInteger:
        return type.bytes == 1   ? convertAll<std::uint8_t>(from, big, to, plain)
               : type.bytes == 2 ? convertAll<std::uint16_t>(from, big, to, plain)
               : type.bytes == 4 ? convertAll<std::uint32_t>(from, big, to, plain)
                                 : convertAll<std::uint64_t>(from, big, to, plain);
    case ElementType::Kind::signedInteger:
        return type.bytes == 1   ? convertAll<std::int8_t>(from, big, to, plain)
               : type.bytes == 2 ? convertAll<std::int16_t>(from, big, to, plain)
               : type.bytes == 4 ? convertAll<std::int32_t>(from, big, to, plain)
                                 : convertAll<std::int64_t>(from, big, to, plain);
    case ElementType::Kind::real:
        return type.bytes == 2   ? convertAll<std::uint16_t>(from, big, to, halfValue)
               : type.bytes == 4 ? convertAll<float>(from, big, to, plain)
                                 : convertAll<double>(from, big, to, plain);
    }
}

} // namespace

std::optional<ElementType> makeElementType(char kind, int bytes, bool bigEndian)
{
    const bool wide = bytes == 2 || bytes == 4 || bytes == 8;
    if (kind == 'b' && bytes == 1)
        return ElementType{ElementType::Kind::boolean, bytes, bigEndian};
    if (kind == 'u' && (bytes == 1 || wide))
        return ElementType{ElementType::Kind::unsignedInteger, bytes, bigEndian};
    if (kind == 'i' && (bytes == 1 || wide))
        return ElementType{ElementType::Kind::signedInteger, bytes, bigEndian};
    if (kind == 'f' && wide)
        return ElementType{ElementType::Kind::real, bytes, bigEndian};
    return std::nullopt;
}

Result<ElementValues> sampleValues(ElementType type, Bytes values, std::size_t count)
{
    if (type.bytes == 1 && type.kind != ElementType::Kind::boolean) {
        const bool isSigned = type.kind == ElementType::Kind::signedInteger;
        return ElementValues{isSigned ? DType::int8 : DType::uint8, std::move(values)};
    }
    const std::size_t elements = values.size() / std::size_t(type.bytes);
    if (elements * sizeof(float) > maxDataBytes)
        return unusableInput("the samples take more than the " + std::to_string(maxDataBytes >> 30) +
                             " GiB of memory that a data set may have");
    if (type.kind != ElementType::Kind::real || type.bytes != 4 || type.bigEndian) {
        Bytes converted(elements * sizeof(float));
        convert(type, values, reinterpret_cast<float *>(converted.data()));
        values = std::move(converted);
    }
    // The exponent of a number that is not finite is all ones; one pass without branches finds whether there is any.
    const auto *bits = reinterpret_cast<const std::uint32_t *>(values.data());
    std::uint32_t bad = 0;
    for (std::size_t i = 0; i < elements; ++i)
        bad |= std::uint32_t((bits[i] & 0x7f800000u) == 0x7f800000u);
    for (std::size_t i = 0; bad && i < elements; ++i)
        if ((bits[i] & 0x7f800000u) == 0x7f800000u)
            return unusableInput("sample " + std::to_string(i / (elements / count)) +
                                 " holds a value that is not a finite number");
    return ElementValues{DType::float32, std::move(values)};
}

std::vector<double> doubles(ElementType type, std::span<const std::uint8_t> values)
{
    std::vector<double> numbers(values.size() / std::size_t(type.bytes));
    convert(type, values, numbers.data());
    return numbers;
}

Result<std::vector<std::int32_t>> wholeLabels(std::span<const double> values)
{
    std::vector<std::int32_t> labels;
    labels.reserve(values.size());
    for (const double value : values) {
        if (!(value >= 0 && value < maxClasses) || value != std::floor(value))
            return unusableInput("the label of sample " + std::to_string(labels.size()) + " is " + numberText(value) +
                                 "; labels are whole numbers from 0 to " + std::to_string(maxClasses - 1));
        labels.push_back(std::int32_t(value));
    }
    return labels;
}

} // namespace espalier
