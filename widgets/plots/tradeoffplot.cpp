// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
// QCustomPlot's header needs Qt's old loop keyword; it is at home in this file only.
#undef QT_NO_FOREACH
#include "widgets/plots/tradeoffplot.h"

#include "widgets/coretexts.h"
#include "widgets/models/variantmodel.h"
#include "widgets/plots/axisscale.h"
#include "widgets/plots/axisticker.h"
#include "widgets/plots/drawnitem.h"
#include "widgets/plots/labelplacer.h"
#include "widgets/plots/tradeoffdata.h"
#include "widgets/theme.h"

#include <QCheckBox>
#include <QComboBox>
#include <QHBoxLayout>
#include <QKeyEvent>
#include <QLabel>
#include <QVBoxLayout>
#include <qcustomplot.h>

#include <algorithm>
#include <cmath>

namespace espalier::ui {

namespace {

constexpr qreal dotRadius = 6;
constexpr int shortestLabel = 16; // characters that a name is cut to rather than left out
constexpr int reach = 16;         // pixels from a dot that still mean it

} // namespace

class TradeoffPlot::Private
{
public:
    Private(TradeoffPlot *owner, const VariantModel *variants);

    void update(bool mayRescale = true);
    void applyPalette();
    void drawDots(QPainter &painter);
    void drawFeasible(QPainter &painter);
    void rescale();
    bool showsAllPoints() const;
    QPointF pixel(const TradeoffPoint &point) const;
    int nearest(QPointF position) const;
    void selectBeside(int step);
    void describe();
    void chooseAxes();
    std::vector<double> values(Qt::Axis axis) const;
    AxisScale scale(Qt::Axis axis) const;

    TradeoffPlot *q;
    const VariantModel *model;
    QCustomPlot *plot;
    QCPGraph *front;
    QComboBox *xBox, *yBox;
    QCheckBox *xLog, *yLog;
    QLabel *empty;
    TradeoffData data;
    bool xLogarithmic = false, yLogarithmic = false;
    int current = -1, hovered = -1;
};

TradeoffPlot::Private::Private(TradeoffPlot *owner, const VariantModel *variants)
    : q(owner), model(variants), plot(new QCustomPlot(owner)), front(plot->addGraph()), xBox(new QComboBox(owner)),
      yBox(new QComboBox(owner)), xLog(new QCheckBox(TradeoffPlot::tr("log"), owner)),
      yLog(new QCheckBox(TradeoffPlot::tr("log"), owner)), empty(new QLabel(plot))
{
    auto *feasible = new DrawnItem(plot, [this](QPainter &painter) { drawFeasible(painter); });
    feasible->setClipToAxisRect(true);
    feasible->setLayer(QStringLiteral("background")); // below the grid
    new DrawnItem(plot, [this](QPainter &painter) { drawDots(painter); });
    plot->setObjectName(QStringLiteral("tradeoffCanvas"));
    plot->setFocusPolicy(Qt::StrongFocus);
    plot->setInteractions(QCP::iRangeDrag | QCP::iRangeZoom);
    plot->setMouseTracking(true);
    plot->axisRect()->setMinimumMargins(QMargins(8, 8, 16, 8));
    plot->xAxis->setTicker(QSharedPointer<QCPAxisTicker>(new AxisTicker(xLogarithmic)));
    plot->yAxis->setTicker(QSharedPointer<QCPAxisTicker>(new AxisTicker(yLogarithmic)));
    for (QCPAxis *axis : {plot->xAxis, plot->yAxis}) {
        axis->setSubTicks(false);
        axis->setTickLength(0, 4);
        axis->grid()->setZeroLinePen(Qt::NoPen);
    }
    for (const Column column : axisColumns()) {
        xBox->addItem(columnTitle(column), int(column));
        yBox->addItem(columnTitle(column), int(column));
    }
    xBox->setAccessibleName(TradeoffPlot::tr("Horizontal axis"));
    yBox->setAccessibleName(TradeoffPlot::tr("Vertical axis"));
    xLog->setAccessibleName(TradeoffPlot::tr("Logarithmic horizontal axis"));
    yLog->setAccessibleName(TradeoffPlot::tr("Logarithmic vertical axis"));
    for (QCheckBox *box : {xLog, yLog})
        box->setToolTip(TradeoffPlot::tr("Logarithmic scale"));
    empty->setAlignment(Qt::AlignCenter);
    empty->setWordWrap(true);
    empty->setAttribute(Qt::WA_TransparentForMouseEvents);
}

std::vector<double> TradeoffPlot::Private::values(Qt::Axis axis) const
{
    std::vector<double> result;
    for (const TradeoffPoint &point : data.points)
        result.push_back(axis == Qt::XAxis ? point.x : point.y);
    return result;
}

AxisScale TradeoffPlot::Private::scale(Qt::Axis axis) const
{
    return scaleFor(values(axis), axis == Qt::XAxis ? xLog->isChecked() : yLog->isChecked());
}

void TradeoffPlot::Private::rescale()
{
    const auto apply = [](QCPAxis *axis, const AxisScale &scale) {
        axis->setScaleType(scale.logarithmic ? QCPAxis::stLogarithmic : QCPAxis::stLinear);
        axis->setRange(scale.lower, scale.upper);
    };
    const AxisScale x = scale(Qt::XAxis), y = scale(Qt::YAxis);
    xLogarithmic = x.logarithmic;
    yLogarithmic = y.logarithmic;
    apply(plot->xAxis, x);
    apply(plot->yAxis, y);
}

bool TradeoffPlot::Private::showsAllPoints() const
{
    return std::ranges::all_of(data.points, [&](const TradeoffPoint &point) {
        return plot->xAxis->range().contains(point.x) && plot->yAxis->range().contains(point.y);
    });
}

void TradeoffPlot::Private::update(bool mayRescale)
{
    data = tradeoffData(model->rows(), q->xColumn(), q->yColumn());
    if (mayRescale && (!plot->underMouse() || !showsAllPoints()))
        rescale();
    const auto axisLabel = [](const QString &title, bool logarithmic) {
        //: the title of a plot's axis: %1 is metric and unit
        return logarithmic ? TradeoffPlot::tr("%1 (logarithmic)").arg(title) : title;
    };
    plot->xAxis->setLabel(axisLabel(data.xTitle, xLogarithmic));
    plot->yAxis->setLabel(axisLabel(data.yTitle, yLogarithmic));
    QVector<double> xs, ys;
    for (const std::size_t i : data.front) {
        xs.append(data.points[i].x);
        ys.append(data.points[i].y);
    }
    front->setData(xs, ys, true);
    // Between two variants of the front, what can be had is the worse of both.
    front->setLineStyle(data.lowerXIsBetter ? QCPGraph::lsStepLeft : QCPGraph::lsStepRight);
    const bool nothing = data.points.empty();
    empty->setText(
        model->rows().empty()
            ? TradeoffPlot::tr("Each variant becomes a dot here.\nRun a comparison to see the trade-off.")
            : TradeoffPlot::tr("No variant has both “%1” and “%2” yet.").arg(xBox->currentText(), yBox->currentText()));
    empty->setVisible(nothing);
    for (QCPAxis *axis : {plot->xAxis, plot->yAxis})
        axis->setVisible(!nothing);
    describe();
    plot->replot(QCustomPlot::rpQueuedReplot);
}

void TradeoffPlot::Private::describe()
{
    // What a person who does not see the plot should know of it.
    QStringList names;
    for (const std::size_t i : data.front)
        names += pointLabel(model->rows(), data.points[i].row);
    plot->setAccessibleName(TradeoffPlot::tr("Trade-off of %1 and %2").arg(data.yTitle, data.xTitle));
    plot->setAccessibleDescription(TradeoffPlot::tr("%n variant(s) shown.", nullptr, int(data.points.size())) +
                                   QLatin1Char(' ') +
                                   TradeoffPlot::tr("On the Pareto front: %1.").arg(names.join(QStringLiteral(", "))));
}

void TradeoffPlot::Private::applyPalette()
{
    const QPalette palette = q->palette();
    const Tones t = tones(palette);
    plot->setBackground(QBrush(palette.color(QPalette::Base)));
    for (QCPAxis *axis : {plot->xAxis, plot->yAxis}) {
        axis->setBasePen(QPen(t.line, 1));
        axis->setTickPen(QPen(t.line, 1));
        axis->setTickLabelColor(t.muted);
        axis->setLabelColor(t.muted);
        axis->setTickLabelFont(smallFont(q));
        axis->setLabelFont(smallFont(q));
        axis->setTickLabelPadding(4);
        axis->setLabelPadding(4);
        QColor gridColor = t.line;
        gridColor.setAlphaF(0.6f);
        axis->grid()->setPen(QPen(gridColor, 1));
    }
    front->setPen(QPen(t.accent, 1.5, Qt::DashLine));
    QPalette mutedText = palette;
    mutedText.setColor(QPalette::WindowText, t.muted);
    empty->setPalette(mutedText);
    plot->replot(QCustomPlot::rpQueuedReplot);
}

QPointF TradeoffPlot::Private::pixel(const TradeoffPoint &point) const
{
    return {plot->xAxis->coordToPixel(point.x), plot->yAxis->coordToPixel(point.y)};
}

void TradeoffPlot::Private::drawDots(QPainter &painter)
{
    const QPalette palette = q->palette();
    const Tones t = tones(palette);
    const QFont font = smallFont(q);
    const QFontMetricsF metrics(font);
    const QRectF area = plot->axisRect()->rect();
    painter.setFont(font);
    QFont bold = font;
    bold.setBold(true);

    // The names of what the person looks at choose their place first.
    std::vector<const TradeoffPoint *> visible;
    for (const TradeoffPoint &point : data.points)
        if (area.adjusted(-1, -1, 1, 1).contains(pixel(point)))
            visible.push_back(&point);
    const auto weight = [&](const TradeoffPoint *p) { return int(p->row) == current ? 0 : p->onFront ? 1 : 2; };
    std::ranges::stable_sort(visible, {}, weight);
    std::vector<LabelRequest> requests;
    for (const TradeoffPoint *point : visible) {
        const QString label = pointLabel(model->rows(), point->row);
        const bool isCurrent = int(point->row) == current;
        const qreal width = (isCurrent ? QFontMetricsF(bold) : metrics).horizontalAdvance(label) + 2;
        requests.push_back({pixel(*point),
                            isCurrent ? dotRadius + 4 : dotRadius,
                            {width, metrics.height()},
                            shortestLabel * metrics.averageCharWidth()});
    }
    const std::vector<QPointF> corners = frontCorners(
        data, [&](double x, double y) { return QPointF(plot->xAxis->coordToPixel(x), plot->yAxis->coordToPixel(y)); });
    const auto places = placeLabels(requests, area.adjusted(2, 0, 14, 0), lineObstacles(corners));

    for (std::size_t i = 0; i < visible.size(); ++i)
        if (places[i] && places[i]->needsLeader) {
            painter.setPen(QPen(t.line, 1));
            painter.drawLine(requests[i].dot, places[i]->rect.center());
        }
    for (std::size_t i = visible.size(); i-- > 0;) {
        const TradeoffPoint &point = *visible[i];
        const int row = int(point.row);
        const bool isCurrent = row == current, isHovered = row == hovered;
        if (isCurrent || isHovered) {
            QColor halo = t.accent;
            halo.setAlphaF(isCurrent ? 0.35f : 0.18f);
            painter.setPen(Qt::NoPen);
            painter.setBrush(halo);
            painter.drawEllipse(requests[i].dot, dotRadius + 6, dotRadius + 6);
        }
        const int variant = model->variantIndex(point.row);
        const bool isOver = model->budget().judge(model->rows()[point.row]) == Budget::Verdict::exceeded;
        painter.setOpacity(isOver && !isCurrent && !isHovered ? 0.4 : 1);
        drawMarker(painter, requests[i].dot, dotRadius, variant,
                   palette.color(isCurrent ? QPalette::Text : QPalette::Base));
        if (variant == 0) // the ring has no fill to see, so its line carries the colour
            drawMarker(painter, requests[i].dot, dotRadius, 0, isCurrent ? palette.color(QPalette::Text) : t.muted);
        if (places[i]) {
            painter.setFont(isCurrent ? bold : font);
            painter.setPen(palette.color(QPalette::Text));
            const QRectF rect = places[i]->rect;
            const bool leftOfDot = rect.center().x() < requests[i].dot.x() - 1;
            painter.drawText(rect.adjusted(-20, 0, 20, 0).translated(leftOfDot ? -20 : 20, 0),
                             int(leftOfDot ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter | Qt::TextDontClip,
                             QFontMetricsF(painter.font())
                                 .elidedText(pointLabel(model->rows(), point.row), Qt::ElideRight, rect.width()));
        }
    }
    painter.setOpacity(1);
}

void TradeoffPlot::Private::drawFeasible(QPainter &painter)
{
    const Budget &budget = model->budget();
    const QRectF area = plot->axisRect()->rect();
    QRectF kept = area;
    std::vector<QLineF> borders;
    const auto cut = [&](Column column, const ColumnFormat &format, QCPAxis *axis, bool isX) {
        const auto limit = budget.limit(column);
        if (!limit)
            return;
        const bool isLower = info(column).better == Better::lower;
        const double at = axis->coordToPixel(*limit * format.factor);
        if (isX) {
            isLower ? kept.setRight(std::min(kept.right(), at)) : kept.setLeft(std::max(kept.left(), at));
            if (at > area.left() && at < area.right())
                borders.emplace_back(at, area.top(), at, area.bottom());
        } else {
            isLower ? kept.setTop(std::max(kept.top(), at)) : kept.setBottom(std::min(kept.bottom(), at));
            if (at > area.top() && at < area.bottom())
                borders.emplace_back(area.left(), at, area.right(), at);
        }
    };
    cut(q->xColumn(), data.xFormat, plot->xAxis, true);
    cut(q->yColumn(), data.yFormat, plot->yAxis, false);
    if (kept == area || data.points.empty())
        return;
    const Tones t = tones(q->palette());
    QColor shade = t.good;
    shade.setAlphaF(0.12f);
    if (kept.isValid())
        painter.fillRect(kept, shade);
    painter.setPen(QPen(t.good, 1));
    for (const QLineF &border : borders)
        painter.drawLine(border);
}

int TradeoffPlot::Private::nearest(QPointF position) const
{
    int best = -1;
    qreal bestDistance = reach;
    for (const TradeoffPoint &point : data.points) {
        const qreal distance = QLineF(pixel(point), position).length();
        if (distance < bestDistance) {
            bestDistance = distance;
            best = int(point.row);
        }
    }
    return best;
}

void TradeoffPlot::Private::selectBeside(int step)
{
    if (data.points.empty())
        return;
    std::vector<const TradeoffPoint *> order;
    for (const TradeoffPoint &point : data.points)
        order.push_back(&point);
    std::ranges::stable_sort(order, {}, [](const TradeoffPoint *p) { return p->x; });
    const auto found = std::ranges::find(order, current, [](const TradeoffPoint *p) { return int(p->row); });
    const auto last = std::ptrdiff_t(order.size()) - 1;
    const auto place = found == order.end() ? (step > 0 ? std::ptrdiff_t(0) : last)
                                            : std::clamp(found - order.begin() + step, std::ptrdiff_t(0), last);
    emit q->rowSelected(int(order[std::size_t(place)]->row));
}

void TradeoffPlot::Private::chooseAxes()
{
    update(false);
    rescale();
    update(false);
}

TradeoffPlot::TradeoffPlot(const VariantModel *model, QWidget *parent)
    : QWidget(parent), d(std::make_unique<Private>(this, model))
{
    auto *title = new QLabel(tr("Trade-off"), this);
    QFont bold = font();
    bold.setWeight(QFont::DemiBold);
    title->setFont(bold);
    auto *over = new QLabel(tr("over", "between the names of two axes: accuracy over latency"), this);
    auto *header = new QHBoxLayout;
    header->setContentsMargins(3 * grid, 2 * grid, 3 * grid, grid);
    header->setSpacing(2 * grid);
    header->addWidget(title);
    header->addSpacing(grid);
    header->addWidget(d->yBox);
    header->addWidget(d->yLog);
    header->addWidget(over);
    header->addWidget(d->xBox);
    header->addWidget(d->xLog);
    header->addStretch();
    auto *canvas = new QVBoxLayout(d->plot);
    canvas->addWidget(d->empty);
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins({});
    layout->setSpacing(0);
    layout->addLayout(header);
    layout->addWidget(d->plot, 1);
    setFocusProxy(d->plot);
    d->plot->setMinimumHeight(120);

    setColumns(Column::sizeBytes, Column::accuracy);
    d->applyPalette();
    d->plot->installEventFilter(this);

    const auto refresh = [this] { d->update(); };
    connect(model, &VariantModel::modelReset, this, [this] {
        d->current = d->hovered = -1;
        d->update();
    });
    connect(model, &VariantModel::dataChanged, this, refresh);
    connect(model, &VariantModel::rowsInserted, this, refresh);
    const auto axes = [this] {
        d->chooseAxes();
        emit axesChanged();
    };
    connect(d->xBox, &QComboBox::currentIndexChanged, this, axes);
    connect(d->yBox, &QComboBox::currentIndexChanged, this, axes);
    connect(d->xLog, &QCheckBox::toggled, this, axes);
    connect(d->yLog, &QCheckBox::toggled, this, axes);
    connect(d->plot, &QCustomPlot::mouseDoubleClick, this, [this] {
        d->rescale();
        d->plot->replot(QCustomPlot::rpQueuedReplot);
    });
}

TradeoffPlot::~TradeoffPlot() = default;

Column TradeoffPlot::xColumn() const
{
    return Column(d->xBox->currentData().toInt());
}

Column TradeoffPlot::yColumn() const
{
    return Column(d->yBox->currentData().toInt());
}

void TradeoffPlot::setColumns(Column x, Column y)
{
    d->xBox->setCurrentIndex(d->xBox->findData(int(x)));
    d->yBox->setCurrentIndex(d->yBox->findData(int(y)));
    d->chooseAxes();
}

bool TradeoffPlot::isLogarithmic(Qt::Axis axis) const
{
    return (axis == Qt::XAxis ? d->xLog : d->yLog)->isChecked();
}

void TradeoffPlot::setLogarithmic(Qt::Axis axis, bool logarithmic)
{
    (axis == Qt::XAxis ? d->xLog : d->yLog)->setChecked(logarithmic);
}

void TradeoffPlot::setCurrentRow(int row)
{
    if (row == d->current)
        return;
    d->current = row;
    d->plot->replot(QCustomPlot::rpQueuedReplot);
}

void TradeoffPlot::setHoveredRow(int row)
{
    if (row == d->hovered)
        return;
    d->hovered = row;
    d->plot->replot(QCustomPlot::rpQueuedReplot);
}

int TradeoffPlot::currentRow() const
{
    return d->current;
}

std::optional<QPoint> TradeoffPlot::positionOf(int row) const
{
    const auto point = std::ranges::find(d->data.points, std::size_t(row), &TradeoffPoint::row);
    if (point == d->data.points.end())
        return std::nullopt;
    return d->plot->mapTo(this, d->pixel(*point).toPoint());
}

int TradeoffPlot::rowAt(QPoint position) const
{
    return d->nearest(d->plot->mapFrom(this, position));
}

void TradeoffPlot::changeEvent(QEvent *event)
{
    if (event->type() == QEvent::PaletteChange || event->type() == QEvent::FontChange)
        d->applyPalette();
    QWidget::changeEvent(event);
}

bool TradeoffPlot::eventFilter(QObject *watched, QEvent *event)
{
    switch (event->type()) {
    case QEvent::MouseMove: {
        const auto *mouse = static_cast<QMouseEvent *>(event);
        const int row = d->nearest(mouse->position());
        if (row != d->hovered) {
            setHoveredRow(row);
            d->plot->setCursor(row >= 0 ? Qt::PointingHandCursor : Qt::ArrowCursor);
            emit rowHovered(row);
        }
        break;
    }
    case QEvent::ToolTip: {
        const auto *help = static_cast<QHelpEvent *>(event);
        const int row = d->nearest(help->pos());
        QStringList lines;
        if (row >= 0) {
            lines += pointLabel(d->model->rows(), std::size_t(row));
            for (const Column column : {yColumn(), xColumn()})
                lines += tr("%1: %2").arg(columnTitle(column),
                                          figureText(column, *d->model->rows()[std::size_t(row)].number(column)));
        }
        QToolTip::showText(help->globalPos(), lines.join(QLatin1Char('\n')), d->plot);
        return true;
    }
    case QEvent::Leave:
        setHoveredRow(-1);
        emit rowHovered(-1);
        d->update(); // a scale that was held back while the mouse was here
        break;
    case QEvent::MouseButtonRelease: {
        const auto *mouse = static_cast<QMouseEvent *>(event);
        if (const int row = d->nearest(mouse->position()); row >= 0 && mouse->button() == Qt::LeftButton)
            emit rowSelected(row);
        break;
    }
    case QEvent::KeyPress: {
        const int key = static_cast<QKeyEvent *>(event)->key();
        if (key == Qt::Key_Left || key == Qt::Key_Right) {
            d->selectBeside(key == Qt::Key_Right ? 1 : -1);
            return true;
        }
        break;
    }
    default:
        break;
    }
    return QWidget::eventFilter(watched, event);
}

} // namespace espalier::ui
