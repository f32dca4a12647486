// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/views/comparisontable.h"

#include "core/study/row.h"
#include "widgets/delegates/comparisondelegate.h"
#include "widgets/models/comparisonsort.h"
#include "widgets/models/variantmodel.h"
#include "widgets/theme.h"
#include "widgets/views/comparisonheader.h"

#include <QClipboard>
#include <QGuiApplication>
#include <QKeyEvent>
#include <QPainter>

#include <cmath>

namespace espalier::ui {

ComparisonTable::ComparisonTable(VariantModel *model, QWidget *parent)
    : QTableView(parent), m_model(model), m_sorting(new ComparisonSort(this)), m_delegate(new ComparisonDelegate(this))
{
    m_sorting->setSourceModel(model);
    setHorizontalHeader(new ComparisonHeader(this));
    setModel(m_sorting);
    setItemDelegate(m_delegate);
    setSortingEnabled(true);
    sortByColumn(-1, Qt::AscendingOrder);
    setSelectionBehavior(SelectRows);
    setSelectionMode(ExtendedSelection);
    setHorizontalScrollMode(ScrollPerPixel);
    setShowGrid(false);
    setFrameShape(NoFrame);
    setWordWrap(false);
    setMouseTracking(true);
    setTabKeyNavigation(false);
    setCornerButtonEnabled(false);
    verticalHeader()->hide();
    verticalHeader()->setDefaultSectionSize(int(std::ceil(QFontMetricsF(font()).height())) + 3 * grid);
    setAccessibleName(tr("Comparison"));
    connect(this, &QTableView::entered, this, [this](const QModelIndex &index) {
        setHoveredVariantRow(variantRow(index));
        emit variantRowHovered(variantRow(index));
    });
}

int ComparisonTable::variantRow(const QModelIndex &index) const
{
    return index.isValid() ? m_sorting->mapToSource(index).row() : -1;
}

int ComparisonTable::currentVariantRow() const
{
    return variantRow(currentIndex());
}

void ComparisonTable::setCurrentVariantRow(int row)
{
    if (row == currentVariantRow())
        return;
    m_following = true;
    if (row < 0) {
        clearSelection();
        setCurrentIndex({});
    } else {
        const QModelIndex index = m_sorting->mapFromSource(m_model->index(row, int(Column::variant)));
        // A visible column, so that the view does not scroll sideways to a hidden one.
        setCurrentIndex(index);
        selectRow(index.row());
    }
    m_following = false;
}

void ComparisonTable::setHoveredVariantRow(int row)
{
    const int shown = row < 0 ? -1 : m_sorting->mapFromSource(m_model->index(row, 0)).row();
    if (shown == m_delegate->hoveredRow())
        return;
    m_delegate->setHoveredRow(shown);
    viewport()->update();
}

void ComparisonTable::currentChanged(const QModelIndex &current, const QModelIndex &previous)
{
    QTableView::currentChanged(current, previous);
    viewport()->update(); // the view knows of its cells, not of what is painted beyond them
    if (!m_following && current.isValid())
        emit variantRowSelected(variantRow(current));
}

void ComparisonTable::selectionChanged(const QItemSelection &selected, const QItemSelection &deselected)
{
    QTableView::selectionChanged(selected, deselected);
    viewport()->update();
}

void ComparisonTable::fitColumns()
{
    for (int column = 0; column < m_sorting->columnCount(); ++column) {
        if (isColumnHidden(column))
            continue;
        const int width = std::max(sizeHintForColumn(column), horizontalHeader()->sectionSizeHint(column));
        horizontalHeader()->resizeSection(column, std::min(width, 280));
    }
}

void ComparisonTable::sortAgain()
{
    m_sorting->sort(m_sorting->sortColumn(), m_sorting->sortOrder());
}

QString ComparisonTable::selectionText(QChar separator) const
{
    const auto field = [separator](QString text) {
        const bool quoted =
            text.contains(separator) || text.contains(QLatin1Char('"')) || text.contains(QLatin1Char('\n'));
        return quoted ? QLatin1Char('"') + text.replace(QLatin1Char('"'), QLatin1String("\"\"")) + QLatin1Char('"')
                      : text;
    };
    std::vector<int> shown;
    for (int place = 0; place < horizontalHeader()->count(); ++place)
        if (const int column = horizontalHeader()->logicalIndex(place); !isColumnHidden(column))
            shown.push_back(column);
    std::vector<int> rows;
    for (int row = 0; row < m_sorting->rowCount(); ++row)
        if (!selectionModel()->hasSelection() || selectionModel()->rowIntersectsSelection(row, {}))
            rows.push_back(row);

    QString text;
    const auto line = [&](const auto &cell) {
        for (std::size_t i = 0; i < shown.size(); ++i) {
            if (i > 0)
                text += separator;
            text += field(cell(shown[i]));
        }
        text += QLatin1Char('\n');
    };
    line([](int column) {
        const std::string_view key = info(Column(column)).key;
        return QString::fromUtf8(key.data(), qsizetype(key.size()));
    });
    for (const int row : rows)
        line([&](int column) { return m_sorting->index(row, column).data(VariantModel::RawRole).toString(); });
    return text;
}

void ComparisonTable::keyPressEvent(QKeyEvent *event)
{
    if (event->matches(QKeySequence::Copy)) {
        QGuiApplication::clipboard()->setText(selectionText(QLatin1Char('\t')));
        return;
    }
    QTableView::keyPressEvent(event);
}

bool ComparisonTable::viewportEvent(QEvent *event)
{
    if (event->type() == QEvent::Leave) {
        setHoveredVariantRow(-1);
        emit variantRowHovered(-1);
    }
    return QTableView::viewportEvent(event);
}

void ComparisonTable::paintEvent(QPaintEvent *event)
{
    QTableView::paintEvent(event);
    QPainter painter(viewport());
    for (int row = 0; row < m_sorting->rowCount(); ++row) {
        const QModelIndex index = m_sorting->index(row, 0);
        const QRect beyond(shownWidth(), rowViewportPosition(row), viewport()->width() - shownWidth(), rowHeight(row));
        if (beyond.isValid())
            m_delegate->paintGround(painter, beyond, palette(), index, selectionModel()->isRowSelected(row));
        if (!index.data(VariantModel::NoteRole).toString().isEmpty())
            paintNote(painter, row);
    }
    if (hasFocus() && currentIndex().isValid()) {
        const int y = rowViewportPosition(currentIndex().row()), height = rowHeight(currentIndex().row());
        painter.setPen(QPen(tones(palette()).accent, 1));
        painter.drawRect(QRect(0, y, viewport()->width() - 1, height - 1));
    }
}

/// From the left edge to the end of the last column, or to the right edge.
int ComparisonTable::shownWidth() const
{
    return std::min(viewport()->width(), horizontalHeader()->length() - horizontalHeader()->offset());
}

void ComparisonTable::paintNote(QPainter &painter, int row) const
{
    // The note takes the widest run of empty cells, the last with what is beyond it.
    QRect best, run;
    const int y = rowViewportPosition(row), height = rowHeight(row);
    for (int place = 0; place < horizontalHeader()->count(); ++place) {
        const int column = horizontalHeader()->logicalIndex(place);
        if (isColumnHidden(column))
            continue;
        const QRect cell(columnViewportPosition(column), y, columnWidth(column), height);
        const bool isEmpty = m_sorting->index(row, column).data().toString().isEmpty();
        run = isEmpty ? (run.isNull() ? cell : run.united(cell)) : QRect();
        if (run.width() > best.width())
            best = run;
    }
    if (best.right() + 1 == shownWidth())
        best.setRight(viewport()->width() - 1);
    const QModelIndex index = m_sorting->index(row, 0);
    const Tones t = tones(palette());
    const double fraction = index.data(VariantModel::FractionRole).toDouble();
    if (fraction >= 0) {
        const int width = int(std::round(fraction * viewport()->width()));
        painter.fillRect(QRect(0, y + height - 2, width, 2), t.accent);
    }
    best &= viewport()->rect();
    if (best.width() < 24)
        return;
    painter.setPen(index.data(VariantModel::FailedRole).toBool() ? t.bad : t.muted);
    painter.setFont(smallFont(this));
    const QString note =
        QFontMetrics(painter.font())
            .elidedText(index.data(VariantModel::NoteRole).toString(), Qt::ElideRight, best.width() - 4 * grid);
    painter.drawText(best.adjusted(2 * grid, 0, -2 * grid, 0), Qt::AlignVCenter | Qt::AlignLeft, note);
}

} // namespace espalier::ui
