// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/views/jobprogress.h"

#include "widgets/format.h"
#include "widgets/theme.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QProgressBar>
#include <QPushButton>

namespace espalier::ui {

namespace {

constexpr int steps = 1000;

} // namespace

double secondsLeft(double elapsed, double fraction)
{
    // Before a twentieth is done, or in the first second, a forecast is a guess.
    if (fraction < 0.05 || elapsed < 1)
        return -1;
    return elapsed * (1 - fraction) / fraction;
}

JobProgress::JobProgress(QWidget *parent)
    : QWidget(parent), m_text(new QLabel(this)), m_left(new QLabel(this)), m_bar(new QProgressBar(this)),
      m_cancel(new QPushButton(tr("Cancel"), this))
{
    setObjectName(QStringLiteral("jobProgress"));
    m_text->setObjectName(QStringLiteral("jobText"));
    m_cancel->setObjectName(QStringLiteral("cancelJob"));
    m_cancel->setToolTip(tr("Stop what runs now (Esc)"));
    m_bar->setTextVisible(false);
    m_bar->setFixedSize(160, 8);
    m_bar->setAccessibleName(tr("Progress"));
    auto *layout = new QHBoxLayout(this);
    layout->setContentsMargins(2 * grid, 0, 0, 0);
    layout->setSpacing(3 * grid);
    layout->addWidget(m_text);
    layout->addWidget(m_bar);
    layout->addWidget(m_left);
    layout->addWidget(m_cancel);
    layout->addStretch();
    connect(m_cancel, &QPushButton::clicked, this, &JobProgress::cancelRequested);
    hide();
}

void JobProgress::start(const QString &title)
{
    m_title = title;
    m_elapsed.start();
    m_cancel->setEnabled(true);
    m_bar->setRange(0, 0);
    m_text->setText(title);
    m_left->clear();
    QWidget::show();
}

void JobProgress::show(const QString &phase, double fraction)
{
    if (!m_cancel->isEnabled())
        return; // it is stopping; what it still reports is of no interest
    //: what runs now: %1 is the job, %2 its phase
    m_text->setText(phase.isEmpty() ? m_title : tr("%1: %2").arg(m_title, phase));
    if (fraction < 0) {
        m_bar->setRange(0, 0);
        m_left->clear();
        return;
    }
    m_bar->setRange(0, steps);
    m_bar->setValue(int(fraction * steps));
    const QString percent = tr("%1 %").arg(QLocale().toString(int(fraction * 100)));
    const double left = secondsLeft(double(m_elapsed.elapsed()) / 1000, fraction);
    //: progress: %1 is "42 %", %2 a duration such as "12 s"
    m_left->setText(left < 0 ? percent : tr("%1, %2 left").arg(percent, durationText(left)));
}

void JobProgress::stopping()
{
    m_cancel->setEnabled(false);
    m_left->clear();
    m_bar->setRange(0, 0);
    m_text->setText(tr("Stopping…"));
}

void JobProgress::finish()
{
    hide();
}

} // namespace espalier::ui
