// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
// QCustomPlot's header needs Qt's old loop keyword; it is at home in the plots' files only.
#undef QT_NO_FOREACH
#include "widgets/plots/curveplot.h"

#include "widgets/plots/axisticker.h"
#include "widgets/plots/drawnitem.h"
#include "widgets/theme.h"

#include <QHelpEvent>
#include <QMouseEvent>
#include <QToolTip>
#include <QVBoxLayout>
#include <qcustomplot.h>

#include <algorithm>
#include <cmath>

namespace espalier::ui {

namespace {

constexpr std::size_t mostColors = 6; // beyond, colours repeat
constexpr qreal reach = 16;           // pixels from a point that still mean it
constexpr qreal labelGap = 6;

/// Layers and epochs are counted; shares of zeros are not.
bool countsAlongX(const CurveChart &chart)
{
    const auto isWhole = [](const QPointF &point) { return point.x() == std::round(point.x()); };
    return std::ranges::all_of(chart.curves,
                               [&](const Curve &curve) { return std::ranges::all_of(curve.points, isWhole); });
}

} // namespace

class CurvePlot::Private
{
public:
    struct Hit
    {
        int curve = -1;
        std::size_t point = 0;
    };

    explicit Private(CurvePlot *owner) : q(owner), plot(new QCustomPlot(owner))
    {
        new DrawnItem(plot, [this](QPainter &painter) { draw(painter); });
        plot->setFocusPolicy(Qt::NoFocus);
        plot->setMouseTracking(true);
        plot->xAxis->setTicker(xTicker);
        plot->yAxis->setTicker(QSharedPointer<QCPAxisTicker>(new AxisTicker(linear)));
        for (QCPAxis *axis : {plot->xAxis, plot->yAxis}) {
            axis->setSubTicks(false);
            axis->setTickLength(0, 4);
            axis->grid()->setZeroLinePen(Qt::NoPen);
        }
    }

    bool isCrowded() const { return chart.curves.size() > mostColors; }

    QColor color(std::size_t curve) const
    {
        const Tones t = tones(q->palette());
        if (!isCrowded())
            return variantColor(int(curve) + 1);
        return int(curve) == current ? t.accent : t.muted;
    }

    QPointF pixel(QPointF point) const
    {
        return {plot->xAxis->coordToPixel(point.x()), plot->yAxis->coordToPixel(point.y())};
    }

    void update()
    {
        std::vector<double> xs, ys;
        for (const Curve &curve : chart.curves)
            for (const QPointF point : curve.points) {
                xs.push_back(point.x());
                ys.push_back(point.y());
            }
        if (chart.level)
            ys.push_back(*chart.level);
        const bool nothing = xs.empty();
        for (QCPAxis *axis : {plot->xAxis, plot->yAxis})
            axis->setVisible(!nothing);
        if (!nothing) {
            const AxisScale x = scaleFor(xs, chart.xLogarithmic), y = scaleFor(ys, false);
            chart.xLogarithmic = x.logarithmic; // not where a value is not positive
            plot->xAxis->setScaleType(x.logarithmic ? QCPAxis::stLogarithmic : QCPAxis::stLinear);
            plot->xAxis->setRange(x.lower, x.upper);
            plot->yAxis->setRange(y.lower, y.upper);
        }
        plot->xAxis->setLabel(chart.xTitle);
        plot->yAxis->setLabel(chart.yTitle);
        qreal widest = 0;
        const QFontMetricsF metrics(smallFont(q));
        if (!isCrowded() && chart.namesAtEnds)
            for (const Curve &curve : chart.curves)
                widest = std::max(widest, metrics.horizontalAdvance(curve.name));
        plot->axisRect()->setMinimumMargins(QMargins(8, 12, 16 + int(widest), 8));
        q->setAccessibleName(CurvePlot::tr("%1 over %2").arg(chart.yTitle, chart.xTitle));
        plot->replot(QCustomPlot::rpQueuedReplot);
    }

    void applyPalette()
    {
        const Tones t = tones(q->palette());
        plot->setBackground(QBrush(q->palette().color(QPalette::Base)));
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
        plot->replot(QCustomPlot::rpQueuedReplot);
    }

    void drawCurve(QPainter &painter, std::size_t index) const
    {
        const Curve &curve = chart.curves[index];
        QPolygonF line;
        for (const QPointF point : curve.points)
            line << pixel(point);
        const bool stands = !isCrowded() || int(index) == current;
        QColor ink = color(index);
        if (!stands)
            ink.setAlphaF(0.45f);
        painter.setPen(QPen(ink, int(index) == current ? 2.5 : stands ? 1.5 : 1));
        painter.setBrush(Qt::NoBrush);
        painter.drawPolyline(line);
        if (!stands)
            return;
        for (const QPointF &centre : line) {
            if (isCrowded()) {
                painter.setBrush(ink);
                painter.drawEllipse(centre, 3, 3);
            } else {
                drawMarker(painter, centre, 3.5, int(index) + 1, q->palette().color(QPalette::Base));
            }
        }
    }

    // Beside their last points, pushed apart where they would touch.
    void drawNames(QPainter &painter) const
    {
        struct Name
        {
            std::size_t curve;
            QPointF at;
        };
        std::vector<Name> names;
        for (std::size_t i = 0; i < chart.curves.size(); ++i)
            if (!chart.curves[i].points.empty() && (!isCrowded() || int(i) == current))
                names.push_back({i, pixel(chart.curves[i].points.back())});
        std::ranges::stable_sort(names, {}, [](const Name &name) { return name.at.y(); });
        const QFontMetricsF metrics(painter.font());
        const QRectF area = plot->axisRect()->rect();
        for (std::size_t i = 1; i < names.size(); ++i)
            names[i].at.setY(std::max(names[i].at.y(), names[i - 1].at.y() + metrics.height()));
        qreal bottom = area.bottom();
        for (std::size_t i = names.size(); i-- > 0; bottom = names[i].at.y() - metrics.height())
            names[i].at.setY(std::min(names[i].at.y(), bottom));
        painter.setPen(q->palette().color(QPalette::Text));
        for (const Name &name : names) {
            const QString &text = chart.curves[name.curve].name;
            const qreal width = metrics.horizontalAdvance(text), x = name.at.x() + labelGap;
            const bool fits = x + width <= plot->width();
            const QRectF room(fits ? x : name.at.x() - labelGap - width, name.at.y() - metrics.height() / 2, width,
                              metrics.height());
            painter.drawText(fits ? room : room.translated(0, -metrics.height()), Qt::AlignVCenter | Qt::TextDontClip,
                             text);
        }
    }

    void draw(QPainter &painter) const
    {
        const Tones t = tones(q->palette());
        const QRectF area = plot->axisRect()->rect();
        painter.setFont(smallFont(q));
        painter.setRenderHint(QPainter::Antialiasing);
        if (markedX) {
            const qreal x = plot->xAxis->coordToPixel(*markedX);
            painter.setPen(QPen(t.accent, 1));
            painter.drawLine(QPointF(x, area.top()), QPointF(x, area.bottom()));
        }
        if (chart.level) {
            const qreal y = plot->yAxis->coordToPixel(*chart.level);
            painter.setPen(QPen(t.accent, 1, Qt::DashLine));
            painter.drawLine(QPointF(area.left(), y), QPointF(area.right(), y));
            painter.setPen(t.accent);
            painter.drawText(QPointF(area.left() + labelGap, y - 4), chart.levelText);
        }
        for (std::size_t i = 0; i < chart.curves.size(); ++i)
            if (int(i) != current)
                drawCurve(painter, i);
        if (current >= 0 && std::size_t(current) < chart.curves.size())
            drawCurve(painter, std::size_t(current));
        if (chart.namesAtEnds)
            drawNames(painter);
    }

    Hit nearest(QPointF position) const
    {
        Hit hit;
        qreal best = reach;
        for (std::size_t i = 0; i < chart.curves.size(); ++i)
            for (std::size_t k = 0; k < chart.curves[i].points.size(); ++k) {
                const qreal distance = QLineF(pixel(chart.curves[i].points[k]), position).length();
                if (distance < best) {
                    best = distance;
                    hit = {int(i), k};
                }
            }
        return hit;
    }

    QString toolTip(Hit hit) const
    {
        const Curve &curve = chart.curves[std::size_t(hit.curve)];
        const QPointF point = curve.points[hit.point];
        const QLocale locale;
        const auto place = std::size_t(std::llround(point.x()));
        const QString x = place >= 1 && place <= chart.xNames.size()
                              ? chart.xNames[place - 1]
                              //: a point of a plot: %1 is the axis' title, %2 the value
                              : CurvePlot::tr("%1: %2").arg(chart.xTitle, locale.toString(point.x(), 'g', 6));
        return curve.name + QLatin1Char('\n') + x + QLatin1Char('\n') +
               CurvePlot::tr("%1: %2").arg(chart.yTitle, locale.toString(point.y(), 'g', 6));
    }

    CurvePlot *q;
    QCustomPlot *plot;
    CurveChart chart;
    QSharedPointer<AxisTicker> xTicker{new AxisTicker(chart.xLogarithmic)};
    const bool linear = false;
    int current = -1;
    std::optional<double> markedX;
};

CurvePlot::CurvePlot(QWidget *parent) : QWidget(parent), d(std::make_unique<Private>(this))
{
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins({});
    layout->addWidget(d->plot);
    d->plot->installEventFilter(this);
    setMinimumSize(240, 160);
    d->applyPalette();
    d->update();
}

CurvePlot::~CurvePlot() = default;

void CurvePlot::setChart(CurveChart chart)
{
    d->chart = std::move(chart);
    if (d->current >= int(d->chart.curves.size()))
        d->current = -1;
    d->xTicker->wholeNumbers = countsAlongX(d->chart);
    d->update();
}

const CurveChart &CurvePlot::chart() const
{
    return d->chart;
}

void CurvePlot::setCurrentCurve(int index)
{
    d->current = index;
    d->plot->replot(QCustomPlot::rpQueuedReplot);
}

int CurvePlot::currentCurve() const
{
    return d->current;
}

void CurvePlot::setMarkedX(std::optional<double> x)
{
    d->markedX = x;
    d->plot->replot(QCustomPlot::rpQueuedReplot);
}

bool CurvePlot::savePicture(const QString &path)
{
    return d->plot->savePng(path, 0, 0, 2);
}

void CurvePlot::changeEvent(QEvent *event)
{
    if (event->type() == QEvent::PaletteChange || event->type() == QEvent::FontChange)
        d->applyPalette();
    QWidget::changeEvent(event);
}

bool CurvePlot::eventFilter(QObject *watched, QEvent *event)
{
    if (event->type() == QEvent::ToolTip) {
        const auto *help = static_cast<QHelpEvent *>(event);
        const Private::Hit hit = d->nearest(help->pos());
        QToolTip::showText(help->globalPos(), hit.curve >= 0 ? d->toolTip(hit) : QString(), d->plot);
        return true;
    }
    if (event->type() == QEvent::Wheel) { // which scrolls what the plot stands in
        event->ignore();
        return true;
    }
    if (event->type() == QEvent::MouseButtonRelease) {
        const Private::Hit hit = d->nearest(static_cast<QMouseEvent *>(event)->position());
        if (hit.curve >= 0)
            emit curveSelected(hit.curve);
    }
    return QWidget::eventFilter(watched, event);
}

} // namespace espalier::ui
