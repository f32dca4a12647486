// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/mainwindow.h"

#include "app/analyses/analysis.h"
#include "app/analyses/analysiswindow.h"
#include "app/studycontroller.h"
#include "core/exporters/exporter.h"
#include "core/formats/modelformat.h"
#include "core/study/boardchoice.h"
#include "core/study/papertable.h"
#include "core/techniques/namedrecipes.h"
#include "core/techniques/weights.h"
#include "widgets/coretexts.h"
#include "widgets/forms/recipedialog.h"
#include "widgets/forms/recipeeditor.h"
#include "widgets/models/recipelistmodel.h"
#include "widgets/models/variantmodel.h"
#include "widgets/plots/tradeoffplot.h"
#include "widgets/symbols.h"
#include "widgets/theme.h"
#include "widgets/views/comparisontable.h"
#include "widgets/views/comparisonview.h"
#include "widgets/views/inspector.h"
#include "widgets/views/messagebar.h"
#include "widgets/views/primarybutton.h"
#include "widgets/views/recipelistview.h"

#include <QActionGroup>
#include <QApplication>
#include <QFileDialog>
#include <QFileInfo>
#include <QHBoxLayout>
#include <QLabel>
#include <QListView>
#include <QMenu>
#include <QMenuBar>
#include <QMessageBox>
#include <QPushButton>
#include <QToolBar>
#include <QUndoStack>

#include <algorithm>

namespace espalier::ui {

namespace {

QString fromView(std::string_view text)
{
    return QString::fromUtf8(text.data(), qsizetype(text.size()));
}

std::string boardOf(const std::string &id)
{
    return BoardChoice::of(id).board;
}

QPushButton *menuButton(const QString &text, const QString &icon, QMenu *menu, QWidget *parent)
{
    auto *button = new QPushButton(symbolIcon(icon), text, parent);
    button->setMenu(menu);
    return button;
}

} // namespace

void MainWindow::makeToolBar()
{
    m_boardsMenu = new QMenu(tr("&Boards"), this);
    m_boardsMenu->setToolTipsVisible(true);
    m_exportMenu = new QMenu(tr("&Export"), this);
    makeExportMenu(m_exportMenu);

    auto *bar = new QToolBar(tr("Tools"), this);
    bar->setMovable(false);
    bar->setContextMenuPolicy(Qt::PreventContextMenu);
    bar->setIconSize({16, 16});
    auto *row = new QWidget(bar); // a tool bar's own layout knows no margins
    auto *layout = new QHBoxLayout(row);
    layout->setContentsMargins(2 * grid, grid + 2, 2 * grid, grid + 2);
    layout->setSpacing(2 * grid);
    auto *openModel = new QPushButton(symbolIcon(QStringLiteral("model")), tr("Open Model…"), row);
    connect(openModel, &QPushButton::clicked, this, &MainWindow::openModelFile);
    layout->addWidget(openModel);
    // No dialog offers files and folders at once.
    auto *dataMenu = new QMenu(this);
    dataMenu->addAction(tr("Data &File…"), this, &MainWindow::openDataFile);
    dataMenu->addAction(tr("Data F&older…"), this, &MainWindow::openDataFolder);
    layout->addWidget(menuButton(tr("Open Data…"), QStringLiteral("data"), dataMenu, row));
    layout->addSpacing(2 * grid);
    m_runButton = new PrimaryButton(tr("Run Comparison"), row);
    m_runButton->setObjectName(QStringLiteral("run"));
    connect(m_runButton, &QPushButton::clicked, &m_study, &StudyController::run);
    layout->addWidget(m_runButton);
    m_boardButton = menuButton(tr("No board"), QStringLiteral("board"), m_boardsMenu, row);
    m_boardButton->setToolTip(tr("Where variants are measured beside this computer"));
    layout->addWidget(m_boardButton);
    layout->addStretch();
    layout->addWidget(menuButton(tr("Export"), QStringLiteral("export"), m_exportMenu, row));
    for (QPushButton *button : row->findChildren<QPushButton *>(QString(), Qt::FindDirectChildrenOnly))
        makeRoomy(button);
    bar->addWidget(row);
    addToolBar(bar);
}

void MainWindow::makeFileMenu()
{
    QMenu *menu = menuBar()->addMenu(tr("&File"));
    menu->addAction(tr("&New Study"), QKeySequence::New, this, [this] {
        if (maySave())
            m_study.newStudy();
    });
    menu->addAction(tr("&Open…"), QKeySequence::Open, this, &MainWindow::openFiles);
    menu->addAction(tr("Open &Data Folder…"), QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_O), this,
                    &MainWindow::openDataFolder);
    m_recentMenu = menu->addMenu(tr("Open &Recent"));
    menu->addAction(tr("Open Sa&mple Study"), this, [this] {
        if (maySave())
            m_study.openSample();
    });
    menu->addSeparator();
    menu->addAction(tr("&Save Study"), QKeySequence::Save, this, [this] { save(); });
    menu->addAction(tr("Save Study &As…"), QKeySequence::SaveAs, this, [this] { saveAs(); });
    menu->addMenu(m_exportMenu);
    menu->addSeparator();
    menu->addAction(tr("&Quit"), QKeySequence::Quit, this, &QWidget::close);
}

void MainWindow::makeExportMenu(QMenu *menu)
{
    for (const Exporter *exporter : exporters())
        menu->addAction(coreText(exporter->title) + QChar(0x2026), this, [this, exporter] {
            const QString suffix = fromView(exporter->suffix);
            const QString path = askForFile(tr("Export the Table"), QStringLiteral("comparison"),
                                            QStringLiteral("%1 (*.%2)").arg(coreText(exporter->title), suffix), suffix);
            if (!path.isEmpty())
                m_study.exportRows(*exporter, path.toStdString());
        });
    menu->addAction(tr("Plot as SVG…"), this, &MainWindow::exportPlot);
    menu->addSeparator();
    m_exportVariantAction =
        menu->addAction(tr("Selected Variant as TensorFlow Lite…"), this, &MainWindow::exportVariant);
    m_exportVariantAction->setEnabled(false);
}

void MainWindow::makeEditMenu()
{
    QMenu *menu = menuBar()->addMenu(tr("&Edit"));
    QAction *undo = m_study.history()->createUndoAction(this, tr("&Undo"));
    undo->setShortcut(QKeySequence::Undo);
    QAction *redo = m_study.history()->createRedoAction(this, tr("&Redo"));
    redo->setShortcuts({QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_Z), QKeySequence(Qt::CTRL | Qt::Key_Y)});
    menu->addActions({undo, redo});
    menu->addSeparator();
    // Without a shortcut of its own, since Ctrl+C copies what has the focus; the table copies its rows.
    menu->addAction(tr("&Copy Table Rows"), m_comparison, &ComparisonView::copy);
    menu->addAction(tr("Copy Table Rows as C&SV"), QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_C), m_comparison,
                    &ComparisonView::copyAsCsv);

    QMenu *recipes = menuBar()->addMenu(tr("&Recipes"));
    recipes->addActions(m_recipes->editActions());
    recipes->addSeparator();
    recipes->addAction(tr("Add the &Usual Recipes"), &m_study, &StudyController::addUsualRecipes);
    makePapersMenu(recipes->addMenu(tr("From &Papers")));
    recipes->addAction(tr("&Tick All"), this, [this] { m_study.tickAllRecipes(true); });
    recipes->addAction(tr("U&ntick All"), this, [this] { m_study.tickAllRecipes(false); });
}

void MainWindow::makePapersMenu(QMenu *menu)
{
    menu->setToolTipsVisible(true);
    const auto add = [this](const std::vector<std::string> &texts, const QString &title) {
        std::vector<Recipe> recipes;
        for (const std::string &text : texts)
            if (const Result<Recipe> recipe = Recipe::parse(text); recipe && !recipe->empty())
                recipes.push_back(*recipe);
        //: an entry of the undo history: %1 is a recipe's or a table's title
        m_study.addRecipes(recipes, tr("add “%1”").arg(title));
    };
    for (const NamedRecipe &named : namedRecipes()) {
        const QString title = coreText(named.title);
        QAction *action = menu->addAction(title, this, [add, title, id = std::string(named.id)] { add({id}, title); });
        action->setToolTip(fromView(named.source) + QLatin1Char('\n') + fromView(named.recipe));
    }
    menu->addSeparator();
    for (const PaperTable *table : paperTables()) {
        std::vector<std::string> texts;
        for (const PaperRow &row : table->rows)
            texts.emplace_back(row.recipe);
        const QString title = coreText(table->title);
        //: adds all recipes of a paper's table: %1 is its title
        QAction *action = menu->addAction(tr("All of %1").arg(title), this,
                                          [add, title, texts = std::move(texts)] { add(texts, title); });
        action->setToolTip(
            tr("“espalier reproduce %1” sets our figures beside the published ones").arg(fromView(table->id)));
    }
}

void MainWindow::makeStudyMenu()
{
    QMenu *menu = menuBar()->addMenu(tr("&Comparison"));
    m_runAction = menu->addAction(tr("&Run"), &m_study, &StudyController::run);
    m_runAction->setShortcuts({QKeySequence(Qt::Key_F5), QKeySequence(Qt::CTRL | Qt::Key_R)});
    m_benchmarkAction = menu->addAction(tr("&Benchmark the Selected Variant"), QKeySequence(Qt::CTRL | Qt::Key_B), this,
                                        [this] { m_study.benchmarkRow(m_selectedRow); });
    m_benchmarkAction->setEnabled(false);
    m_cancelAction = menu->addAction(tr("&Cancel"), QKeySequence(Qt::Key_Escape), &m_study, &StudyController::cancel);
    menuBar()->addMenu(m_boardsMenu);
}

void MainWindow::makeAnalysisMenu()
{
    QMenu *menu = menuBar()->addMenu(tr("&Analysis"));
    for (const Analysis *analysis : analyses()) {
        QAction *action =
            menu->addAction(analysis->title() + QChar(0x2026), this, [this, analysis] { openAnalysis(*analysis); });
        action->setObjectName(analysis->id());
        action->setToolTip(analysis->texts().sentence);
    }
    menu->setToolTipsVisible(true);
}

void MainWindow::openAnalysis(const Analysis &analysis)
{
    AnalysisWindow *&window = m_analyses[analysis.id()];
    if (!window) {
        window = new AnalysisWindow(analysis, m_study, this);
        connect(window, &AnalysisWindow::modelSaved, this, [this](const QString &path) {
            const auto answer =
                QMessageBox::question(this, tr("Open the Model?"),
                                      tr("Open “%1” as the model of this study?").arg(QFileInfo(path).fileName()));
            if (answer == QMessageBox::Yes && maySave())
                m_study.openModel(path.toStdString());
        });
    }
    window->followRow(m_selectedRow);
    window->show();
    window->raise();
    window->activateWindow();
}

void MainWindow::makeViewMenu()
{
    QMenu *menu = menuBar()->addMenu(tr("&View"));
    QMenu *columns = m_comparison->columnsMenu();
    columns->setTitle(tr("&Columns"));
    menu->addMenu(columns);
    menu->addAction(tr("&Figures"), QKeySequence(Qt::CTRL | Qt::Key_1), this,
                    [this] { m_comparison->setRelative(false); });
    menu->addAction(tr("Against the &Original"), QKeySequence(Qt::CTRL | Qt::Key_2), this,
                    [this] { m_comparison->setRelative(true); });
    menu->addAction(tr("&Budget…"), QKeySequence(Qt::CTRL | Qt::Key_L), m_comparison, &ComparisonView::editBudget);
    menu->addSeparator();
    menu->addAction(tr("Go to &Table"), QKeySequence(Qt::ALT | Qt::Key_1), m_comparison->table(),
                    [this] { m_comparison->table()->setFocus(Qt::ShortcutFocusReason); });
    menu->addAction(tr("Go to &Plot"), QKeySequence(Qt::ALT | Qt::Key_2), m_plot,
                    [this] { m_plot->setFocus(Qt::ShortcutFocusReason); });
    menu->addAction(tr("Go to &Recipes"), QKeySequence(Qt::ALT | Qt::Key_3), m_recipes,
                    [this] { m_recipes->list()->setFocus(Qt::ShortcutFocusReason); });
    menu->addSeparator();
    QAction *inspector = menu->addAction(tr("&Inspector"));
    inspector->setCheckable(true);
    inspector->setChecked(true);
    inspector->setShortcut(QKeySequence(Qt::Key_F9));
    connect(inspector, &QAction::toggled, m_inspector, &QWidget::setVisible);
}

void MainWindow::makeHelpMenu()
{
    QMenu *menu = menuBar()->addMenu(tr("&Help"));
    menu->addAction(tr("&About Espalier"), this, [this] {
        QMessageBox::about(this, tr("About Espalier"),
                           tr("<h3>Espalier %1</h3><p>What pruning and quantization do to a neural network on a "
                              "microcontroller.</p><p>Free software under the GNU General Public License, version 3 or "
                              "later. Plots by QCustomPlot; built with Qt %2.</p>")
                               .arg(QStringLiteral(ESPALIER_VERSION), QString::fromLatin1(qVersion())));
    });
    menu->addAction(tr("About &Qt"), qApp, &QApplication::aboutQt);
}

// Below a ticked board: at which clock it is to run, or for which one its time is estimated, where its weights lie and
// in which form.
void MainWindow::addBoardSettings(const BoardInfo &board, const std::string &id)
{
    const bool counts = board.timeSource == Source::counted;
    BoardChoice choice = BoardChoice::of(id);
    if (!counts && !board.clocks.empty() && choice.megahertz == board.clocks.front())
        choice.megahertz = 0;
    QMenu *menu = m_boardsMenu->addMenu(tr("Settings of %1").arg(QString::fromStdString(board.title)));
    menu->setObjectName(QString::fromStdString("settings-" + board.id));
    QActionGroup *group = nullptr;
    const auto add = [&](const QString &text, const BoardChoice &wanted) {
        QAction *action = menu->addAction(text);
        action->setCheckable(true);
        action->setChecked(wanted == choice);
        group->addAction(action);
        connect(action, &QAction::triggered, this, [this, before = id, after = wanted.id()] {
            std::vector<std::string> ids = m_study.chosenBoards();
            std::ranges::replace(ids, before, after);
            m_study.setChosenBoards(std::move(ids));
        });
    };
    const auto newGroup = [&] {
        if (group)
            menu->addSeparator();
        group = new QActionGroup(menu);
    };
    BoardChoice wanted = choice;
    if (!board.clocks.empty()) {
        newGroup();
        wanted.megahertz = 0;
        add(counts ? tr("Count Instructions Only") : tr("%1 MHz, as Usual").arg(board.clocks.front()), wanted);
        for (const int megahertz : std::span(board.clocks).subspan(counts ? 0 : 1)) {
            wanted.megahertz = megahertz;
            add(counts ? tr("Estimate Time at %1 MHz").arg(megahertz) : tr("%1 MHz").arg(megahertz), wanted);
        }
    }
    if (!board.clocks.empty() && !counts) {
        newGroup();
        wanted = choice;
        wanted.weightsInRam = false;
        add(tr("Weights in Flash"), wanted);
        wanted.weightsInRam = true;
        add(tr("Weights in Memory"), wanted);
    }
    newGroup();
    wanted = choice;
    wanted.forms.clear();
    add(tr("Weights in Their Smallest Form"), wanted);
    wanted.forms = "dense";
    add(tr("Dense Weights Only"), wanted);
    wanted.forms = "compact";
    add(tr("Compact Weights Wherever Possible"), wanted);
}

void MainWindow::updateBoardsMenu()
{
    for (QMenu *settings : m_boardsMenu->findChildren<QMenu *>(Qt::FindDirectChildrenOnly)) {
        settings->setObjectName(QString());
        settings->deleteLater(); // one of its lines may be what brought us here
    }
    m_boardsMenu->clear();
    const std::vector<std::string> &chosen = m_study.chosenBoards();
    QStringList titles;
    for (const BoardInfo &board : m_study.boards()) {
        const auto place = std::ranges::find(chosen, board.id, boardOf);
        const bool isChosen = place != chosen.end();
        QAction *action = m_boardsMenu->addAction(QString::fromStdString(board.title));
        action->setCheckable(true);
        action->setChecked(isChosen);
        const bool isUsable = board.available || board.missingForRunner.empty();
        action->setEnabled(isUsable || isChosen);
        action->setToolTip(isUsable ? coreText(board.meaning) : QString::fromStdString(board.missing));
        connect(action, &QAction::toggled, this, [this, id = board.id](bool checked) {
            std::vector<std::string> ids = m_study.chosenBoards();
            std::erase_if(ids, [&](const std::string &each) { return boardOf(each) == id; });
            if (checked)
                ids.push_back(id);
            m_study.setChosenBoards(std::move(ids));
        });
        if (isChosen) {
            const QString settings = QString::fromStdString(BoardChoice::of(*place).settings());
            titles +=
                QString::fromStdString(board.title) + (settings.isEmpty() ? QString() : QLatin1Char(' ') + settings);
            if (board.emulated || !board.clocks.empty())
                addBoardSettings(board, *place);
        }
        if (!isUsable) {
            // A disabled line tells nothing; the sentence below it does.
            QAction *why = m_boardsMenu->addAction(QString::fromStdString(board.missing));
            why->setEnabled(false);
        }
    }
    if (m_study.boards().empty())
        m_boardsMenu->addAction(tr("No boards known"))->setEnabled(false);
    m_boardsMenu->addSeparator();
    m_boardsMenu->addAction(tr("&Look for Boards Again"), &m_study, &StudyController::findBoards);
    m_runButton->setText(titles.isEmpty() ? tr("Run Comparison") : tr("Flash and Benchmark"));
    m_boardButton->setText(titles.isEmpty() ? tr("No board") : titles.join(QStringLiteral(", ")));
}

void MainWindow::updateRecentMenu()
{
    m_recentMenu->clear();
    for (const QString &path : m_settings.recentFiles)
        m_recentMenu->addAction(path, this, [this, path] { openPaths({path}); });
    const QFileInfo recovery(QString::fromStdString(StudyController::recoveryPath().string()));
    if (recovery.exists())
        m_recentMenu->addAction(
            tr("Unsaved study of %1").arg(QLocale().toString(recovery.lastModified(), QLocale::ShortFormat)), this,
            [this, path = recovery.filePath()] { openPaths({path}); });
    m_recentMenu->setEnabled(!m_recentMenu->isEmpty());
}

QString MainWindow::startFolder() const
{
    return m_settings.recentFiles.isEmpty() ? QDir::homePath()
                                            : QFileInfo(m_settings.recentFiles.first()).absolutePath();
}

QString MainWindow::askForFile(const QString &title, const QString &name, const QString &filter, const QString &suffix)
{
    // The dialog adds the suffix itself, so that it asks about the file that would be overwritten.
    QFileDialog dialog(this, title, startFolder(), filter);
    dialog.setAcceptMode(QFileDialog::AcceptSave);
    dialog.setDefaultSuffix(suffix);
    dialog.selectFile(name + QLatin1Char('.') + suffix);
    return dialog.exec() == QDialog::Accepted ? dialog.selectedFiles().value(0) : QString();
}

void MainWindow::openPaths(const QStringList &paths)
{
    if (paths.isEmpty() || !maySave()) // another model or other data make figures go, as another study does
        return;
    std::vector<std::filesystem::path> files;
    for (const QString &path : paths)
        files.emplace_back(path.toStdString());
    m_study.open(files);
}

void MainWindow::openFiles()
{
    QStringList suffixes{QStringLiteral("*.espalier")};
    for (const ModelFormat *format : modelFormats())
        for (const std::string_view suffix : format->suffixes)
            suffixes += QStringLiteral("*.") + fromView(suffix);
    suffixes += {QStringLiteral("*.npz"), QStringLiteral("*.csv")};
    openPaths(QFileDialog::getOpenFileNames(this, tr("Open"), startFolder(),
                                            tr("Studies, models and data (%1)").arg(suffixes.join(QLatin1Char(' '))) +
                                                QStringLiteral(";;") + tr("All files (*)")));
}

void MainWindow::openModelFile()
{
    QStringList filters;
    for (const ModelFormat *format : modelFormats()) {
        QStringList suffixes;
        for (const std::string_view suffix : format->suffixes)
            suffixes += QStringLiteral("*.") + fromView(suffix);
        filters += QStringLiteral("%1 (%2)").arg(coreText(format->title), suffixes.join(QLatin1Char(' ')));
    }
    filters += tr("All files (*)");
    const QString path =
        QFileDialog::getOpenFileName(this, tr("Open Model"), startFolder(), filters.join(QStringLiteral(";;")));
    if (!path.isEmpty() && maySave())
        m_study.openModel(path.toStdString());
}

void MainWindow::openDataFile()
{
    const QString path = QFileDialog::getOpenFileName(
        this, tr("Open Data"), startFolder(), tr("Data (*.npz *.csv)") + QStringLiteral(";;") + tr("All files (*)"));
    if (!path.isEmpty() && maySave())
        m_study.openData(path.toStdString());
}

void MainWindow::openDataFolder()
{
    const QString path = QFileDialog::getExistingDirectory(this, tr("Open Data Folder"), startFolder());
    if (!path.isEmpty() && maySave())
        m_study.openData(path.toStdString());
}

bool MainWindow::maySave()
{
    // Recipes alone are typed again in a minute; figures are what a person would miss.
    if (!m_study.isModified() || m_study.variants()->rows().empty())
        return true;
    const auto answer = QMessageBox::question(this, tr("Save Study"), tr("Save the figures of this study?"),
                                              QMessageBox::Save | QMessageBox::Discard | QMessageBox::Cancel);
    if (answer == QMessageBox::Discard)
        m_study.forgetRecovery();
    return answer == QMessageBox::Discard || (answer == QMessageBox::Save && save());
}

bool MainWindow::save()
{
    if (m_study.studyPath().empty())
        return saveAs();
    m_study.saveStudy(m_study.studyPath());
    return true;
}

bool MainWindow::saveAs()
{
    const QString path = askForFile(tr("Save Study"), QStringLiteral("study"), tr("Espalier studies (*.espalier)"),
                                    QStringLiteral("espalier"));
    if (path.isEmpty())
        return false;
    m_study.saveStudy(
        (path.endsWith(QLatin1String(".espalier")) ? path : path + QStringLiteral(".espalier")).toStdString());
    return true;
}

QStringList MainWindow::layerNames() const
{
    QStringList names;
    if (const ModelPtr model = m_study.model()) {
        const Graph &graph = model->main();
        for (const Weights &weights : weightsOf(graph))
            names += QString::fromStdString(operatorName(graph, graph.operators[weights.op]));
    }
    return names;
}

void MainWindow::addRecipe()
{
    RecipeDialog dialog(Recipe(), this);
    dialog.editor()->setLayerNames(layerNames());
    if (dialog.exec() == QDialog::Accepted) {
        m_study.addRecipe(dialog.recipe());
        m_recipes->setCurrentRow(m_study.recipes()->rowCount() - 1);
    }
}

void MainWindow::editRecipe(int row)
{
    if (row < 0)
        return;
    RecipeDialog dialog(m_study.recipes()->entries()[std::size_t(row)].recipe, this);
    dialog.editor()->setLayerNames(layerNames());
    if (dialog.exec() == QDialog::Accepted)
        m_study.replaceRecipe(row, dialog.recipe());
}

void MainWindow::exportPlot()
{
    const QString path = askForFile(tr("Export the Plot"), QStringLiteral("tradeoff"),
                                    tr("Scalable vector graphics (*.svg)"), QStringLiteral("svg"));
    if (path.isEmpty())
        return;
    const Result<void> written =
        writeTradeoffSvg(m_study.variants()->rows(), m_plot->xColumn(), m_plot->yColumn(), path.toStdString());
    if (!written)
        showError(QString::fromStdString(written.error().message));
}

void MainWindow::exportVariant()
{
    const QString name = m_study.variants()->index(m_selectedRow, int(Column::variant)).data().toString();
    QString file = name;
    for (QChar &c : file)
        if (!c.isLetterOrNumber())
            c = QLatin1Char('-');
    const QString path = askForFile(tr("Export “%1”").arg(name), file, tr("TensorFlow Lite models (*.tflite)"),
                                    QStringLiteral("tflite"));
    if (!path.isEmpty())
        m_study.exportVariant(m_selectedRow, path.toStdString());
}

} // namespace espalier::ui
