// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "device/codegen/literals.h"

#include <charconv>
#include <cmath>
#include <cstring>
#include <span>

namespace espalier::device {

namespace {

// Appends words to lines.
class Lines
{
public:
    explicit Lines(std::size_t expected) { m_text.reserve(expected); }
    void add(std::string_view word)
    {
        if (m_column + word.size() + 2 > 110) {
            m_text += m_text.empty() ? "    " : "\n    ";
            m_column = 4;
        } else {
            m_text += ' ';
            ++m_column;
        }
        m_text += word;
        m_text += ',';
        m_column += word.size() + 1;
    }
    std::string text() { return std::move(m_text) + '\n'; }

private:
    std::string m_text;
    std::size_t m_column = 200;
};

template <class T, class Print>
std::string printed(const Bytes &bytes, Print print)
{
    const std::size_t count = bytes.size() / sizeof(T);
    Lines lines(count * 6);
    for (std::size_t i = 0; i < count; ++i) {
        T value;
        std::memcpy(&value, bytes.data() + i * sizeof(T), sizeof(T));
        lines.add(print(value));
    }
    return lines.text();
}

template <class T>
std::string integerText(T value)
{
    if constexpr (std::is_signed_v<T> && sizeof(T) >= 4) {
        if (value == std::numeric_limits<T>::min()) // its positive part is no literal of the type
            return '(' + integerText(T(value + 1)) + " - 1)";
    }
    char buffer[24];
    const auto end = std::to_chars(std::begin(buffer), std::end(buffer), std::int64_t(value)).ptr;
    return {buffer, end};
}

} // namespace

std::string floatLiteral(float value)
{
    if (std::isnan(value))
        return "__builtin_nanf(\"\")";
    if (std::isinf(value))
        return value > 0 ? "__builtin_inff()" : "-__builtin_inff()";
    char buffer[32];
    const auto end = std::to_chars(std::begin(buffer), std::end(buffer), value).ptr;
    std::string text(buffer, end);
    if (text.find_first_of(".e") == std::string::npos)
        text += ".0";
    return text + 'f';
}

std::string initialiser(const PlanConstant &constant)
{
    const Bytes &bytes = *constant.data;
    switch (constant.type) {
    case DType::int8:
        return printed<std::int8_t>(bytes, integerText<std::int8_t>);
    case DType::uint8:
        return printed<std::uint8_t>(bytes, integerText<std::uint8_t>);
    case DType::int16:
        return printed<std::int16_t>(bytes, integerText<std::int16_t>);
    case DType::int32:
        return printed<std::int32_t>(bytes, integerText<std::int32_t>);
    case DType::int64:
        return printed<std::int64_t>(bytes, integerText<std::int64_t>);
    case DType::int4:
        return printed<std::uint8_t>(bytes, [](std::uint8_t both) { return '{' + integerText(both) + '}'; });
    case DType::float16:
        return printed<std::uint16_t>(bytes, [](std::uint16_t bits) { return '{' + integerText(bits) + '}'; });
    default:
        return printed<float>(bytes, floatLiteral);
    }
}

std::string commentText(std::string text)
{
    // Names come from files: only plain characters may stay, and the sign between extents (C3 97) that is ours.
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text.compare(i, 2, "\xc3\x97") == 0) {
            ++i;
            continue;
        }
        if (text[i] < ' ' || text[i] > '~' || text[i] == '\\' || text[i] == '?')
            text[i] = '_';
    }
    for (std::size_t at; (at = text.find("*/")) != std::string::npos;)
        text[at] = '_';
    if (text.size() > 160 && text[160] == '\x97')
        text.resize(159);
    else if (text.size() > 160)
        text.resize(160);
    return text;
}

} // namespace espalier::device
