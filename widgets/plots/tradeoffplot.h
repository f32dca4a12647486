// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/study/row.h"

#include <QWidget>

#include <filesystem>
#include <memory>
#include <span>

namespace espalier::ui {

class VariantModel;

/// Two figures of every variant against each other, with the Pareto line. Hovering previews a variant, a click or the
/// arrow keys select it; dragging and the wheel look closer, a double click shows all again. Scales stay as they are
/// while the mouse is over the plot, unless a new dot would fall outside.
class TradeoffPlot : public QWidget
{
    Q_OBJECT
public:
    explicit TradeoffPlot(const VariantModel *model, QWidget *parent = nullptr);
    ~TradeoffPlot() override;

    Column xColumn() const;
    Column yColumn() const;
    void setColumns(Column x, Column y);
    bool isLogarithmic(Qt::Axis axis) const;
    void setLogarithmic(Qt::Axis axis, bool logarithmic);

    void setCurrentRow(int row); ///< -1: none
    void setHoveredRow(int row);
    int currentRow() const;

    /// Where the dot of a row is, in this widget's coordinates; nothing where it has no dot.
    std::optional<QPoint> positionOf(int row) const;
    /// The nearest dot within a finger's width, or -1.
    int rowAt(QPoint position) const;

signals:
    void rowSelected(int row);
    void rowHovered(int row); ///< -1: none
    void axesChanged();       ///< columns or scales were changed by the person

protected:
    void changeEvent(QEvent *event) override;
    bool eventFilter(QObject *watched, QEvent *event) override;

private:
    class Private;
    std::unique_ptr<Private> d;
};

/// The same plot as an SVG file, without a display: baseline, names at the dots, Pareto line.
Result<void> writeTradeoffSvg(std::span<const Row> rows, Column x, Column y, const std::filesystem::path &path);

} // namespace espalier::ui
