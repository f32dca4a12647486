// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "widgets/plots/curvechart.h"

#include <QWidget>

#include <memory>

namespace espalier::ui {

/// Curves with their names at their ends. Where there are more than a person tells apart by colour, all are thin and
/// grey and the current one stands out. A click selects the nearest; the tool tip tells the nearest point.
class CurvePlot : public QWidget
{
    Q_OBJECT
public:
    explicit CurvePlot(QWidget *parent = nullptr);
    ~CurvePlot() override;

    void setChart(CurveChart chart);
    const CurveChart &chart() const;
    void setCurrentCurve(int index); ///< -1: none
    int currentCurve() const;
    /// A vertical line at this place; nothing: none.
    void setMarkedX(std::optional<double> x);

    /// The picture at twice its size on the screen, as a PNG file; false where it cannot be written.
    bool savePicture(const QString &path);
    QSize sizeHint() const override { return {420, 280}; }

signals:
    void curveSelected(int index);

protected:
    void changeEvent(QEvent *event) override;
    bool eventFilter(QObject *watched, QEvent *event) override;

private:
    class Private;
    std::unique_ptr<Private> d;
};

} // namespace espalier::ui
