// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/models/variantmodel.h"

#include "core/base/text.h"
#include "core/study/comparison.h"
#include "core/study/figuresource.h"
#include "widgets/coretexts.h"

#include <algorithm>
#include <cmath>

namespace espalier::ui {

namespace {

Column columnAt(int section)
{
    return Column(section);
}

bool isNumeric(Column column)
{
    return info(column).type != ColumnType::text;
}

QString fromText(const std::string &text)
{
    return QString::fromStdString(text);
}

/// Whether it is more than the name of a row to come.
bool isMeasured(const Row &row)
{
    return row.status() == Status::ok && row.has(Column::sizeBytes);
}

} // namespace

QString rawText(const Row &row, Column column)
{
    const Row::Cell &cell = row.cell(column);
    if (const auto *count = std::get_if<std::int64_t>(&cell))
        return QString::number(*count);
    if (const auto *real = std::get_if<double>(&cell))
        return fromText(numberText(*real));
    return fromText(row.text(column));
}

void VariantModel::reset(std::vector<Row> rows, State state)
{
    beginResetModel();
    m_rows = std::move(rows);
    m_states.assign(m_rows.size(), RowState{state, {}, -1, {}});
    updateFormats();
    endResetModel();
}

void VariantModel::setRows(std::vector<Row> rows)
{
    reset(std::move(rows), State::finished);
}

std::vector<int> VariantModel::expectRows(std::vector<Row> rows)
{
    const std::size_t expected = rows.size();
    std::vector<int> from(expected, -1);
    std::vector<bool> isTaken(m_rows.size());
    for (std::size_t i = 0; i < expected; ++i)
        for (std::size_t old = 0; old < m_rows.size() && from[i] < 0; ++old)
            if (!isTaken[old] && m_rows[old].text(Column::recipe) == rows[i].text(Column::recipe) &&
                m_rows[old].text(Column::board) == rows[i].text(Column::board)) {
                isTaken[old] = true;
                from[i] = int(old);
                Row before = m_rows[old];
                before.set(Column::variant, rows[i].text(Column::variant)); // told apart from other neighbours now
                rows[i] = std::move(before);
            }
    for (std::size_t old = 0; old < m_rows.size(); ++old)
        if (!isTaken[old]) {
            from.push_back(int(old));
            rows.push_back(m_rows[old]);
        }
    beginResetModel();
    m_rows = std::move(rows);
    m_states.assign(m_rows.size(), RowState());
    for (std::size_t i = 0; i < expected; ++i) {
        m_states[i].state = State::waiting;
        if (from[i] >= 0 && m_rows[i].status() == Status::ok)
            m_states[i].before = m_rows[i];
    }
    updateFormats();
    endResetModel();
    return from;
}

void VariantModel::store(std::size_t index, const Row &row, RowState state)
{
    if (index >= m_rows.size()) {
        beginInsertRows({}, int(m_rows.size()), int(index));
        m_rows.resize(index + 1);
        m_states.resize(index + 1);
        endInsertRows();
    }
    RowState &known = m_states[index];
    if (state.state != State::finished) {
        // Figures that are complete stay until their successors are.
        state.before = std::move(known.before);
        if (!state.before && known.state == State::finished && isMeasured(m_rows[index]))
            state.before = m_rows[index];
    }
    m_rows[index] = state.before.value_or(row);
    known = std::move(state);
    updateFormats();
    // The original's figures are in every relative cell.
    const int first = isOriginal(index) ? 0 : int(index);
    const int last = isOriginal(index) ? int(m_rows.size()) - 1 : int(index);
    emit dataChanged(this->index(first, 0), this->index(last, columnCount() - 1));
}

void VariantModel::startRow(std::size_t index, const Row &row)
{
    store(index, row, {State::running, tr("preparing"), -1, {}});
}

void VariantModel::changeRow(std::size_t index, const Row &row, const QString &phase)
{
    store(index, row, {State::running, phase, -1, {}});
}

bool VariantModel::finishRow(std::size_t index, const Row &row)
{
    const bool isNew = row.status() == Status::ok || index >= m_states.size() || !m_states[index].before;
    store(index, isNew ? row : Row(*m_states[index].before), {State::finished, {}, -1, {}});
    return isNew;
}

void VariantModel::setRowProgress(std::size_t index, double fraction)
{
    if (index >= m_states.size() || m_states[index].state == State::finished)
        return;
    m_states[index].state = State::running;
    m_states[index].fraction = fraction;
    emit dataChanged(this->index(int(index), 0), this->index(int(index), columnCount() - 1), {NoteRole, FractionRole});
}

void VariantModel::cancelUnfinished()
{
    for (std::size_t i = 0; i < m_rows.size(); ++i) {
        if (m_states[i].state == State::finished)
            continue;
        Row row = m_rows[i];
        if (m_states[i].state == State::running || !row.has(Column::status)) // else it waited as it was before
            row.set(Column::status, std::string(name(Status::cancelled)));
        finishRow(i, row);
    }
}

void VariantModel::keepFirst(std::size_t count)
{
    if (count >= m_rows.size())
        return;
    beginRemoveRows({}, int(count), int(m_rows.size()) - 1);
    m_rows.resize(count);
    m_states.resize(count);
    endRemoveRows();
}

std::optional<Row> VariantModel::kept(std::size_t index) const
{
    const RowState &state = m_states[index];
    Row row = state.before.value_or(m_rows[index]);
    if (state.state == State::finished || state.before || row.has(Column::status))
        return row;
    if (!isMeasured(row))
        return std::nullopt;
    row.set(Column::status, std::string(name(Status::cancelled)));
    return row;
}

bool VariantModel::isOriginal(std::size_t index) const
{
    return m_rows[index].text(Column::recipe).empty();
}

const Row *VariantModel::originalOf(std::size_t index) const
{
    const Row *first = nullptr;
    for (std::size_t i = 0; i < m_rows.size(); ++i) {
        if (!isOriginal(i))
            continue;
        if (m_rows[i].text(Column::board) == m_rows[index].text(Column::board))
            return &m_rows[i];
        if (!first)
            first = &m_rows[i];
    }
    return first;
}

bool VariantModel::anyHas(Column column) const
{
    return std::ranges::any_of(m_rows, [&](const Row &row) { return row.has(column); });
}

bool VariantModel::hasSeveralBoards() const
{
    const auto differs = [&](const Row &row) {
        return row.has(Column::board) && row.text(Column::board) != m_rows.front().text(Column::board);
    };
    return std::ranges::any_of(m_rows, differs);
}

void VariantModel::setBudget(const Budget &budget)
{
    if (budget == m_budget)
        return;
    m_budget = budget;
    if (!m_rows.empty())
        emit dataChanged(index(0, 0), index(rowCount() - 1, columnCount() - 1), {VerdictRole});
}

void VariantModel::setVariantIndices(const QHash<QString, int> &byRecipe)
{
    m_variantIndices = byRecipe;
    if (!m_rows.empty())
        emit dataChanged(index(0, 0), index(rowCount() - 1, 0), {VariantIndexRole});
}

int VariantModel::variantIndex(std::size_t row) const
{
    if (isOriginal(row))
        return 0;
    const QString recipe = fromText(m_rows[row].text(Column::recipe));
    if (const auto known = m_variantIndices.constFind(recipe); known != m_variantIndices.constEnd())
        return *known;
    int next = 1;
    for (const int used : m_variantIndices)
        next = std::max(next, used + 1);
    QStringList unknown;
    for (std::size_t i = 0; i < row; ++i) {
        const QString other = fromText(m_rows[i].text(Column::recipe));
        if (!other.isEmpty() && other != recipe && !m_variantIndices.contains(other) && !unknown.contains(other))
            unknown.append(other);
    }
    return next + int(unknown.size());
}

void VariantModel::setRelative(bool relative)
{
    if (relative == m_relative)
        return;
    m_relative = relative;
    emit headerDataChanged(Qt::Horizontal, 0, columnCount() - 1);
    if (!m_rows.empty())
        emit dataChanged(index(0, 0), index(rowCount() - 1, columnCount() - 1));
}

void VariantModel::updateFormats()
{
    for (const ColumnInfo &column : columns()) {
        if (!isNumeric(column.column))
            continue;
        // The original decides, so that a unit does not change when other rows arrive.
        std::optional<double> reference;
        for (std::size_t i = 0; i < m_rows.size() && !reference; ++i)
            if (isOriginal(i))
                reference = m_rows[i].number(column.column);
        if (!reference || *reference == 0)
            for (const Row &row : m_rows)
                reference = std::max(reference.value_or(0), std::abs(row.number(column.column).value_or(0)));
        const ColumnFormat format = columnFormat(column.column, *reference);
        ColumnFormat &known = m_formats[std::size_t(column.column)];
        if (known != format) {
            known = format;
            emit headerDataChanged(Qt::Horizontal, int(column.column), int(column.column));
        }
    }
}

int VariantModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : int(m_rows.size());
}

int VariantModel::columnCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : int(espalier::columnCount);
}

QString VariantModel::note(std::size_t row) const
{
    const RowState &state = m_states[row];
    if (state.state == State::waiting)
        return tr("waiting");
    if (state.state == State::running) {
        const QString phase = coreText(state.phase.toStdString());
        if (state.fraction < 0)
            return phase;
        const QString percent = QLocale().toString(int(state.fraction * 100));
        //: what runs now in a row of the table: %1 is a phase such as "evaluating", %2 a number
        return tr("%1 %2 %").arg(phase.isEmpty() ? tr("running") : phase, percent);
    }
    if (m_rows[row].status() == Status::ok)
        return {};
    const QString why = fromText(m_rows[row].text(Column::why));
    if (m_rows[row].status() == Status::cancelled)
        return why.isEmpty() ? tr("stopped before it was done") : tr("stopped: %1").arg(why);
    return why.isEmpty() ? tr("failed") : why;
}

int VariantModel::judgement(std::size_t row, Column column) const
{
    const auto value = m_rows[row].number(column);
    const Better better = info(column).better;
    if (!value || better == Better::none || isOriginal(row))
        return 0;
    double difference = *value;
    if (column != Column::accuracyDelta) {
        const Row *original = originalOf(row);
        const auto reference = original ? original->number(column) : std::nullopt;
        if (!reference)
            return 0;
        difference -= *reference;
    }
    if (format(column).text(std::abs(difference)) == format(column).text(0))
        return 0; // what is shown as no difference is not judged
    return (difference > 0) == (better == Better::higher) ? 1 : -1;
}

QString VariantModel::display(std::size_t row, Column column) const
{
    const Row &r = m_rows[row];
    if (!isNumeric(column)) {
        const QString text = fromText(r.text(column));
        if (column == Column::variant && isOriginal(row))
            return tr("original");
        if (column == Column::fidelity)
            return text == QLatin1String("exact")     ? tr("exact")
                   : text == QLatin1String("differs") ? tr("differs")
                                                      : text;
        return text;
    }
    const auto value = r.number(column);
    if (!value)
        return {};
    if (column == Column::accuracyDelta && isOriginal(row))
        return QStringLiteral("—");
    if (m_relative && !isOriginal(row) && column != Column::accuracyDelta && info(column).better != Better::none)
        if (const Row *original = originalOf(row); original && original->has(column))
            return fromText(relativeText(column, r, *original));
    return format(column).text(*value);
}

QString VariantModel::toolTip(std::size_t row, Column column) const
{
    const Row &r = m_rows[row];
    QStringList lines;
    if (isNumeric(column)) {
        const auto value = r.number(column);
        if (!value) {
            const QString why = note(row);
            return why.isEmpty() ? tr("%1: not measured.").arg(columnTitle(column)) : why;
        }
        lines += tr("%1: %2").arg(columnTitle(column), figureText(column, *value));
        if (const Row *original = originalOf(row); original && !isOriginal(row) && original->has(column)) {
            const QString relative = fromText(relativeText(column, r, *original));
            if (!relative.isEmpty())
                lines +=
                    tr("Against the original (%1): %2").arg(figureText(column, *original->number(column)), relative);
        }
        if (m_budget.judge(r, column) == Budget::Verdict::exceeded) {
            const double limit = *m_budget.limit(column);
            //: a figure that breaks a limit: %1 is the limit, %2 by how much
            lines += (info(column).better == Better::lower ? tr("Over the budget of %1 by %2.")
                                                           : tr("Short of the budget of %1 by %2."))
                         .arg(figureText(column, limit), figureText(column, std::abs(*value - limit)));
        }
        if (const Source source = figureSource(r, column); source != Source::none)
            lines += sourceSentence(source);
        if (column == Column::latencyMs && r.has(Column::latencyMsMin) && r.has(Column::latencyMsMax))
            lines += tr("Median of %n run(s), from %1 to %2.", nullptr, int(r.number(Column::runs).value_or(1)))
                         .arg(figureText(column, *r.number(Column::latencyMsMin)),
                              figureText(column, *r.number(Column::latencyMsMax)));
        if (column == Column::hostMs)
            lines += tr("On this computer: one sample at a time, one thread, median.");
        if (column == Column::accuracy && r.has(Column::samples))
            lines += tr("%Ln test sample(s).", nullptr, int(*r.number(Column::samples)));
        if (column == Column::sparsity)
            lines += tr("Share of zeros among the weights.");
        if (isBoardFigure(column) && r.has(Column::measuredOn))
            lines += fromText(r.text(Column::measuredOn));
    } else {
        lines += column == Column::variant ? display(row, column) : fromText(r.text(column));
        if (column == Column::variant && r.has(Column::recipe))
            lines += fromText(r.text(Column::recipe));
        if (column == Column::variant)
            lines += note(row);
    }
    lines.removeAll(QString());
    return lines.join(QLatin1Char('\n'));
}

QVariant VariantModel::data(const QModelIndex &index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid | CheckIndexOption::ParentIsInvalid))
        return {};
    const auto row = std::size_t(index.row());
    const Column column = columnAt(index.column());
    switch (role) {
    case Qt::DisplayRole:
        return display(row, column);
    case Qt::ToolTipRole:
        return toolTip(row, column);
    case Qt::AccessibleTextRole: {
        const QString text = display(row, column);
        return text.isEmpty() ? tr("not measured") : text + QLatin1Char(' ') + format(column).unit;
    }
    case Qt::TextAlignmentRole:
        return int(Qt::AlignVCenter | (isNumeric(column) ? Qt::AlignRight : Qt::AlignLeft));
    case SortRole:
        if (const auto value = m_rows[row].number(column))
            return *value;
        return m_rows[row].has(column) && !isNumeric(column) ? QVariant(fromText(m_rows[row].text(column)))
                                                             : QVariant();
    case SourceWordRole:
        return sourceWord(figureSource(m_rows[row], column));
    case JudgementRole:
        return judgement(row, column);
    case VariantIndexRole:
        return variantIndex(row);
    case NoteRole:
        return note(row);
    case FailedRole:
        return m_states[row].state == State::finished && m_rows[row].status() == Status::failed;
    case FractionRole:
        return m_states[row].state == State::running ? m_states[row].fraction : -1.0;
    case VerdictRole:
        return int(column == Column::variant ? m_budget.judge(m_rows[row]) : m_budget.judge(m_rows[row], column));
    case RawRole:
        return rawText(m_rows[row], column);
    default:
        return {};
    }
}

QVariant VariantModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || section < 0 || section >= columnCount())
        return QAbstractTableModel::headerData(section, orientation, role);
    const Column column = columnAt(section);
    const bool hasUnit =
        isNumeric(column) && !(m_relative && info(column).better != Better::none && column != Column::accuracyDelta);
    const QString unit = hasUnit ? format(column).unit : QString();
    switch (role) {
    case Qt::DisplayRole:
        // Beside the column it belongs to, which has the whole name.
        return column == Column::accuracyDelta ? QStringLiteral("Δ") : columnTitle(column);
    case Qt::AccessibleTextRole:
        return unit.isEmpty() ? columnTitle(column) : tr("%1 in %2").arg(columnTitle(column), unit);
    case Qt::ToolTipRole: {
        const QString key = QString::fromUtf8(info(column).key.data(), qsizetype(info(column).key.size()));
        if (info(column).better == Better::none)
            return tr("%1, “%2” in exports").arg(columnTitle(column), key);
        return info(column).better == Better::lower
                   ? tr("%1, “%2” in exports; less is better").arg(columnTitle(column), key)
                   : tr("%1, “%2” in exports; more is better").arg(columnTitle(column), key);
    }
    case Qt::TextAlignmentRole:
        return int(Qt::AlignVCenter | (isNumeric(column) ? Qt::AlignRight : Qt::AlignLeft));
    case UnitRole:
        return unit;
    case SourceWordRole: // the widest source word of the column, for which every cell keeps room
        for (const Row &row : m_rows)
            if (const QString word = sourceWord(figureSource(row, column)); !word.isEmpty())
                return word;
        return QString();
    default:
        return {};
    }
}

} // namespace espalier::ui
