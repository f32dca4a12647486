// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"

#include <cstdint>
#include <deque>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace espalier {

struct TableRow
{
    std::size_t line = 0;                ///< where it starts, from 1
    std::vector<std::string_view> cells; ///< unquoted, blanks around plain cells removed; valid as long as text and row
    std::deque<std::string> unquoted;    ///< what cells with doubled quotes point to
};

/// Reads separated values row by row, as RFC 4180 quotes them: "" is a quote, a quoted cell may hold separators and
/// line ends. Ends of line are LF, CRLF or CR; empty lines and a byte order mark are skipped.
class TableReader
{
public:
    /// `text` must outlive the reader.
    TableReader(std::span<const std::uint8_t> text, char separator);

    /// The next row into `row`, whose memory is used again; false behind the last one. Errors name the line: a quote
    /// that is not closed, a NUL byte.
    Result<bool> next(TableRow &row);

    /// Bytes read so far.
    std::size_t position() const { return m_at; }

private:
    bool atLineEnd() const { return m_at >= m_text.size() || m_text[m_at] == '\n' || m_text[m_at] == '\r'; }
    void passLineEnd();
    Result<std::string_view> readCell(TableRow &row);

    std::string_view m_text;
    char m_separator;
    std::size_t m_at = 0;
    std::size_t m_line = 1;
};

/// The separator of a table, from its first line: a tab or semicolon where there is one outside of quotes, else a
/// comma.
char guessedSeparator(std::string_view text);

} // namespace espalier
