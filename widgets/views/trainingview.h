// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/techniques/technique.h"
#include "widgets/plots/curvechart.h"

#include <QStringList>
#include <QWidget>

#include <vector>

class QLabel;
class QVBoxLayout;

namespace espalier::ui {

class CurvePlot;

/// How a variant's training went, epoch by epoch: loss and accuracy, small enough for the inspector. It may grow while
/// it is shown.
class TrainingView : public QWidget
{
    Q_OBJECT
public:
    explicit TrainingView(QWidget *parent = nullptr);

    /// `steps`: what the recipe's steps are called.
    void setEpochs(std::vector<TrainedEpoch> epochs, const QStringList &steps);
    bool isEmpty() const { return m_epochs.empty(); }
    /// The last epoch in words.
    QString sentence() const;

protected:
    void changeEvent(QEvent *event) override;

private:
    void applyPalette();
    void rebuild();
    void rebuildLegend(const std::vector<Curve> &curves);

    std::vector<TrainedEpoch> m_epochs;
    QStringList m_steps;
    QLabel *m_title, *m_sentence;
    QWidget *m_legend = nullptr;
    QVBoxLayout *m_plots;
    std::vector<CurvePlot *> m_charts;
};

} // namespace espalier::ui
