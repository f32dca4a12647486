// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/study/budget.h"
#include "core/study/row.h"
#include "widgets/format.h"

#include <QAbstractTableModel>
#include <QHash>

#include <array>
#include <optional>
#include <span>
#include <vector>

namespace espalier::ui {

/// The rows of a comparison as a table: one column for each result column, in core's order. While a comparison runs,
/// rows stand in their place from the start and fill up, so that nothing moves when a figure arrives.
class VariantModel : public QAbstractTableModel
{
    Q_OBJECT
public:
    enum Role {
        SortRole = Qt::UserRole + 1, ///< double or QString; invalid where the cell is empty
        SourceWordRole,              ///< "sim", "count", …: where the figure comes from, when not measured
        JudgementRole,               ///< int: 1 better than the original, -1 worse, 0 neither or not judged
        VariantIndexRole,            ///< int: the variant's colour and marker (theme.h)
        NoteRole,     ///< QString, per row: what runs now, or why the row has no figures; empty for a finished row
        FailedRole,   ///< bool, per row
        FractionRole, ///< double, per row: progress from 0 to 1 of what runs now, -1 while nothing runs
        UnitRole,     ///< QString, in the header: the unit of the whole column
        VerdictRole,  ///< int, a Budget::Verdict: of the figure, or in the variant's column of the whole row
        RawRole,      ///< QString: the figure in full, '.' as the decimal mark, as an export writes it
    };
    enum class State { waiting, running, finished };

    using QAbstractTableModel::QAbstractTableModel;

    /// Finished rows, as a study file holds them.
    void setRows(std::vector<Row> rows);
    /// Rows that a comparison will fill: they have a variant and a recipe so far. A row that was there already, of the
    /// same recipe on the same board, keeps its figures until it finishes anew; those that are not expected stand below
    /// the others. Returns where each row of the table stood before, -1 where it is new.
    std::vector<int> expectRows(std::vector<Row> rows);
    void startRow(std::size_t index, const Row &row);
    void changeRow(std::size_t index, const Row &row, const QString &phase);
    /// A row that had all its figures keeps them where `row` failed or was cancelled; false: it does.
    bool finishRow(std::size_t index, const Row &row);
    void setRowProgress(std::size_t index, double fraction);
    /// Rows that were still to come have what they had before, or say that the comparison was stopped.
    void cancelUnfinished();
    /// Drops the rows from `count` on.
    void keepFirst(std::size_t count);
    /// What a file keeps of a row now: a finished row as it is, one that is measured again as it was before, one on its
    /// way with the figures that it has, as cancelled. Nothing where there is no figure yet.
    std::optional<Row> kept(std::size_t index) const;

    const std::vector<Row> &rows() const { return m_rows; }
    State state(std::size_t index) const { return m_states[index].state; }
    /// The original that other rows are compared with: the first row on the same board, or the first of all.
    const Row *originalOf(std::size_t index) const;
    bool isOriginal(std::size_t index) const;
    bool anyHas(Column column) const;
    bool hasSeveralBoards() const;

    /// Which colour and marker each recipe (by its text) has; unknown ones get the numbers after these.
    void setVariantIndices(const QHash<QString, int> &byRecipe);
    int variantIndex(std::size_t row) const;

    /// True: every figure against the original's, as papers print it ("75% ↓"). False: the figures.
    void setRelative(bool relative);
    bool isRelative() const { return m_relative; }

    /// What variants may cost: figures and rows are judged by it, none is hidden.
    void setBudget(const Budget &budget);
    const Budget &budget() const { return m_budget; }

    const ColumnFormat &format(Column column) const { return m_formats[std::size_t(column)]; }

    int rowCount(const QModelIndex &parent = {}) const override;
    int columnCount(const QModelIndex &parent = {}) const override;
    QVariant data(const QModelIndex &index, int role = Qt::DisplayRole) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role = Qt::DisplayRole) const override;

private:
    struct RowState
    {
        State state = State::finished;
        QString phase;
        double fraction = -1;
        std::optional<Row> before = std::nullopt; ///< complete, shown until what runs now has replaced it
    };

    void reset(std::vector<Row> rows, State state);
    void store(std::size_t index, const Row &row, RowState state);
    void updateFormats();
    QString display(std::size_t row, Column column) const;
    QString toolTip(std::size_t row, Column column) const;
    QString note(std::size_t row) const;
    int judgement(std::size_t row, Column column) const;

    std::vector<Row> m_rows;
    std::vector<RowState> m_states;
    std::array<ColumnFormat, espalier::columnCount> m_formats;
    QHash<QString, int> m_variantIndices;
    Budget m_budget;
    bool m_relative = false;
};

/// A count or real cell of any column as an export writes it: shortest decimal text, '.' as the mark; text as it is.
QString rawText(const Row &row, Column column);

} // namespace espalier::ui
