// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/study/row.h"

#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace espalier {

/// What a variant may cost and has to reach: at most so much of a figure where less is better, at least so much where
/// more is. Limits are in the column's own unit: bytes, milliseconds, a fraction of 1.
class Budget
{
public:
    /// Limits, separated by spaces: "accuracy>=0.9 flash_bytes<=256KiB". A number may end in %, k, M, KiB or MiB.
    static Result<Budget> parse(std::string_view text);
    std::string text() const; ///< parse() reads it back

    bool empty() const { return m_limits.empty(); }
    std::optional<double> limit(Column column) const;
    void setLimit(Column column, std::optional<double> limit); ///< of one of budgetColumns()

    enum class Verdict {
        unlimited, ///< nothing is asked
        kept,
        exceeded,
        unknown, ///< the figure is missing: nothing is promised
    };
    Verdict judge(const Row &row, Column column) const;
    /// Exceeded where any limit is, else unknown where any figure is missing. A row that failed keeps nothing; one that
    /// was stopped is judged by the figures that it got.
    Verdict judge(const Row &row) const;

    bool operator==(const Budget &) const = default;

private:
    std::map<Column, double> m_limits;
};

/// The columns that can have a limit, in the order of the table.
std::vector<Column> budgetColumns();

/// How the rows of a comparison do under a budget.
struct BudgetOutcome
{
    std::size_t rows = 0, kept = 0, unknown = 0;
    /// Of the rows that keep it the most accurate, and of these the smallest file.
    std::optional<std::size_t> best;
};
BudgetOutcome outcomeOf(const Budget &budget, std::span<const Row> rows);

} // namespace espalier
