// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/theme.h"

#include <QFontDatabase>
#include <QFontMetricsF>
#include <QPainter>
#include <QPushButton>
#include <QWidget>

#include <algorithm>
#include <array>

namespace espalier::ui {

namespace {

QColor mix(const QColor &a, const QColor &b, qreal share)
{
    const auto channel = [share](qreal x, qreal y) { return x * share + y * (1 - share); };
    return QColor::fromRgbF(float(channel(a.redF(), b.redF())), float(channel(a.greenF(), b.greenF())),
                            float(channel(a.blueF(), b.blueF())));
}

QPalette paletteOf(QRgb window, QRgb base, QRgb text, QRgb button, QRgb accent, QRgb accentText)
{
    const QColor windowColor(window), baseColor(base), textColor(text), accentColor(accent);
    QPalette palette(QColor(button), windowColor);
    palette.setColor(QPalette::Window, windowColor);
    palette.setColor(QPalette::WindowText, textColor);
    palette.setColor(QPalette::Base, baseColor);
    palette.setColor(QPalette::AlternateBase, mix(textColor, baseColor, 0.03));
    palette.setColor(QPalette::Text, textColor);
    palette.setColor(QPalette::Button, QColor(button));
    palette.setColor(QPalette::ButtonText, textColor);
    palette.setColor(QPalette::ToolTipBase, mix(textColor, baseColor, 0.06));
    palette.setColor(QPalette::ToolTipText, textColor);
    palette.setColor(QPalette::PlaceholderText, mix(textColor, baseColor, 0.55));
    palette.setColor(QPalette::Highlight, accentColor);
    palette.setColor(QPalette::HighlightedText, QColor(accentText));
    palette.setColor(QPalette::Link, accentColor);
    palette.setColor(QPalette::BrightText, QColor(accentText));
    const QColor disabled = mix(textColor, windowColor, 0.45);
    for (const auto role : {QPalette::WindowText, QPalette::Text, QPalette::ButtonText, QPalette::HighlightedText})
        palette.setColor(QPalette::Disabled, role, disabled);
    palette.setColor(QPalette::Disabled, QPalette::Highlight, mix(textColor, windowColor, 0.15));
    return palette;
}

qreal digitWidth(const QFontMetricsF &metrics)
{
    qreal width = 0;
    for (char16_t digit = u'0'; digit <= u'9'; ++digit)
        width = std::max(width, metrics.horizontalAdvance(QChar(digit)));
    return width;
}

} // namespace

QColor variantColor(int index)
{
    static constexpr std::array<QRgb, 8> colors = {0xff5f6b7a, 0xff0072b2, 0xffd55e00, 0xff009e73,
                                                   0xffcc79a7, 0xffe69f00, 0xff56b4e9, 0xff8a6d3b};
    if (index <= 0)
        return QColor::fromRgb(colors[0]);
    return QColor::fromRgb(colors[1 + std::size_t(index - 1) % (colors.size() - 1)]);
}

Marker variantMarker(int index)
{
    static constexpr std::array markers = {Marker::disc,     Marker::square,       Marker::diamond,
                                           Marker::triangle, Marker::triangleDown, Marker::cross};
    return index <= 0 ? Marker::ring : markers[std::size_t(index - 1) % markers.size()];
}

void drawMarker(QPainter &painter, QPointF centre, qreal radius, int variantIndex, const QColor &outline)
{
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    painter.translate(centre);
    const QColor color = variantColor(variantIndex);
    const Marker marker = variantMarker(variantIndex);
    painter.setPen(QPen(outline, 1));
    painter.setBrush(color);
    // Each shape covers about the area of the disc.
    const qreal r = radius;
    switch (marker) {
    case Marker::ring:
        painter.setBrush(Qt::NoBrush);
        painter.setPen(QPen(outline, 2));
        painter.drawEllipse(QPointF(), r, r);
        break;
    case Marker::disc:
        painter.drawEllipse(QPointF(), r, r);
        break;
    case Marker::square:
        painter.drawRect(QRectF(-0.89 * r, -0.89 * r, 1.78 * r, 1.78 * r));
        break;
    case Marker::diamond:
        painter.drawPolygon(QPolygonF({{0, -1.25 * r}, {1.25 * r, 0}, {0, 1.25 * r}, {-1.25 * r, 0}}));
        break;
    case Marker::triangle:
        painter.drawPolygon(QPolygonF({{0, -1.3 * r}, {1.2 * r, 0.9 * r}, {-1.2 * r, 0.9 * r}}));
        break;
    case Marker::triangleDown:
        painter.drawPolygon(QPolygonF({{0, 1.3 * r}, {1.2 * r, -0.9 * r}, {-1.2 * r, -0.9 * r}}));
        break;
    case Marker::cross: {
        const qreal a = 1.2 * r, b = 0.45 * r;
        painter.drawPolygon(QPolygonF({{-b, -a},
                                       {b, -a},
                                       {b, -b},
                                       {a, -b},
                                       {a, b},
                                       {b, b},
                                       {b, a},
                                       {-b, a},
                                       {-b, b},
                                       {-a, b},
                                       {-a, -b},
                                       {-b, -b}}));
        break;
    }
    }
    painter.restore();
}

QIcon markerIcon(int variantIndex, const QPalette &palette)
{
    QIcon icon;
    for (const int scale : {1, 2, 3}) {
        QPixmap pixmap(16 * scale, 16 * scale);
        pixmap.fill(Qt::transparent);
        pixmap.setDevicePixelRatio(scale);
        QPainter painter(&pixmap);
        drawMarker(painter, {8, 8}, 4.5, variantIndex,
                   variantIndex <= 0 ? tones(palette).muted : variantColor(variantIndex));
        icon.addPixmap(pixmap);
    }
    return icon;
}

bool isDark(const QPalette &palette)
{
    return palette.color(QPalette::Window).lightness() < palette.color(QPalette::WindowText).lightness();
}

Tones tones(const QPalette &palette)
{
    const QColor text = palette.color(QPalette::Text), base = palette.color(QPalette::Base);
    const bool dark = isDark(palette);
    Tones tones;
    tones.muted = mix(text, base, dark ? 0.72 : 0.7);
    tones.line = mix(text, base, dark ? 0.2 : 0.15);
    tones.accent = dark ? QColor(0x5a, 0xb4, 0xdf) : QColor(0x0b, 0x6a, 0x9b);
    tones.baseline = mix(QColor(0xf0, 0xc0, 0x30), base, dark ? 0.1 : 0.13);
    tones.selection = mix(tones.accent, base, dark ? 0.3 : 0.17);
    tones.hover = mix(tones.accent, base, dark ? 0.13 : 0.07);
    tones.good = dark ? QColor(0x6f, 0xcf, 0x97) : QColor(0x1a, 0x7f, 0x37);
    tones.bad = dark ? QColor(0xf4, 0x97, 0x74) : QColor(0xb0, 0x3a, 0x0c);
    tones.warning = mix(QColor(0xe0, 0x6a, 0x20), base, dark ? 0.22 : 0.14);
    return tones;
}

QPalette lightPalette()
{
    return paletteOf(0xfff7f8f9, 0xffffffff, 0xff1c2024, 0xfffbfcfc, 0xff0b6a9b, 0xffffffff);
}

QPalette darkPalette()
{
    return paletteOf(0xff1b1e22, 0xff202428, 0xffe6e8ea, 0xff2a2f34, 0xff5ab4df, 0xff0d1b24);
}

void makeRoomy(QPushButton *button)
{
    button->setMinimumHeight(7 * grid);
    button->setMinimumWidth(button->sizeHint().width() + 4 * grid);
}

QFont smallFont(const QWidget *widget)
{
    QFont font = widget->font();
    font.setPointSizeF(font.pointSizeF() * 0.9);
    return font;
}

QFont headingFont(const QWidget *widget)
{
    QFont font = smallFont(widget);
    font.setWeight(QFont::DemiBold);
    font.setCapitalization(QFont::AllUppercase);
    font.setLetterSpacing(QFont::PercentageSpacing, 104);
    return font;
}

QFont monospaceFont(const QWidget *widget)
{
    QFont font = QFontDatabase::systemFont(QFontDatabase::FixedFont);
    font.setPointSizeF(widget->font().pointSizeF() * 0.9);
    return font;
}

qreal tabularWidth(const QFont &font, const QString &text)
{
    const QFontMetricsF metrics(font);
    const qreal digit = digitWidth(metrics);
    qreal width = 0;
    for (const QChar c : text)
        width += c.isDigit() ? digit : metrics.horizontalAdvance(c);
    return width;
}

void drawTabular(QPainter &painter, qreal right, qreal y, const QString &text)
{
    const QFontMetricsF metrics(painter.font());
    const qreal digit = digitWidth(metrics);
    const auto narrow = [&](QChar c) { return c.isDigit() && metrics.horizontalAdvance(c) < digit; };
    if (std::none_of(text.begin(), text.end(), narrow)) {
        painter.drawText(QPointF(right - metrics.horizontalAdvance(text), y), text);
        return;
    }
    qreal x = right - tabularWidth(painter.font(), text);
    for (const QChar c : text) {
        const qreal own = metrics.horizontalAdvance(c), room = c.isDigit() ? digit : own;
        painter.drawText(QPointF(x + (room - own) / 2, y), QString(c));
        x += room;
    }
}

} // namespace espalier::ui
