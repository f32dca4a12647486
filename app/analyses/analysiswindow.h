// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "widgets/views/analysisview.h"

#include <QWidget>

namespace espalier::ui {

class Analysis;
class JobRunner;
class LatestCall;
class StudyController;

/// The window of one analysis. It follows the study: what can be chosen, and whether it can be asked.
class AnalysisWindow : public QWidget
{
    Q_OBJECT
public:
    AnalysisWindow(const Analysis &analysis, StudyController &study, QWidget *parent);
    ~AnalysisWindow() override;

    AnalysisView *view() const { return m_view; }
    bool isRunning() const;
    /// Lets the choice follow a row of the comparison while nothing runs.
    void followRow(int row);

signals:
    /// A model was saved and may be opened.
    void modelSaved(const QString &path);

protected:
    void closeEvent(QCloseEvent *event) override;
    void keyPressEvent(QKeyEvent *event) override;

private:
    void updateChoices();
    void chooseFile();
    void run();
    void exportTable();
    void exportPicture();
    void saveModel();

    const Analysis &m_analysis;
    StudyController &m_study;
    AnalysisView *m_view;
    JobRunner *m_job;
    LatestCall *m_shown; ///< of what the job shows while it runs
    quint64 m_run = 0;
    QString m_file; ///< a model from elsewhere that was chosen
    QString m_preferred;
};

} // namespace espalier::ui
