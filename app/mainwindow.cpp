// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/mainwindow.h"

#include "app/analyses/analysiswindow.h"
#include "app/studycontroller.h"
#include "core/study/row.h"
#include "widgets/coretexts.h"
#include "widgets/forms/recipedialog.h"
#include "widgets/models/recipelistmodel.h"
#include "widgets/models/variantmodel.h"
#include "widgets/plots/tradeoffplot.h"
#include "widgets/theme.h"
#include "widgets/views/boardcard.h"
#include "widgets/views/comparisontable.h"
#include "widgets/views/comparisonview.h"
#include "widgets/views/datacard.h"
#include "widgets/views/emptystate.h"
#include "widgets/views/hairlinesplitter.h"
#include "widgets/views/inspector.h"
#include "widgets/views/jobprogress.h"
#include "widgets/views/messagebar.h"
#include "widgets/views/modelcard.h"
#include "widgets/views/recipelistview.h"
#include "widgets/wheelguard.h"

#include <QAction>
#include <QApplication>
#include <QCloseEvent>
#include <QHeaderView>
#include <QLabel>
#include <QListView>
#include <QMenu>
#include <QMimeData>
#include <QPushButton>
#include <QScreen>
#include <QSplitter>
#include <QStatusBar>
#include <QTimer>
#include <QUndoStack>
#include <QVBoxLayout>

#include <algorithm>

namespace espalier::ui {

namespace {

/// A hairline between two parts of the window.
QFrame *separator(QWidget *parent)
{
    auto *line = new QFrame(parent);
    line->setFrameShape(QFrame::HLine);
    line->setFrameShadow(QFrame::Plain);
    line->setForegroundRole(QPalette::Midlight);
    line->setFixedHeight(1);
    return line;
}

QString keyText(Column column)
{
    return QString::fromUtf8(info(column).key.data(), qsizetype(info(column).key.size()));
}

} // namespace

MainWindow::MainWindow(StudyController &study, QWidget *parent)
    : QMainWindow(parent), m_study(study), m_settings(Settings::load())
{
    setAcceptDrops(true);
    compose();
    makeToolBar();
    makeFileMenu();
    makeEditMenu();
    makeStudyMenu();
    makeAnalysisMenu();
    makeViewMenu();
    makeHelpMenu();
    wireStudy();
    wireViews();
    wireJobs();
    restore();
    updateModel();
    updateData();
    updateState();
    updateTitle();
    updateBoardsMenu();
    m_study.findBoards();
    m_study.watchBoards();
}

MainWindow::~MainWindow()
{
    // The study outlives the window and may still speak.
    for (JobRunner *job : m_study.jobs())
        job->disconnect(this);
    m_study.disconnect(this);
}

void MainWindow::compose()
{
    m_messages = new MessageBar(this);
    m_comparison = new ComparisonView(m_study.variants(), this);
    m_plot = new TradeoffPlot(m_study.variants(), this);
    m_inspector = new Inspector(m_study.variants(), this);
    m_empty = new EmptyState(this);
    m_emptyModel = m_empty->addButton(tr("Open Model…"));
    m_emptyData = m_empty->addButton(tr("Open Data Folder…"));
    m_emptyRecipes = m_empty->addButton(tr("Add the Usual Recipes"));
    m_emptyRun = m_empty->addButton(tr("Run Comparison"));
    m_emptySample = m_empty->addButton(tr("Open the Sample Study"));
    m_comparison->setEmptyState(m_empty);

    m_centre = new HairlineSplitter(Qt::Vertical, this);
    m_centre->addWidget(m_comparison);
    m_centre->addWidget(m_plot);
    m_centre->setSizes({440, 300});
    m_sides = new HairlineSplitter(Qt::Horizontal, this);
    m_sides->addWidget(makeSidePanel());
    m_sides->addWidget(m_centre);
    m_sides->addWidget(m_inspector);
    m_sides->setStretchFactor(1, 1);

    auto *page = new QWidget(this);
    auto *layout = new QVBoxLayout(page);
    layout->setContentsMargins({});
    layout->setSpacing(0);
    layout->addWidget(m_messages);
    layout->addWidget(m_sides, 1);
    setCentralWidget(page);
    guardFromWheel(page);

    m_progress = new JobProgress(this);
    m_studyLabel = new QLabel(this);
    m_studyLabel->setContentsMargins(0, 0, 2 * grid, 0);
    statusBar()->setSizeGripEnabled(false);
    statusBar()->addWidget(m_progress, 1);
    statusBar()->addPermanentWidget(m_studyLabel);
    statusBar()->setMinimumHeight(8 * grid);
}

QWidget *MainWindow::makeSidePanel()
{
    auto *panel = new QWidget(this);
    m_model = new ModelCard(panel);
    m_data = new DataCard(panel);
    m_boards = new BoardCard(panel);
    m_recipes = new RecipeListView(m_study.recipes(), panel);
    auto *layout = new QVBoxLayout(panel);
    layout->setContentsMargins({});
    layout->setSpacing(0);
    layout->addWidget(m_model);
    layout->addWidget(separator(panel));
    layout->addWidget(m_data);
    layout->addWidget(m_boards);
    layout->addWidget(separator(panel));
    layout->addSpacing(grid);
    layout->addWidget(m_recipes, 1);
    panel->setMinimumWidth(232);
    return panel;
}

void MainWindow::wireStudy()
{
    connect(&m_study, &StudyController::modelChanged, this, &MainWindow::updateModel);
    connect(&m_study, &StudyController::dataChanged, this, &MainWindow::updateData);
    connect(&m_study, &StudyController::scalingChanged, this, &MainWindow::updateData);
    connect(&m_study, &StudyController::studyChanged, this, &MainWindow::updateTitle);
    connect(&m_study, &StudyController::errorOccurred, this, &MainWindow::showError);
    connect(&m_study, &StudyController::errorSettled, m_messages, &MessageBar::remove);
    connect(&m_study, &StudyController::handsWanted, m_messages, &MessageBar::add);
    connect(&m_study, &StudyController::boardsFound, this, &MainWindow::updateBoardsMenu);
    connect(&m_study, &StudyController::boardsPlugged, this, [this] { m_boards->setBoards(m_study.pluggedBoards()); });
    connect(m_boards, &BoardCard::rulesWanted, &m_study, &StudyController::permitBoards);
    connect(&m_study, &StudyController::boardsChosen, this, &MainWindow::updateBoardsMenu);
    connect(&m_study, &StudyController::columnsRead, this, [this](const std::vector<Column> &columns) {
        m_comparison->setExpectsBoards(!m_study.chosenBoards().empty());
        if (!columns.empty())
            m_comparison->setChosenColumns({columns.begin(), columns.end()});
        selectRow(m_study.variants()->rows().empty() ? -1 : 0);
    });
    connect(m_comparison, &ComparisonView::columnsChosen, this, [this] {
        const std::set<Column> columns = m_comparison->visibleColumns();
        m_study.setColumns(m_comparison->hasChosenColumns() ? std::vector<Column>(columns.begin(), columns.end())
                                                            : std::vector<Column>());
    });
    connect(&m_study, &StudyController::fileOpened, this, [this](const QString &path) {
        m_settings.addRecent(path);
        updateRecentMenu();
    });
    connect(&m_study, &StudyController::summaryAvailable, this, [this](int row) {
        m_comparison->setExpectsBoards(!m_study.chosenBoards().empty()); // a row may have got its first board figures
        if (row == m_selectedRow)
            m_inspector->show(row, m_study.summaryOf(row), m_study.notesOf(row), m_study.memoryOf(row));
    });
    // Short epochs would draw the curves faster than anyone sees.
    m_trainingTimer = new QTimer(this);
    m_trainingTimer->setSingleShot(true);
    m_trainingTimer->setInterval(40);
    connect(m_trainingTimer, &QTimer::timeout, this,
            [this] { m_inspector->setTraining(m_study.trainingOf(m_selectedRow)); });
    connect(&m_study, &StudyController::trainingAdvanced, this, [this](int row) {
        if (row == m_selectedRow && !m_trainingTimer->isActive())
            m_trainingTimer->start();
    });
    connect(&m_study, &StudyController::comparisonStarted, this, [this] {
        m_comparison->setExpectsBoards(!m_study.chosenBoards().empty());
        selectRow(0);
        updateState();
    });
    connect(&m_study, &StudyController::comparisonFinished, this, [this] {
        m_comparison->table()->sortAgain();
        m_comparison->table()->fitColumns();
        updateState();
    });
    connect(m_study.variants(), &QAbstractItemModel::modelReset, this, [this] {
        m_selectedRow = -1;
        updateState();
    });
    for (const auto signal : {&QAbstractItemModel::modelReset})
        connect(m_study.recipes(), signal, this, &MainWindow::updateState);
    connect(m_study.recipes(), &QAbstractItemModel::rowsInserted, this, &MainWindow::updateState);
    connect(m_study.recipes(), &QAbstractItemModel::rowsRemoved, this, &MainWindow::updateState);
    connect(m_study.recipes(), &QAbstractItemModel::dataChanged, this, &MainWindow::updateState);
}

void MainWindow::wireViews()
{
    connect(m_comparison, &ComparisonView::rowSelected, this, &MainWindow::selectRow);
    connect(m_comparison, &ComparisonView::rowHovered, this, &MainWindow::hoverRow);
    connect(m_comparison, &ComparisonView::budgetChosen, &m_study, &StudyController::setBudget);
    connect(m_comparison, &ComparisonView::recipeSuggested, this, [this](const QString &line) {
        if (const auto recipe = Recipe::parse(line.toStdString()))
            m_study.addRecipe(*recipe);
    });
    connect(m_plot, &TradeoffPlot::rowSelected, this, &MainWindow::selectRow);
    connect(m_plot, &TradeoffPlot::rowHovered, this, &MainWindow::hoverRow);
    connect(m_model, &ModelCard::openRequested, this, &MainWindow::openModelFile);
    connect(m_data, &DataCard::openFileRequested, this, &MainWindow::openDataFile);
    connect(m_data, &DataCard::openFolderRequested, this, &MainWindow::openDataFolder);
    connect(m_data, &DataCard::scalingChosen, &m_study, &StudyController::setScaling);
    connect(m_data, &DataCard::scalingRefused, this, &MainWindow::showError);
    connect(m_recipes, &RecipeListView::addRequested, this, &MainWindow::addRecipe);
    connect(m_recipes, &RecipeListView::editRequested, this, &MainWindow::editRecipe);
    connect(m_recipes, &RecipeListView::duplicateRequested, &m_study, &StudyController::duplicateRecipe);
    connect(m_recipes, &RecipeListView::removeRequested, &m_study, &StudyController::removeRecipe);
    connect(m_recipes, &RecipeListView::moveRequested, this, [this](int from, int to) {
        m_study.moveRecipe(from, to);
        m_recipes->setCurrentRow(to);
    });
    connect(m_recipes, &RecipeListView::recipeSelected, this, &MainWindow::selectRecipe);
    connect(m_emptyModel, &QPushButton::clicked, this, &MainWindow::openModelFile);
    connect(m_emptyData, &QPushButton::clicked, this, &MainWindow::openDataFolder);
    connect(m_emptyRecipes, &QPushButton::clicked, &m_study, &StudyController::addUsualRecipes);
    connect(m_emptyRun, &QPushButton::clicked, &m_study, &StudyController::run);
    connect(m_emptySample, &QPushButton::clicked, this, [this] {
        if (maySave())
            m_study.openSample();
    });
}

void MainWindow::wireJobs()
{
    for (JobRunner *job : m_study.jobs()) {
        connect(job, &JobRunner::started, this, [this, job](const QString &title) {
            std::erase(m_running, job);
            m_running.push_back(job);
            m_progress->start(title);
            updateState();
        });
        connect(job, &JobRunner::cancelling, m_progress, &JobProgress::stopping);
        connect(job, &JobRunner::finished, this, [this, job] {
            std::erase(m_running, job);
            if (m_running.empty())
                m_progress->finish();
            updateState();
        });
        // A comparison tells its progress by rows, see comparisonProgressed.
        connect(job, &JobRunner::progressed, this, [this](const QString &phase, qint64 done, qint64 total) {
            if (!m_study.isComparing())
                m_progress->show(coreText(phase.toStdString()), total > 0 ? double(done) / double(total) : -1);
        });
    }
    connect(&m_study, &StudyController::comparisonProgressed, this,
            [this](int finished, int rows, const QString &phase, double fraction) {
                //: progress of a comparison: row %1 of %2, what runs %3
                m_progress->show(
                    tr("%1 of %2, %3").arg(std::min(finished + 1, rows)).arg(rows).arg(coreText(phase.toStdString())),
                    fraction);
            });
    connect(m_progress, &JobProgress::cancelRequested, &m_study, &StudyController::cancel);
}

void MainWindow::selectRow(int row)
{
    m_selectedRow = row;
    m_comparison->setCurrentRow(row);
    m_plot->setCurrentRow(row);
    m_inspector->show(row, m_study.summaryOf(row), m_study.notesOf(row), m_study.memoryOf(row));
    m_inspector->setTraining(m_study.trainingOf(row));
    m_exportVariantAction->setEnabled(m_study.variantOf(row) != nullptr);
    for (const auto &[id, window] : m_analyses)
        window->followRow(row);
    m_benchmarkAction->setEnabled(m_study.variantOf(row) != nullptr);
    if (row < 0 || std::size_t(row) >= m_study.variants()->rows().size())
        return;
    const std::string &text = m_study.variants()->rows()[std::size_t(row)].text(Column::recipe);
    const auto &entries = m_study.recipes()->entries();
    const auto entry = std::ranges::find(entries, text, [](const RecipeEntry &e) { return e.recipe.text(); });
    m_recipes->setCurrentRow(entry == entries.end() ? -1 : int(entry - entries.begin()));
}

void MainWindow::selectRecipe(int recipeRow)
{
    const std::string text = m_study.recipes()->entries()[std::size_t(recipeRow)].recipe.text();
    const auto &rows = m_study.variants()->rows();
    const auto matches = [&](const Row &row) { return row.text(Column::recipe) == text; };
    if (m_selectedRow >= 0 && std::size_t(m_selectedRow) < rows.size() && matches(rows[std::size_t(m_selectedRow)]))
        return;
    const auto row = std::ranges::find_if(rows, matches);
    if (row != rows.end())
        selectRow(int(row - rows.begin()));
}

void MainWindow::hoverRow(int row)
{
    m_comparison->table()->setHoveredVariantRow(row);
    m_plot->setHoveredRow(row);
}

void MainWindow::showError(const QString &sentence)
{
    m_messages->add(sentence);
}

void MainWindow::updateModel()
{
    const auto &path = m_study.modelPath();
    m_model->setModel(QString::fromStdString(path.filename().string()), QString::fromStdString(path.string()),
                      m_study.modelSummary());
    updateData();
}

void MainWindow::updateData()
{
    m_data->setData(m_study.data());
    m_data->setScaling(m_study.impliedScaling(), m_study.chosenScaling());
    m_data->setMisfit(m_study.misfit());
    updateState();
    updateTitle();
}

void MainWindow::updateState()
{
    const bool hasModel = m_study.model() != nullptr, hasData = m_study.data() != nullptr;
    const bool hasRecipes = !m_study.recipes()->entries().empty();
    const bool canRun = hasModel && m_study.obstacle().isEmpty() && !m_study.isComparing();
    m_runAction->setEnabled(canRun);
    m_runButton->setEnabled(canRun);
    m_runButton->setToolTip(m_study.obstacle().isEmpty() ? tr("Apply every ticked recipe and measure (F5)")
                                                         : m_study.obstacle());
    m_cancelAction->setEnabled(!m_running.empty());
    m_exportMenu->setEnabled(!m_study.variants()->rows().empty());

    if (!hasModel)
        m_empty->setTexts(tr("See what pruning and quantization do to a model"),
                          tr("Open a TensorFlow Lite model and the data to judge it by, or drop both on this window. "
                             "The sample study shows how it works."));
    else if (!hasData)
        m_empty->setTexts(tr("Accuracy needs data"),
                          tr("Open or drop labelled samples for this model. Without them a comparison shows sizes and "
                             "times only."));
    else if (!hasRecipes)
        m_empty->setTexts(tr("No recipes yet"),
                          tr("A recipe is a chain of techniques that makes a variant of the model. Add your own at the "
                             "left, or begin with the usual ones."));
    else
        m_empty->setTexts(tr("Ready to compare"),
                          tr("Every ticked recipe becomes a row here, beside the original, and fills up as it is "
                             "measured."));
    m_emptyModel->setVisible(!hasModel);
    m_emptySample->setVisible(!hasModel);
    m_emptyData->setVisible(hasModel && !hasData);
    m_emptyRecipes->setVisible(hasModel && !hasRecipes);
    m_emptyRun->setVisible(hasModel && hasRecipes && canRun);
}

void MainWindow::updateTitle()
{
    const QString name = m_study.studyPath().empty() ? tr("Untitled study")
                                                     : QString::fromStdString(m_study.studyPath().filename().string());
    setWindowTitle(QStringLiteral("%1[*]").arg(name));
    setWindowModified(m_study.isModified());
    //: the study in the status bar: %1 is a file name
    m_studyLabel->setText(m_study.isModified() ? tr("%1, not saved").arg(name) : name);
}

void MainWindow::restore()
{
    // With room for the frame that a desktop draws around it.
    resize(QSize(1280, 800).boundedTo(screen()->availableGeometry().size() - QSize(4 * grid, 12 * grid)));
    m_sides->setSizes({244, 776, 260});
    if (!m_settings.geometry.isEmpty())
        restoreGeometry(m_settings.geometry);
    if (!m_settings.sides.isEmpty())
        m_sides->restoreState(m_settings.sides);
    if (!m_settings.centre.isEmpty())
        m_centre->restoreState(m_settings.centre);
    if (m_settings.columns) {
        std::set<Column> columns;
        for (const QString &key : *m_settings.columns)
            if (const ColumnInfo *column = findColumn(key.toStdString()))
                columns.insert(column->column);
        m_comparison->setChosenColumns(columns);
    }
    const ColumnInfo *x = findColumn(m_settings.xAxis.toStdString()), *y = findColumn(m_settings.yAxis.toStdString());
    if (x && y)
        m_plot->setColumns(x->column, y->column);
    m_plot->setLogarithmic(Qt::XAxis, m_settings.xLogarithmic);
    m_plot->setLogarithmic(Qt::YAxis, m_settings.yLogarithmic);
    updateRecentMenu();
}

void MainWindow::remember()
{
    m_settings.geometry = saveGeometry();
    m_settings.sides = m_sides->saveState();
    m_settings.centre = m_centre->saveState();
    m_settings.columns.reset();
    if (m_comparison->hasChosenColumns()) {
        m_settings.columns.emplace();
        for (const Column column : m_comparison->visibleColumns())
            *m_settings.columns += keyText(column);
    }
    m_settings.xAxis = keyText(m_plot->xColumn());
    m_settings.yAxis = keyText(m_plot->yColumn());
    m_settings.xLogarithmic = m_plot->isLogarithmic(Qt::XAxis);
    m_settings.yLogarithmic = m_plot->isLogarithmic(Qt::YAxis);
    m_settings.save();
}

void MainWindow::closeEvent(QCloseEvent *event)
{
    if (!maySave()) {
        event->ignore();
        return;
    }
    m_study.cancel();
    remember();
    event->accept();
}

void MainWindow::dragEnterEvent(QDragEnterEvent *event)
{
    const QList<QUrl> urls = event->mimeData()->urls();
    if (std::ranges::any_of(urls, [](const QUrl &url) { return url.isLocalFile(); }))
        event->acceptProposedAction();
}

void MainWindow::dropEvent(QDropEvent *event)
{
    QStringList paths;
    for (const QUrl &url : event->mimeData()->urls())
        if (url.isLocalFile())
            paths += url.toLocalFile();
    event->acceptProposedAction();
    openPaths(paths);
}

} // namespace espalier::ui
