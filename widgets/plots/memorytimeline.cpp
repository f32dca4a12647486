// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/plots/memorytimeline.h"

#include "widgets/format.h"
#include "widgets/theme.h"

#include <QHelpEvent>
#include <QKeyEvent>
#include <QPainter>
#include <QToolTip>

#include <algorithm>

namespace espalier::ui {

namespace {

constexpr qsizetype longestName = 24;

/// Names of tensors are long chains; the end tells them apart.
QString shortName(const std::string &name)
{
    const QString text = QString::fromStdString(name);
    return text.size() <= longestName ? text : QChar(0x2026) + text.right(longestName - 1);
}

} // namespace

MemoryTimeline::MemoryTimeline(QWidget *parent) : QWidget(parent)
{
    setObjectName(QStringLiteral("memoryTimeline"));
    setAccessibleName(tr("Memory over the layers"));
    setFocusPolicy(Qt::StrongFocus);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
}

void MemoryTimeline::setArena(std::vector<ArenaBlock> arena, std::int64_t limit)
{
    m_arena = std::move(arena);
    m_limit = limit;
    m_peak = arenaPeak(m_arena);
    m_top = m_layers = 0;
    for (const ArenaBlock &block : m_arena) {
        m_top = std::max(m_top, block.offset + block.bytes);
        // What outlives the last layer ends at their count; at least one layer runs.
        m_layers = std::max({m_layers, block.last, block.first + 1, 1});
    }
    m_current.reset();
    describe();
    update();
}

QString MemoryTimeline::sentence() const
{
    if (m_arena.empty())
        return {};
    QStringList names;
    for (const std::size_t i : m_peak.blocks)
        names += m_arena[i].isScratch
                     //: a piece of working memory: %1 is its size
                     ? tr("scratch (%1)").arg(bytesText(double(m_arena[i].bytes)))
                     //: %1 is a tensor, %2 its size
                     : tr("%1 (%2)").arg(shortName(m_arena[i].name), bytesText(double(m_arena[i].bytes)));
    //: %1 is a size, %2 the number of a layer, %3 what lies in memory then
    QString text = tr("Peak of %1 at layer %2, where these live together: %3.")
                       .arg(bytesText(double(m_peak.bytes)), QLocale().toString(m_peak.layer + 1),
                            names.join(QStringLiteral(", ")));
    if (m_limit > 0)
        text += QLatin1Char(' ') + tr("The arena takes %1 % of the board's %2 of RAM.")
                                       .arg(QLocale().toString(100.0 * double(m_top) / double(m_limit), 'f', 1),
                                            bytesText(double(m_limit)));
    return text;
}

QString MemoryTimeline::momentText(std::int32_t layer) const
{
    const ArenaMoment moment = arenaAt(m_arena, layer);
    const QString name = shortName(layerName(m_arena, layer));
    QString head = tr("Layer %1: %2 in use").arg(QLocale().toString(layer + 1), bytesText(double(moment.bytes)));
    QStringList lines{name.isEmpty() ? head : head + QStringLiteral(" · ") + name};
    for (const std::size_t i : moment.blocks) {
        const ArenaBlock &block = m_arena[i];
        //: %1 is a tensor, %2 its size, %3 its place in memory
        lines += tr("%1: %2 at %3")
                     .arg(block.isScratch ? tr("scratch") : shortName(block.name), bytesText(double(block.bytes)),
                          QLocale().toString(qlonglong(block.offset)));
    }
    return lines.join(QLatin1Char('\n'));
}

void MemoryTimeline::describe()
{
    setAccessibleDescription(m_current ? momentText(*m_current) : sentence());
}

QRectF MemoryTimeline::area() const
{
    return QRectF(rect()).adjusted(1, 2 * grid, -1, -1);
}

double MemoryTimeline::columnLeft(std::int32_t layer) const
{
    return area().left() + area().width() * std::clamp(layer, 0, m_layers) / std::max(m_layers, 1);
}

std::int32_t MemoryTimeline::layerAt(double x) const
{
    const double share = (x - area().left()) / area().width();
    return std::clamp(std::int32_t(share * m_layers), 0, std::max(m_layers - 1, 0));
}

void MemoryTimeline::paintEvent(QPaintEvent *)
{
    if (m_top == 0)
        return;
    QPainter painter(this);
    const Tones t = tones(palette());
    const QRectF room = area();
    const double highest = double(showsLimit() ? std::max(m_limit, m_top) : m_top);
    const auto y = [&](std::int64_t bytes) { return room.bottom() - room.height() * double(bytes) / highest; };

    for (std::size_t i = 0; i < m_arena.size(); ++i) {
        const ArenaBlock &block = m_arena[i];
        const QRectF box(QPointF(columnLeft(block.first), y(block.offset + block.bytes)),
                         QPointF(columnLeft(block.last + 1), y(block.offset)));
        QColor fill = t.accent;
        fill.setAlphaF(std::ranges::find(m_peak.blocks, i) != m_peak.blocks.end() ? 0.75f : 0.3f);
        painter.setPen(QPen(palette().color(QPalette::Window), 1));
        painter.setBrush(block.isScratch ? QBrush(fill, Qt::BDiagPattern) : QBrush(fill));
        painter.drawRect(box);
    }

    const auto middle = [&](std::int32_t layer) { return (columnLeft(layer) + columnLeft(layer + 1)) / 2; };
    const double mark = middle(m_peak.layer);
    painter.setPen(Qt::NoPen);
    painter.setBrush(palette().color(QPalette::Text));
    painter.drawPolygon(QPolygonF{QPointF(mark - grid, 0), QPointF(mark + grid, 0), QPointF(mark, 1.5 * grid)});
    if (showsLimit()) {
        painter.setPen(QPen(t.bad, 1, Qt::DashLine));
        painter.drawLine(QPointF(room.left(), y(m_limit)), QPointF(room.right(), y(m_limit)));
    }
    painter.setPen(QPen(t.line, 1));
    painter.drawLine(room.bottomLeft(), room.bottomRight());
    if (m_current) {
        painter.setPen(QPen(palette().color(QPalette::Text), 1));
        painter.setBrush(Qt::NoBrush);
        painter.drawRect(
            QRectF(QPointF(columnLeft(*m_current), room.top()), QPointF(columnLeft(*m_current + 1), room.bottom())));
    }
}

void MemoryTimeline::setCurrentLayer(std::optional<std::int32_t> layer)
{
    m_current = layer;
    describe();
    update();
}

void MemoryTimeline::keyPressEvent(QKeyEvent *event)
{
    const std::int32_t last = m_layers - 1;
    const std::int32_t from = m_current.value_or(m_peak.layer);
    std::int32_t layer;
    switch (event->key()) {
    case Qt::Key_Left:
        layer = m_current ? from - 1 : from;
        break;
    case Qt::Key_Right:
        layer = m_current ? from + 1 : from;
        break;
    case Qt::Key_Home:
        layer = 0;
        break;
    case Qt::Key_End:
        layer = last;
        break;
    default:
        return QWidget::keyPressEvent(event);
    }
    if (m_arena.empty())
        return;
    setCurrentLayer(std::clamp(layer, 0, last));
    QToolTip::showText(mapToGlobal(QPoint(int(columnLeft(*m_current)), height())), momentText(*m_current), this);
}

void MemoryTimeline::focusOutEvent(QFocusEvent *event)
{
    setCurrentLayer(std::nullopt);
    QWidget::focusOutEvent(event);
}

bool MemoryTimeline::event(QEvent *event)
{
    if (event->type() != QEvent::ToolTip || m_arena.empty())
        return QWidget::event(event);
    const auto *help = static_cast<QHelpEvent *>(event);
    QToolTip::showText(help->globalPos(), momentText(layerAt(help->pos().x())), this);
    return true;
}

} // namespace espalier::ui
