// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/plots/tradeoffplot.h"

#include "core/base/file.h"
#include "widgets/plots/axisscale.h"
#include "widgets/plots/labelplacer.h"
#include "widgets/plots/tradeoffdata.h"
#include "widgets/theme.h"

#include <QHash>

namespace espalier::ui {

namespace {

constexpr qreal width = 800, height = 500;
const QRectF area(76, 44, width - 76 - 28, height - 44 - 64);
constexpr qreal fontSize = 13;
constexpr qreal radius = 6;

/// Sans-serif text is about this wide; the writer knows no fonts, so that it needs no display.
qreal estimatedWidth(const QString &text)
{
    return fontSize * 0.58 * qreal(text.size());
}

QString number(qreal value)
{
    return QString::number(value, 'f', 1);
}

QString textElement(QPointF at, const QString &anchor, const QString &text, const QString &extra = {})
{
    return QStringLiteral("<text x=\"%1\" y=\"%2\" text-anchor=\"%3\"%4>%5</text>\n")
        .arg(number(at.x()), number(at.y()), anchor, extra, text.toHtmlEscaped());
}

QString line(QPointF a, QPointF b, const QString &color)
{
    return QStringLiteral("<line x1=\"%1\" y1=\"%2\" x2=\"%3\" y2=\"%4\" stroke=\"%5\"/>\n")
        .arg(number(a.x()), number(a.y()), number(b.x()), number(b.y()), color);
}

QString polygon(QPointF c, std::initializer_list<QPointF> corners, const QString &style)
{
    QStringList points;
    for (const QPointF corner : corners)
        points += number(c.x() + corner.x() * radius) + QLatin1Char(',') + number(c.y() + corner.y() * radius);
    return QStringLiteral("<polygon points=\"%1\" %2/>\n").arg(points.join(QLatin1Char(' ')), style);
}

QString markerElement(QPointF c, int variant)
{
    const QString style = QStringLiteral("fill=\"%1\" stroke=\"#1c2024\"").arg(variantColor(variant).name());
    switch (variantMarker(variant)) {
    case Marker::ring:
        return QStringLiteral("<circle cx=\"%1\" cy=\"%2\" r=\"6\" fill=\"#ffffff\" stroke=\"#5f6b7a\" "
                              "stroke-width=\"2\"/>\n")
            .arg(number(c.x()), number(c.y()));
    case Marker::disc:
        return QStringLiteral("<circle cx=\"%1\" cy=\"%2\" r=\"6\" %3/>\n").arg(number(c.x()), number(c.y()), style);
    case Marker::square:
        return polygon(c, {{-0.89, -0.89}, {0.89, -0.89}, {0.89, 0.89}, {-0.89, 0.89}}, style);
    case Marker::diamond:
        return polygon(c, {{0, -1.25}, {1.25, 0}, {0, 1.25}, {-1.25, 0}}, style);
    case Marker::triangle:
        return polygon(c, {{0, -1.3}, {1.2, 0.9}, {-1.2, 0.9}}, style);
    case Marker::triangleDown:
        return polygon(c, {{0, 1.3}, {1.2, -0.9}, {-1.2, -0.9}}, style);
    case Marker::cross:
        return polygon(c,
                       {{-0.45, -1.2},
                        {0.45, -1.2},
                        {0.45, -0.45},
                        {1.2, -0.45},
                        {1.2, 0.45},
                        {0.45, 0.45},
                        {0.45, 1.2},
                        {-0.45, 1.2},
                        {-0.45, 0.45},
                        {-1.2, 0.45},
                        {-1.2, -0.45},
                        {-0.45, -0.45}},
                       style);
    }
    return {};
}

/// The variants' numbers in the order of their rows, as a comparison from the command line has them.
std::vector<int> variantsOf(std::span<const Row> rows)
{
    QHash<QString, int> seen{{QString(), 0}};
    std::vector<int> result;
    for (const Row &row : rows) {
        const QString recipe = QString::fromStdString(row.text(Column::recipe));
        if (!seen.contains(recipe))
            seen.insert(recipe, int(seen.size()));
        result.push_back(seen.value(recipe));
    }
    return result;
}

} // namespace

Result<void> writeTradeoffSvg(std::span<const Row> rows, Column x, Column y, const std::filesystem::path &path)
{
    const QLocale locale = QLocale::c();
    const TradeoffData data = tradeoffData(rows, x, y);
    std::vector<double> xs, ys;
    for (const TradeoffPoint &point : data.points) {
        xs.push_back(point.x);
        ys.push_back(point.y);
    }
    const AxisScale xScale = scaleFor(xs, false), yScale = scaleFor(ys, false);
    const auto place = [&](double px, double py) {
        return QPointF(area.left() + area.width() * xScale.share(px), area.bottom() - area.height() * yScale.share(py));
    };

    QString svg = QStringLiteral("<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"800\" height=\"500\" "
                                 "viewBox=\"0 0 800 500\" font-family=\"sans-serif\" font-size=\"13\" "
                                 "fill=\"#1c2024\">\n<rect width=\"800\" height=\"500\" fill=\"#ffffff\"/>\n");
    svg += textElement({area.left(), 24}, QStringLiteral("start"), data.yTitle, QStringLiteral(" font-weight=\"600\""));
    svg += textElement({area.center().x(), height - 16}, QStringLiteral("middle"), data.xTitle,
                       QStringLiteral(" font-weight=\"600\""));

    const auto xTicks = ticks(xScale, 7), yTicks = ticks(yScale, 6);
    const auto xTexts = tickTexts(xTicks, locale), yTexts = tickTexts(yTicks, locale);
    for (std::size_t i = 0; i < xTicks.size(); ++i) {
        const qreal at = place(xTicks[i], yScale.lower).x();
        svg += line({at, area.top()}, {at, area.bottom()}, QStringLiteral("#eceef0"));
        svg += textElement({at, area.bottom() + 20}, QStringLiteral("middle"), xTexts[i]);
    }
    for (std::size_t i = 0; i < yTicks.size(); ++i) {
        const qreal at = place(xScale.lower, yTicks[i]).y();
        svg += line({area.left(), at}, {area.right(), at}, QStringLiteral("#eceef0"));
        svg += textElement({area.left() - 8, at + 4.5}, QStringLiteral("end"), yTexts[i]);
    }
    svg += line(area.bottomLeft(), area.bottomRight(), QStringLiteral("#9aa3ad"));
    svg += line(area.topLeft(), area.bottomLeft(), QStringLiteral("#9aa3ad"));

    const std::vector<QPointF> corners = frontCorners(data, place);
    QStringList steps;
    for (const QPointF corner : corners)
        steps += number(corner.x()) + QLatin1Char(',') + number(corner.y());
    if (steps.size() > 1)
        svg += QStringLiteral("<polyline points=\"%1\" fill=\"none\" stroke=\"#0b6a9b\" stroke-width=\"1.5\" "
                              "stroke-dasharray=\"5 4\"/>\n")
                   .arg(steps.join(QLatin1Char(' ')));

    const std::vector<int> variants = variantsOf(rows);
    std::vector<LabelRequest> requests;
    for (const TradeoffPoint &point : data.points)
        requests.push_back(
            {place(point.x, point.y), radius, {estimatedWidth(pointLabel(rows, point.row)), fontSize * 1.3}});
    const auto places = placeLabels(requests, area.adjusted(-4, -14, 24, 0), lineObstacles(corners));
    for (std::size_t i = 0; i < data.points.size(); ++i) {
        const TradeoffPoint &point = data.points[i];
        const QString label = pointLabel(rows, point.row);
        if (places[i] && places[i]->needsLeader)
            svg += line(requests[i].dot, places[i]->rect.center(), QStringLiteral("#9aa3ad"));
        svg += markerElement(requests[i].dot, variants[point.row]);
        if (places[i])
            svg += textElement({places[i]->rect.center().x(), places[i]->rect.center().y() + 4.5},
                               QStringLiteral("middle"), label);
    }
    if (data.points.empty())
        svg += textElement(area.center(), QStringLiteral("middle"), QStringLiteral("No row has both figures."));
    svg += QStringLiteral("</svg>\n");
    return writeFile(path, svg.toStdString());
}

} // namespace espalier::ui
