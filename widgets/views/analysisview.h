// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "widgets/models/analysisresult.h"

#include <QWidget>

class QComboBox;
class QLabel;
class QMenu;
class QPushButton;
class QSpinBox;
class QSplitter;
class QStackedLayout;
class QTableView;
class QVBoxLayout;

namespace espalier::ui {

class CurvePlot;
class EmptyState;
class JobProgress;
class TextTableModel;

/// One question about models and data: what it is asked with, the button that asks it, and the answer as sentences, a
/// table and plots that show the same selection.
class AnalysisView : public QWidget
{
    Q_OBJECT
public:
    struct Texts
    {
        QString title, sentence; ///< what the answer will tell
        QString choice, amount;  ///< labels of what it is asked with; empty where there is nothing to choose
        QString run;             ///< the button's verb
    };
    struct Choice
    {
        QString id, title;
    };
    struct Amount
    {
        int least = 1, most = 1000000, usual = 100;
        QString unit; ///< behind the number
    };

    explicit AnalysisView(const Texts &texts, QWidget *parent = nullptr);

    /// Keeps the current choice where it is still there, otherwise takes `preferred` or the first.
    void setChoices(const std::vector<Choice> &choices, const QString &preferred = {});
    QString choice() const;
    void setAmount(const Amount &amount);
    int amount() const;
    /// Why it cannot be asked now; empty where it can.
    void setObstacle(const QString &sentence);

    void start();
    void showProgress(const QString &phase, double fraction);
    void stopping();
    void showResult(AnalysisResult result);
    /// Nothing runs any more; `sentence` says why where it failed.
    void finish(const QString &sentence = {});

    const AnalysisResult &result() const { return m_result; }
    void selectRow(int row);
    /// The first plot's picture; false where it cannot be written.
    bool savePicture(const QString &path);

signals:
    void runRequested();
    void cancelRequested();
    void choiceMade(const QString &id); ///< by the person
    void tableExportRequested();
    void pictureExportRequested();
    void modelSaveRequested();

protected:
    void changeEvent(QEvent *event) override;

private:
    QWidget *makeControls(const Texts &texts);
    QWidget *makePage();
    void applyPalette();
    void updateState();
    void showCharts();
    void rowSelected(int row);

    QComboBox *m_choice;
    QSpinBox *m_amount;
    QPushButton *m_run, *m_export, *m_save;
    QMenu *m_exportMenu;
    QLabel *m_failure, *m_caption, *m_sentences;
    EmptyState *m_empty;
    TextTableModel *m_model;
    QTableView *m_table;
    QSplitter *m_sides, *m_plots;
    std::vector<CurvePlot *> m_charts;
    JobProgress *m_progress;
    QStackedLayout *m_stack;
    QString m_title, m_sentence, m_obstacle;
    AnalysisResult m_result;
    bool m_running = false;
};

} // namespace espalier::ui
