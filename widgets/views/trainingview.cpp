// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/views/trainingview.h"

#include "widgets/format.h"
#include "widgets/plots/curveplot.h"
#include "widgets/plots/trainingcharts.h"
#include "widgets/theme.h"

#include <QEvent>
#include <QGridLayout>
#include <QLabel>
#include <QLocale>

namespace espalier::ui {

namespace {

constexpr int plotHeight = 32 * grid;

} // namespace

TrainingView::TrainingView(QWidget *parent)
    : QWidget(parent), m_title(new QLabel(tr("Training"), this)), m_sentence(new QLabel(this)), m_plots(new QVBoxLayout)
{
    setObjectName(QStringLiteral("training"));
    m_title->setFont(headingFont(this));
    m_title->setContentsMargins(0, 2 * grid, 0, 0);
    m_sentence->setFont(smallFont(this));
    m_sentence->setWordWrap(true);
    m_sentence->setTextInteractionFlags(Qt::TextSelectableByMouse);
    m_plots->setSpacing(0);
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins({});
    layout->setSpacing(grid);
    layout->addWidget(m_title);
    layout->addWidget(m_sentence);
    layout->addLayout(m_plots);
    applyPalette();
}

void TrainingView::setEpochs(std::vector<TrainedEpoch> epochs, const QStringList &steps)
{
    if (epochs == m_epochs && steps == m_steps)
        return;
    m_epochs = std::move(epochs);
    m_steps = steps;
    rebuild();
}

QString TrainingView::sentence() const
{
    if (m_epochs.empty())
        return {};
    const EpochResult &last = m_epochs.back().result;
    const QString epochs = tr("%n epoch(s)", nullptr, last.epoch);
    const QString loss = QLocale().toString(last.trainLoss, 'f', 4);
    if (!last.trainAccuracy) // of an autoencoder
        //: %1 is "3 epochs", %2 a loss
        return tr("%1; in the last a loss of %2.").arg(epochs, loss);
    //: %1 is "3 epochs", %2 a loss, %3 an accuracy in percent
    return tr("%1; in the last a loss of %2 and %3 of the training data right.")
        .arg(epochs, loss, figureText(Column::accuracy, *last.trainAccuracy));
}

void TrainingView::rebuild()
{
    std::vector<CurveChart> charts;
    if (!m_epochs.empty())
        charts = trainingCharts(m_epochs, m_steps);
    m_sentence->setText(sentence());
    rebuildLegend(charts.empty() ? std::vector<Curve>() : charts.front().curves);
    while (m_charts.size() > charts.size()) {
        delete m_charts.back();
        m_charts.pop_back();
    }
    while (m_charts.size() < charts.size()) {
        m_charts.push_back(new CurvePlot(this));
        m_charts.back()->setMinimumSize(0, plotHeight);
        m_charts.back()->setFixedHeight(plotHeight);
        m_plots->addWidget(m_charts.back());
    }
    for (std::size_t i = 0; i < charts.size(); ++i) {
        charts[i].namesAtEnds = false; // no room
        m_charts[i]->setChart(std::move(charts[i]));
    }
}

/// A marker and a name for each curve, where there are several.
void TrainingView::rebuildLegend(const std::vector<Curve> &curves)
{
    delete m_legend;
    m_legend = nullptr;
    if (curves.size() < 2)
        return;
    m_legend = new QWidget(this);
    auto *rows = new QGridLayout(m_legend);
    rows->setContentsMargins({});
    rows->setHorizontalSpacing(grid);
    rows->setVerticalSpacing(0);
    rows->setColumnStretch(1, 1);
    for (int i = 0; i < int(curves.size()); ++i) {
        auto *marker = new QLabel(m_legend), *name = new QLabel(curves[std::size_t(i)].name, m_legend);
        marker->setPixmap(markerIcon(i + 1, palette()).pixmap(QSize(12, 12), devicePixelRatio()));
        name->setFont(smallFont(this));
        name->setWordWrap(true);
        rows->addWidget(marker, i, 0, Qt::AlignTop);
        rows->addWidget(name, i, 1);
    }
    static_cast<QVBoxLayout *>(layout())->insertWidget(2, m_legend);
}

void TrainingView::applyPalette()
{
    QPalette muted = palette();
    muted.setColor(QPalette::WindowText, tones(palette()).muted);
    m_title->setPalette(muted);
    m_sentence->setPalette(muted);
}

void TrainingView::changeEvent(QEvent *event)
{
    if (event->type() == QEvent::PaletteChange && m_sentence) {
        applyPalette();
        rebuild();
    }
    QWidget::changeEvent(event);
}

} // namespace espalier::ui
