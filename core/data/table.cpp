// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/table.h"

#include <algorithm>

namespace espalier {

namespace {

constexpr std::string_view byteOrderMark = "\xef\xbb\xbf";

bool isBlank(char c)
{
    return c == ' ' || c == '\t';
}

} // namespace

TableReader::TableReader(std::span<const std::uint8_t> text, char separator)
    : m_text(reinterpret_cast<const char *>(text.data()), text.size()), m_separator(separator)
{
    if (m_text.starts_with(byteOrderMark))
        m_at = byteOrderMark.size();
}

void TableReader::passLineEnd()
{
    if (m_at >= m_text.size())
        return;
    const bool returns = m_text[m_at] == '\r';
    ++m_at;
    if (returns && m_at < m_text.size() && m_text[m_at] == '\n')
        ++m_at;
    ++m_line;
}

Result<std::string_view> TableReader::readCell(TableRow &row)
{
    while (m_at < m_text.size() && isBlank(m_text[m_at]) && m_text[m_at] != m_separator)
        ++m_at;
    if (m_at >= m_text.size() || m_text[m_at] != '"') {
        const std::size_t start = m_at;
        while (!atLineEnd() && m_text[m_at] != m_separator)
            ++m_at;
        std::size_t end = m_at;
        while (end > start && isBlank(m_text[end - 1]))
            --end;
        return m_text.substr(start, end - start);
    }
    const std::size_t startLine = m_line, start = ++m_at;
    bool doubled = false;
    for (; m_at < m_text.size(); ++m_at) {
        if (m_text[m_at] == '\n') {
            ++m_line;
        } else if (m_text[m_at] == '"') {
            if (m_at + 1 >= m_text.size() || m_text[m_at + 1] != '"')
                break;
            doubled = true;
            ++m_at;
        }
    }
    if (m_at >= m_text.size())
        return unusableInput("line " + std::to_string(startLine) + ": a quote is opened and not closed");
    std::string_view cell = m_text.substr(start, m_at - start);
    if (doubled) {
        std::string &plain = row.unquoted.emplace_back();
        for (std::size_t i = 0; i < cell.size(); ++i) {
            plain += cell[i];
            i += cell[i] == '"' ? 1 : 0;
        }
        cell = plain;
    }
    for (++m_at; !atLineEnd() && m_text[m_at] != m_separator; ++m_at)
        if (!isBlank(m_text[m_at]))
            return unusableInput("line " + std::to_string(m_line) + ": there is text behind a closing quote");
    return cell;
}

Result<bool> TableReader::next(TableRow &row)
{
    row.cells.clear();
    row.unquoted.clear();
    while (m_at < m_text.size() && atLineEnd())
        passLineEnd();
    if (m_at >= m_text.size())
        return false;
    row.line = m_line;
    const std::size_t start = m_at;
    while (true) {
        const Result<std::string_view> cell = readCell(row);
        if (!cell)
            return cell.error();
        row.cells.push_back(*cell);
        if (atLineEnd())
            break;
        ++m_at; // the separator
    }
    if (m_text.substr(start, m_at - start).find('\0') != m_text.npos)
        return unusableInput("line " + std::to_string(row.line) + ": there is a NUL byte, this is no text");
    passLineEnd();
    return true;
}

char guessedSeparator(std::string_view text)
{
    if (text.starts_with(byteOrderMark))
        text.remove_prefix(byteOrderMark.size());
    text.remove_prefix(std::min(text.find_first_not_of("\r\n"), text.size()));
    bool quoted = false, semicolon = false;
    for (const char c : text) {
        if (c == '"')
            quoted = !quoted;
        if (quoted)
            continue;
        if (c == '\t')
            return '\t';
        if (c == '\n' || c == '\r')
            break;
        semicolon = semicolon || c == ';';
    }
    return semicolon ? ';' : ',';
}

} // namespace espalier
