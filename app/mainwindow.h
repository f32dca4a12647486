// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/settings.h"

#include <QMainWindow>

#include <map>

class QLabel;
class QMenu;
class QPushButton;
class QSplitter;
class QTimer;

namespace espalier {
struct BoardInfo;
}

namespace espalier::ui {

class Analysis;
class AnalysisWindow;
class BoardCard;
class ComparisonView;
class DataCard;
class EmptyState;
class Inspector;
class JobProgress;
class JobRunner;
class MessageBar;
class ModelCard;
class RecipeListView;
class StudyController;
class TradeoffPlot;

/// The workbench: composes the views, wires them to the study, and keeps one selection for all of them.
class MainWindow : public QMainWindow
{
    Q_OBJECT
public:
    explicit MainWindow(StudyController &study, QWidget *parent = nullptr);
    ~MainWindow() override;

    /// The selected row of the comparison, the same in every view; -1: none.
    int selectedRow() const { return m_selectedRow; }
    void selectRow(int row);
    void showError(const QString &sentence);

protected:
    void closeEvent(QCloseEvent *event) override;
    void dragEnterEvent(QDragEnterEvent *event) override;
    void dropEvent(QDropEvent *event) override;

private:
    void compose();
    QWidget *makeSidePanel();
    void makeToolBar();
    void makeFileMenu();
    void makeExportMenu(QMenu *menu);
    void makeEditMenu();
    void makePapersMenu(QMenu *menu);
    void makeStudyMenu();
    void makeAnalysisMenu();
    void makeViewMenu();
    void makeHelpMenu();
    void wireStudy();
    void wireViews();
    void wireJobs();
    void restore();
    void remember();

    void updateModel();
    void updateData();
    void updateState();
    void updateTitle();
    void updateBoardsMenu();
    void addBoardSettings(const BoardInfo &board, const std::string &id);
    void updateRecentMenu();
    void hoverRow(int row);
    void selectRecipe(int recipeRow);
    void openAnalysis(const Analysis &analysis);

    /// False: the person wants to keep the study as it is.
    bool maySave();
    bool save();
    bool saveAs();
    void openFiles();
    void openDataFolder();
    void openModelFile();
    void openDataFile();
    void openPaths(const QStringList &paths);
    QStringList layerNames() const; ///< of the model's layers with weights
    void addRecipe();
    void editRecipe(int row);
    void exportPlot();
    void exportVariant();
    QString startFolder() const;
    /// The name of a file to write, with `suffix` where the person gave none; empty where there is to be none.
    QString askForFile(const QString &title, const QString &name, const QString &filter, const QString &suffix);

    StudyController &m_study;
    Settings m_settings;
    int m_selectedRow = -1;

    MessageBar *m_messages = nullptr;
    ModelCard *m_model = nullptr;
    DataCard *m_data = nullptr;
    BoardCard *m_boards = nullptr;
    RecipeListView *m_recipes = nullptr;
    ComparisonView *m_comparison = nullptr;
    EmptyState *m_empty = nullptr;
    QPushButton *m_emptyModel = nullptr, *m_emptyData = nullptr, *m_emptySample = nullptr, *m_emptyRun = nullptr,
                *m_emptyRecipes = nullptr;
    TradeoffPlot *m_plot = nullptr;
    Inspector *m_inspector = nullptr;
    JobProgress *m_progress = nullptr;
    QLabel *m_studyLabel = nullptr;
    QSplitter *m_sides = nullptr, *m_centre = nullptr;
    QTimer *m_trainingTimer = nullptr;

    QPushButton *m_runButton = nullptr, *m_boardButton = nullptr;
    QMenu *m_boardsMenu = nullptr, *m_recentMenu = nullptr, *m_exportMenu = nullptr;
    QAction *m_runAction = nullptr, *m_cancelAction = nullptr, *m_exportVariantAction = nullptr,
            *m_benchmarkAction = nullptr;
    std::vector<JobRunner *> m_running;             ///< in the order they started
    std::map<QString, AnalysisWindow *> m_analyses; ///< by id, once they were opened
};

} // namespace espalier::ui
