// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/study/budget.h"

#include "core/base/text.h"

#include <algorithm>
#include <charconv>
#include <cmath>

namespace espalier {

namespace {

constexpr Column limited[] = {Column::accuracy,     Column::accuracyDelta, Column::sizeBytes,  Column::zippedBytes,
                              Column::macs,         Column::hostMs,        Column::latencyMs,  Column::cycles,
                              Column::instructions, Column::ramBytes,      Column::flashBytes, Column::energyMj};

struct Suffix
{
    std::string_view text;
    double factor;
};
constexpr Suffix suffixes[] = {{"", 1}, {"%", 0.01}, {"k", 1e3}, {"M", 1e6}, {"KiB", 1024}, {"MiB", 1024 * 1024}};

bool isLowerBetter(Column column)
{
    return info(column).better == Better::lower;
}

std::optional<double> numberOf(std::string_view text)
{
    double value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || !std::isfinite(value))
        return std::nullopt;
    const std::string_view rest = text.substr(std::size_t(end - text.data()));
    const auto suffix = std::ranges::find(suffixes, rest, &Suffix::text);
    return suffix == std::end(suffixes) ? std::nullopt : std::optional(value * suffix->factor);
}

/// Whole numbers in full: "10000000", not "1e+07".
std::string limitText(double limit)
{
    const bool isWhole = std::abs(limit) < 1e15 && limit == std::round(limit);
    return isWhole ? std::to_string(std::int64_t(limit)) : numberText(limit);
}

Result<std::pair<Column, double>> parseLimit(std::string_view word)
{
    const std::string quoted = "budget: '" + std::string(word) + "'";
    const std::size_t at = word.find_first_of("<>");
    if (at == std::string_view::npos || word.substr(at + 1, 1) != "=")
        return invalidArgument(quoted + " is no limit; write it as flash_bytes<=256KiB or accuracy>=0.9.");
    const std::string key(word.substr(0, at));
    const auto column = std::ranges::find(limited, key, [](Column c) { return info(c).key; });
    if (column == std::end(limited)) {
        std::vector<std::string> known;
        for (const Column c : limited)
            known.emplace_back(info(c).key);
        return invalidArgument(quoted + " limits no known figure; there are " + joined(known, ", ") + "." +
                               didYouMean(key, known));
    }
    if ((word[at] == '<') != isLowerBetter(*column))
        return invalidArgument(quoted + ": of " + key + (isLowerBetter(*column) ? " less" : " more") +
                               " is better, so write " + key + (isLowerBetter(*column) ? "<=" : ">=") + ".");
    const auto value = numberOf(word.substr(at + 2));
    if (!value)
        return invalidArgument(quoted + " has no number after the sign; it may end in %, k, M, KiB or MiB.");
    return std::pair(*column, *value);
}

} // namespace

std::vector<Column> budgetColumns()
{
    return {std::begin(limited), std::end(limited)};
}

Result<Budget> Budget::parse(std::string_view text)
{
    Budget budget;
    constexpr std::string_view blank = " \t,;";
    while (true) {
        const std::size_t begin = text.find_first_not_of(blank);
        if (begin == std::string_view::npos)
            return budget;
        const std::size_t end = std::min(text.find_first_of(blank, begin), text.size());
        const auto limit = parseLimit(text.substr(begin, end - begin));
        if (!limit)
            return limit.error();
        budget.setLimit(limit->first, limit->second);
        text.remove_prefix(end);
    }
}

std::string Budget::text() const
{
    std::vector<std::string> words;
    for (const auto &[column, limit] : m_limits)
        words.push_back(std::string(info(column).key) + (isLowerBetter(column) ? "<=" : ">=") + limitText(limit));
    return joined(words, " ");
}

std::optional<double> Budget::limit(Column column) const
{
    const auto found = m_limits.find(column);
    return found == m_limits.end() ? std::nullopt : std::optional(found->second);
}

void Budget::setLimit(Column column, std::optional<double> limit)
{
    if (limit)
        m_limits[column] = *limit;
    else
        m_limits.erase(column);
}

Budget::Verdict Budget::judge(const Row &row, Column column) const
{
    const auto limit = m_limits.find(column);
    if (limit == m_limits.end())
        return Verdict::unlimited;
    const auto value = row.number(column);
    if (!value)
        return Verdict::unknown;
    // A figure that was computed from the limit itself must not fail by the last bit of a rounding.
    const double slack = 1e-12 * std::abs(limit->second);
    const bool keeps = isLowerBetter(column) ? *value <= limit->second + slack : *value >= limit->second - slack;
    return keeps ? Verdict::kept : Verdict::exceeded;
}

Budget::Verdict Budget::judge(const Row &row) const
{
    if (m_limits.empty())
        return Verdict::unlimited;
    if (row.status() == Status::failed)
        return Verdict::unknown;
    Verdict verdict = Verdict::kept;
    for (const auto &[column, limit] : m_limits) {
        const Verdict of = judge(row, column);
        if (of == Verdict::exceeded)
            return of;
        if (of == Verdict::unknown)
            verdict = of;
    }
    return verdict;
}

BudgetOutcome outcomeOf(const Budget &budget, std::span<const Row> rows)
{
    BudgetOutcome outcome;
    outcome.rows = rows.size();
    const auto isBetter = [&](const Row &a, const Row &b) {
        const auto accuracyA = a.number(Column::accuracy), accuracyB = b.number(Column::accuracy);
        if (accuracyA != accuracyB)
            return accuracyA > accuracyB; // none is less than any
        const auto sizeA = a.number(Column::sizeBytes), sizeB = b.number(Column::sizeBytes);
        return sizeA && sizeB && *sizeA < *sizeB;
    };
    for (std::size_t i = 0; i < rows.size(); ++i) {
        const Budget::Verdict verdict = budget.judge(rows[i]);
        outcome.unknown += verdict == Budget::Verdict::unknown;
        if (verdict != Budget::Verdict::kept)
            continue;
        ++outcome.kept;
        if (!outcome.best || isBetter(rows[i], rows[*outcome.best]))
            outcome.best = i;
    }
    return outcome;
}

} // namespace espalier
