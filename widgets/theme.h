// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QColor>
#include <QFont>
#include <QIcon>
#include <QPalette>
#include <QString>

class QPainter;
class QPushButton;
class QRectF;
class QWidget;

namespace espalier::ui {

/// Spacing comes in multiples of this many device-independent pixels.
inline constexpr int grid = 4;

/// The colour of the variant at this place in the comparison (0 is the original), the same in every view: the palette
/// of Okabe and Ito, distinguishable without full colour vision, repeated when it runs out.
QColor variantColor(int index);

/// The marker of the variant at this place, so that colour alone never tells: it changes when the colours repeat and
/// also from one variant to the next. The original is a ring.
enum class Marker { ring, disc, square, diamond, triangle, triangleDown, cross };
Marker variantMarker(int index);

/// Draws the marker of a variant around a centre; `radius` in device-independent pixels.
void drawMarker(QPainter &painter, QPointF centre, qreal radius, int variantIndex, const QColor &outline);
/// The marker as a small picture for lists and headings.
QIcon markerIcon(int variantIndex, const QPalette &palette);

/// The colours beside the palette's own, derived from it, so that every view follows the system's light or dark.
struct Tones
{
    QColor muted;     ///< secondary text, still readable on base and window (4.5 to 1)
    QColor line;      ///< hairlines between parts
    QColor accent;    ///< links, progress, the Pareto line
    QColor baseline;  ///< ground of the original's row
    QColor selection; ///< ground of the selected row
    QColor hover;     ///< ground of the row under the mouse
    QColor good, bad; ///< better and worse than the original
    QColor warning;   ///< ground of a message
};
bool isDark(const QPalette &palette);
Tones tones(const QPalette &palette);

/// Two palettes of our own, for pictures and tests; the program itself follows the system.
QPalette lightPalette();
QPalette darkPalette();

/// A button of comfortable size: 28 pixels high at least, with air beside its text.
void makeRoomy(QPushButton *button);

/// The three text sizes: the widget's own font, a smaller one for secondary text, a small bold one for headings.
QFont smallFont(const QWidget *widget);
QFont headingFont(const QWidget *widget);
QFont monospaceFont(const QWidget *widget);

/// Width of a text whose digits all take the room of the widest, so that numbers stand in columns in any font.
qreal tabularWidth(const QFont &font, const QString &text);
/// Draws such a text, its right edge at `right`, its baseline at `y`.
void drawTabular(QPainter &painter, qreal right, qreal y, const QString &text);

} // namespace espalier::ui
