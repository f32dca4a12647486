// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/symbols.h"

#include <QGuiApplication>
#include <QIconEngine>
#include <QPainter>
#include <QPainterPath>
#include <QPalette>
#include <QPixmap>

#include <map>

namespace espalier::ui {

namespace {

/// Lines on a field of 16 by 16; `filled` shapes have no outline.
struct Symbol
{
    QPainterPath path;
    bool filled = false;
};

QPainterPath lines(std::initializer_list<std::initializer_list<QPointF>> strokes)
{
    QPainterPath path;
    for (const auto &stroke : strokes) {
        path.moveTo(*stroke.begin());
        for (auto point = stroke.begin() + 1; point != stroke.end(); ++point)
            path.lineTo(*point);
    }
    return path;
}

QPainterPath with(QPainterPath path, const QPainterPath &other)
{
    path.addPath(other);
    return path;
}

QPainterPath box(qreal x, qreal y, qreal width, qreal height)
{
    QPainterPath path;
    path.addRoundedRect(x, y, width, height, 1.5, 1.5);
    return path;
}

QPainterPath disc(qreal x, qreal y, qreal radius)
{
    QPainterPath path;
    path.addEllipse(QPointF(x, y), radius, radius);
    return path;
}

const Symbol &symbol(const QString &name)
{
    static const std::map<QString, Symbol> symbols = {
        {QStringLiteral("add"), {lines({{{8, 3}, {8, 13}}, {{3, 8}, {13, 8}}})}},
        {QStringLiteral("edit"), {lines({{{3, 13}, {3.8, 9.8}, {10.8, 2.8}, {13.2, 5.2}, {6.2, 12.2}, {3, 13}}})}},
        {QStringLiteral("duplicate"), {with(box(2.5, 2.5, 8, 8), lines({{{5.5, 13.5}, {13.5, 13.5}, {13.5, 5.5}}}))}},
        {QStringLiteral("remove"), {lines({{{3, 8}, {13, 8}}})}},
        {QStringLiteral("up"), {lines({{{8, 13}, {8, 3}}, {{4, 7}, {8, 3}, {12, 7}}})}},
        {QStringLiteral("down"), {lines({{{8, 3}, {8, 13}}, {{4, 9}, {8, 13}, {12, 9}}})}},
        {QStringLiteral("close"), {lines({{{4, 4}, {12, 12}}, {{12, 4}, {4, 12}}})}},
        {QStringLiteral("model"),
         {with(with(disc(3.5, 8, 1.8), disc(12.5, 3.5, 1.8)),
               with(disc(12.5, 12.5, 1.8), lines({{{5.2, 7.2}, {10.8, 4.3}}, {{5.2, 8.8}, {10.8, 11.7}}})))}},
        {QStringLiteral("data"),
         {with(with(box(2.5, 2.5, 4.5, 4.5), box(9, 2.5, 4.5, 4.5)),
               with(box(2.5, 9, 4.5, 4.5), box(9, 9, 4.5, 4.5)))}},
        {QStringLiteral("run"), {lines({{{4.5, 2.5}, {13, 8}, {4.5, 13.5}, {4.5, 2.5}}}), true}},
        {QStringLiteral("stop"), {box(3.5, 3.5, 9, 9), true}},
        {QStringLiteral("board"),
         {with(box(4, 4, 8, 8), lines({{{6.5, 4}, {6.5, 1.5}},
                                       {{9.5, 4}, {9.5, 1.5}},
                                       {{6.5, 12}, {6.5, 14.5}},
                                       {{9.5, 12}, {9.5, 14.5}},
                                       {{4, 6.5}, {1.5, 6.5}},
                                       {{4, 9.5}, {1.5, 9.5}},
                                       {{12, 6.5}, {14.5, 6.5}},
                                       {{12, 9.5}, {14.5, 9.5}}}))}},
        {QStringLiteral("warning"),
         {with(lines({{{8, 2}, {14.5, 13.5}, {1.5, 13.5}, {8, 2}}, {{8, 6}, {8, 9.8}}}), disc(8, 11.7, 0.3))}},
        {QStringLiteral("export"),
         {lines({{{8, 10}, {8, 2.5}}, {{5, 5.5}, {8, 2.5}, {11, 5.5}}, {{3, 9.5}, {3, 13.5}, {13, 13.5}, {13, 9.5}}})}},
    };
    static const Symbol none;
    const auto found = symbols.find(name);
    return found == symbols.end() ? none : found->second;
}

class SymbolEngine : public QIconEngine
{
public:
    explicit SymbolEngine(QString name) : m_name(std::move(name)) {}

    void paint(QPainter *painter, const QRect &rect, QIcon::Mode mode, QIcon::State) override
    {
        const auto group = mode == QIcon::Disabled ? QPalette::Disabled : QPalette::Active;
        const auto role = mode == QIcon::Selected ? QPalette::HighlightedText : QPalette::ButtonText;
        const QColor color = QGuiApplication::palette().color(group, role);
        const Symbol &shape = symbol(m_name);
        painter->save();
        painter->setRenderHint(QPainter::Antialiasing);
        painter->translate(rect.topLeft());
        painter->scale(rect.width() / 16.0, rect.height() / 16.0);
        painter->setPen(shape.filled ? QPen(Qt::NoPen) : QPen(color, 1.3, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
        painter->setBrush(shape.filled ? QBrush(color) : QBrush(Qt::NoBrush));
        painter->drawPath(shape.path);
        painter->restore();
    }

    QPixmap pixmap(const QSize &size, QIcon::Mode mode, QIcon::State state) override
    {
        QPixmap pixmap(size);
        pixmap.fill(Qt::transparent);
        QPainter painter(&pixmap);
        paint(&painter, QRect(QPoint(), size), mode, state);
        return pixmap;
    }

    QIconEngine *clone() const override { return new SymbolEngine(m_name); }

private:
    QString m_name;
};

} // namespace

QIcon symbolIcon(const QString &name)
{
    return QIcon(new SymbolEngine(name));
}

} // namespace espalier::ui
