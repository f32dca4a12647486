// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/mainwindow.h"
#include "app/studycontroller.h"
#include "core/base/file.h"
#include "core/exporters/exporter.h"
#include "core/formats/modelformat.h"
#include "support/dialogs.h"
#include "support/graphbuilder.h"
#include "support/pointsstudy.h"
#include "widgets/delegates/recipedelegate.h"
#include "widgets/models/recipelistmodel.h"
#include "widgets/models/variantmodel.h"
#include "widgets/plots/curveplot.h"
#include "widgets/plots/memorytimeline.h"
#include "widgets/plots/tradeoffplot.h"
#include "widgets/views/boardcard.h"
#include "widgets/views/comparisontable.h"
#include "widgets/views/comparisonview.h"
#include "widgets/views/trainingview.h"

#include <QApplication>
#include <QComboBox>
#include <QFileDialog>
#include <QHeaderView>
#include <QLabel>
#include <QLineEdit>
#include <QListView>
#include <QMenu>
#include <QMenuBar>
#include <QMessageBox>
#include <QMimeData>
#include <QPushButton>
#include <QSettings>
#include <QStandardPaths>
#include <QTemporaryDir>
#include <QTimer>
#include <QUndoStack>
#include <QtTest>

using namespace espalier;
using namespace espalier::ui;

/// The window as a person drives it: clicks, keys and drops on real widgets over real work.
class TestMainWindow : public QObject
{
    Q_OBJECT
private slots:
    void initTestCase();
    void init();
    void cleanup();

    void teachesTheFirstStep();
    void takesDroppedFiles();
    void comparesAndKeepsOneSelection();
    void showsHowTrainingGoes();
    void showsTheMemoryOfABoard();
    void benchmarksOneVariant();
    void setsABoardsClock();
    void showsPluggedBoards();
    void measuresTenVariantsWithoutACompiler();
    void undoesRecipeEdits();
    void addsTheRecipesOfPapers();
    void editsARecipeInTheDialog();
    void cancelsAtOnce();
    void dropsWhatAnotherModelMakesStale();
    void reportsUnusableFiles();
    void savesAndReopens();
    void finishedRowsAreOnTheDisk();
    void exportsTheTable();
    void asksBeforeFiguresAreLost();
    void setsTheScalingByHand();
    void remembersItsColumns();

private:
    void drop(const QStringList &paths);
    void openStudyFiles();
    void runToTheEnd();
    void trigger(const QString &menuTitle, const QString &actionText);
    QPoint tickPoint(int recipe) const;
    template <class Widget>
    Widget *find(const char *name) const
    {
        return m_window->findChild<Widget *>(QString::fromLatin1(name));
    }

    std::unique_ptr<QTemporaryDir> m_folder;
    std::unique_ptr<StudyController> m_study;
    std::unique_ptr<MainWindow> m_window;
    QString m_model, m_data;
};

void TestMainWindow::initTestCase()
{
    QLocale::setDefault(QLocale(QLocale::English, QLocale::UnitedStates));
    QStandardPaths::setTestModeEnabled(true);
    QCoreApplication::setOrganizationName(QStringLiteral("EspalierTest"));
    QCoreApplication::setApplicationName(QStringLiteral("mainwindow"));
    QApplication::setAttribute(Qt::AA_DontUseNativeDialogs);
}

void TestMainWindow::init()
{
    QSettings().clear();
    std::filesystem::remove(StudyController::recoveryPath());
    m_folder = std::make_unique<QTemporaryDir>();
    m_model = m_folder->filePath(QStringLiteral("points.tflite"));
    m_data = m_folder->filePath(QStringLiteral("points.csv"));
    QVERIFY(writeModel(*smallModel(), m_model.toStdString()));
    QVERIFY(writeFile(m_data.toStdString(), points()));
    m_study = std::make_unique<StudyController>();
    m_window = std::make_unique<MainWindow>(*m_study);
    m_window->resize(1280, 800);
    m_window->show();
    QVERIFY(QTest::qWaitForWindowExposed(m_window.get()));
    m_window->activateWindow();
    QTRY_VERIFY(m_window->isActiveWindow());
}

void TestMainWindow::cleanup()
{
    m_window.reset();
    m_study.reset();
}

void TestMainWindow::drop(const QStringList &paths)
{
    QMimeData mime;
    QList<QUrl> urls;
    for (const QString &path : paths)
        urls += QUrl::fromLocalFile(path);
    mime.setUrls(urls);
    QDragEnterEvent enter(QPoint(300, 300), Qt::CopyAction, &mime, Qt::LeftButton, Qt::NoModifier);
    QCoreApplication::sendEvent(m_window.get(), &enter);
    QVERIFY(enter.isAccepted());
    QDropEvent event(QPointF(300, 300), Qt::CopyAction, &mime, Qt::LeftButton, Qt::NoModifier);
    QCoreApplication::sendEvent(m_window.get(), &event);
}

void TestMainWindow::openStudyFiles()
{
    drop({m_model, m_data});
    QTRY_VERIFY(m_study->model() && m_study->data());
    m_study->addUsualRecipes();
    QVERIFY(m_study->recipes()->rowCount() >= 5);
}

void TestMainWindow::runToTheEnd()
{
    QTest::keyClick(m_window.get(), Qt::Key_F5);
    QVERIFY(m_study->isComparing());
    QTRY_VERIFY_WITH_TIMEOUT(!m_study->isComparing(), 60000);
}

void TestMainWindow::trigger(const QString &menuTitle, const QString &actionText)
{
    for (QMenu *menu : m_window->findChildren<QMenu *>())
        for (QAction *action : menu->actions())
            if (menu->title() == menuTitle && action->text() == actionText) {
                QVERIFY2(action->isEnabled(), qPrintable(actionText));
                action->trigger();
                return;
            }
    QFAIL(qPrintable(menuTitle + QStringLiteral(" > ") + actionText));
}

QPoint TestMainWindow::tickPoint(int recipe) const
{
    auto *list = find<QListView>("recipes");
    QStyleOptionViewItem option;
    option.rect = list->visualRect(list->model()->index(recipe, 0));
    option.font = list->font();
    option.widget = list;
    return RecipeDelegate::tickRect(option).center();
}

void TestMainWindow::teachesTheFirstStep()
{
    auto *run = find<QPushButton>("run");
    QVERIFY(!run->isEnabled());
    QVERIFY(run->toolTip().contains(QStringLiteral("model")));
    QVERIFY(find<QPushButton>("openModel")->isVisible());
    QVERIFY(find<QPushButton>("openData")->isVisible());
    answerFileDialog(m_model);
    QTest::mouseClick(find<QPushButton>("openModel"), Qt::LeftButton);
    QTRY_COMPARE(find<QLabel>("modelName")->text(), QStringLiteral("points.tflite"));
    QVERIFY(!find<QPushButton>("openModel")->isVisible());
    auto *fits = find<QLabel>("boardFits"); // a small model fits every board, told before anything is built
    QVERIFY(fits->isVisible() && find<QLabel>("boardMisfits")->isHidden());
    QVERIFY2(fits->text().startsWith(QStringLiteral("✓ fits Cortex")), qPrintable(fits->text()));
    QVERIFY(run->isEnabled()); // without data it compares sizes and times
}

void TestMainWindow::takesDroppedFiles()
{
    drop({m_model, m_data});
    QTRY_COMPARE(find<QLabel>("modelName")->text(), QStringLiteral("points.tflite"));
    QTRY_COMPARE(find<QLabel>("dataName")->text(), QStringLiteral("points.csv"));
    QVERIFY(find<QLabel>("dataMisfit")->isHidden());
    QVERIFY(find<QComboBox>("scaling")->isVisible());
}

void TestMainWindow::comparesAndKeepsOneSelection()
{
    openStudyFiles();
    auto *list = find<QListView>("recipes");
    const int last = m_study->recipes()->rowCount() - 1;
    QTest::mouseClick(list->viewport(), Qt::LeftButton, {}, tickPoint(last));
    QCOMPARE(m_study->recipes()->entries()[std::size_t(last)].ticked, false);
    runToTheEnd();

    const std::vector<Row> &rows = m_study->variants()->rows();
    QCOMPARE(int(rows.size()), last + 1); // the original and all but the last recipe
    for (const Row &row : rows) {
        QVERIFY2(row.status() == Status::ok, row.text(Column::why).c_str());
        QVERIFY(row.has(Column::accuracy) && row.has(Column::sizeBytes) && row.has(Column::hostMs));
    }
    QCOMPARE(*rows[0].number(Column::samples), double(m_study->data()->test.count));

    // A click on a row selects the dot, the recipe and the inspector; the plot's keys move on from there.
    auto *table = find<ComparisonTable>("comparison");
    auto *plot = m_window->findChild<TradeoffPlot *>();
    const QModelIndex cell = table->model()->index(2, int(Column::accuracy));
    QTest::mouseClick(table->viewport(), Qt::LeftButton, {}, table->visualRect(cell).center());
    QCOMPARE(m_window->selectedRow(), 2);
    QCOMPARE(plot->currentRow(), 2);
    QCOMPARE(find<QLabel>("inspectorName")->text(), QString::fromStdString(rows[2].text(Column::variant)));
    QCOMPARE(m_study->recipes()->entries()[std::size_t(list->currentIndex().row())].recipe.text(),
             rows[2].text(Column::recipe));

    auto *canvas = m_window->findChild<QWidget *>(QStringLiteral("tradeoffCanvas"));
    QTest::keyClick(canvas, Qt::Key_Left);
    QVERIFY(m_window->selectedRow() != 2);
    QCOMPARE(table->currentVariantRow(), m_window->selectedRow());

    // A recipe of the list selects its row.
    list->setFocus();
    QTest::keyClick(list, Qt::Key_Home);
    QCOMPARE(rows[std::size_t(m_window->selectedRow())].text(Column::recipe),
             m_study->recipes()->entries()[0].recipe.text());

    // Sorted by a click on the header; the selection stays on its variant.
    const int selected = m_window->selectedRow();
    QHeaderView *header = table->horizontalHeader();
    QTest::mouseClick(header->viewport(), Qt::LeftButton, {},
                      QPoint(header->sectionViewportPosition(int(Column::sizeBytes)) + 8, 8));
    QCOMPARE(table->currentVariantRow(), selected);
    QVERIFY(table->model()->index(1, int(Column::sizeBytes)).data(VariantModel::SortRole).toDouble() <=
            table->model()->index(2, int(Column::sizeBytes)).data(VariantModel::SortRole).toDouble());
}

void TestMainWindow::showsHowTrainingGoes()
{
    openStudyFiles();
    m_study->tickAllRecipes(false);
    m_study->addRecipe(*Recipe::parse("prune-global epochs=3 | quantize-aware epochs=2"));
    auto *table = find<ComparisonTable>("comparison");
    const auto click = [&](int row) {
        const QRect cell = table->visualRect(table->model()->index(row, int(Column::accuracy)));
        QTest::mouseClick(table->viewport(), Qt::LeftButton, {}, cell.center());
        QCOMPARE(m_window->selectedRow(), row);
    };
    auto *training = find<TrainingView>("training");
    // The row is chosen while it trains, and the curves are there before it is done.
    QSignalSpy epochs(m_study.get(), &StudyController::trainingAdvanced);
    int seenWhileRunning = 0;
    connect(m_study.get(), &StudyController::trainingAdvanced, training, [&](int row) {
        seenWhileRunning += m_study->isComparing() && m_study->trainingOf(row).size() == std::size_t(epochs.size());
    });
    QTest::keyClick(m_window.get(), Qt::Key_F5);
    click(1);
    QTRY_VERIFY_WITH_TIMEOUT(!m_study->isComparing(), 60000);
    QVERIFY2(m_study->variants()->rows()[1].status() == Status::ok,
             m_study->variants()->rows()[1].text(Column::why).c_str());
    QCOMPARE(epochs.size(), 5);
    QCOMPARE(seenWhileRunning, 5);
    QTRY_VERIFY(training->isVisible());
    const QList<CurvePlot *> plots = training->findChildren<CurvePlot *>();
    QTRY_COMPARE(plots.size(), 2); // loss and accuracy
    QTRY_COMPARE(plots[0]->chart().curves.size(), 2u);
    const std::vector<Curve> curves = plots[0]->chart().curves;
    QCOMPARE(curves[0].name, QStringLiteral("Class-blind pruning"));
    QCOMPARE(curves[1].name, QStringLiteral("Quantization-aware training"));
    QCOMPARE(curves[0].points.size(), 3u);
    QCOMPARE(curves[1].points.back().x(), 5.0);
    click(0);
    QVERIFY(!training->isVisible());
    click(1);
    QVERIFY(training->isVisible());
}

void TestMainWindow::showsTheMemoryOfABoard()
{
    QTRY_VERIFY(!m_study->boards().empty());
    const auto board = std::ranges::find(m_study->boards(), "qemu-m4", &BoardInfo::id);
    QVERIFY(board != m_study->boards().end());
    if (!board->available)
        QSKIP(board->missing.c_str());
    openStudyFiles();
    m_study->tickAllRecipes(false);
    m_study->setChosenBoards({"qemu-m4"});
    runToTheEnd();
    const Row &row = m_study->variants()->rows()[0];
    QVERIFY2(row.status() == Status::ok, row.text(Column::why).c_str());
    const BoardMemory memory = m_study->memoryOf(0);
    QVERIFY(memory.record && memory.ramBytes == board->ramBytes);
    QCOMPARE(double(*memory.record->arenaBytes), *row.number(Column::arenaBytes));

    auto *timeline = find<MemoryTimeline>("memoryTimeline");
    QVERIFY(timeline && timeline->isVisible() && find<QWidget>("flashBar"));
    QVERIFY2(timeline->sentence().startsWith(QStringLiteral("Peak of")), qPrintable(timeline->sentence()));
    QTest::mouseClick(timeline, Qt::LeftButton);
    QTest::keyClick(timeline, Qt::Key_Home);
    QCOMPARE(timeline->currentLayer(), 0);
    m_window->selectRow(-1);
    QVERIFY(!find<MemoryTimeline>("memoryTimeline"));
}

void TestMainWindow::benchmarksOneVariant()
{
    QTRY_VERIFY(!m_study->boards().empty());
    const BoardInfo board = *std::ranges::find(m_study->boards(), "qemu-m0", &BoardInfo::id);
    if (!board.missing.empty())
        QSKIP(board.missing.c_str());
    openStudyFiles();
    runToTheEnd(); // on this host alone
    m_window->selectRow(1);
    QSignalSpy complaints(m_study.get(), &StudyController::errorOccurred);
    trigger(QStringLiteral("&Comparison"), QStringLiteral("&Benchmark the Selected Variant"));
    QCOMPARE(complaints.size(), 1); // on which board?
    m_study->setChosenBoards({"qemu-m0"});
    trigger(QStringLiteral("&Comparison"), QStringLiteral("&Benchmark the Selected Variant"));
    const auto row = [this] { return m_study->variants()->rows()[1]; };
    QTRY_VERIFY_WITH_TIMEOUT(row().has(Column::instructions), 60000);
    QCOMPARE(row().text(Column::board), std::string("qemu-m0"));
    QCOMPARE(row().text(Column::fidelity), std::string("exact"));
    QVERIFY(row().has(Column::accuracy) && row().status() == Status::ok);
    QVERIFY(m_study->memoryOf(1).record);
    QVERIFY(!find<ComparisonTable>("comparison")->isColumnHidden(int(Column::instructions)));

    m_study->setChosenBoards({});
    Row lost = row(); // its board has gone since then: what is known stays
    lost.set(Column::board, std::string("pico@no-such-port"));
    m_study->variants()->finishRow(1, lost);
    trigger(QStringLiteral("&Comparison"), QStringLiteral("&Benchmark the Selected Variant"));
    QTRY_COMPARE(complaints.size(), 2);
    QTRY_COMPARE(m_study->variants()->state(1), VariantModel::State::finished);
    QVERIFY(row().has(Column::instructions) && row().status() == Status::ok);
}

void TestMainWindow::setsABoardsClock()
{
    QTRY_VERIFY(!m_study->boards().empty());
    m_study->setChosenBoards({"pico-emulated", "qemu-m4"});
    const auto choose = [this](const char *menu, const char *text) {
        for (QAction *action : find<QMenu>(menu)->actions()) {
            if (action->text() == QLatin1String(text)) {
                action->trigger();
                return true;
            }
        }
        return false;
    };
    QVERIFY(choose("settings-pico-emulated", "200 MHz"));
    QVERIFY(choose("settings-pico-emulated", "Weights in Memory"));
    QVERIFY(choose("settings-qemu-m4", "Estimate Time at 64 MHz"));
    QCOMPARE(m_study->chosenBoards(),
             (std::vector<std::string>{"pico-emulated:clock=200,weights=sram", "qemu-m4:clock=64"}));
    QVERIFY(!choose("settings-qemu-m4", "Weights in Memory")); // it has one memory
    for (QAction *action : find<QMenu>("settings-pico-emulated")->actions())
        QCOMPARE(action->isChecked(),
                 action->text() == QLatin1String("200 MHz") || action->text() == QLatin1String("Weights in Memory"));
    QVERIFY(choose("settings-pico-emulated", "125 MHz, as Usual"));
    QVERIFY(choose("settings-pico-emulated", "Weights in Flash"));
    QVERIFY(choose("settings-qemu-m4", "Count Instructions Only"));
    QCOMPARE(m_study->chosenBoards(), (std::vector<std::string>{"pico-emulated", "qemu-m4"}));
    m_study->setChosenBoards({});
}

void TestMainWindow::showsPluggedBoards()
{
    auto *card = m_window->findChild<BoardCard *>();
    QVERIFY(card->isHidden() || !m_study->pluggedBoards().empty());
    const std::vector<PluggedBoard> boards = {
        {"pico@1-2", "Raspberry Pi Pico", "our firmware", "", false},
        {"pico@1-3", "Raspberry Pi Pico, bootloader", "not permitted", "run 'espalier boards --install-rules'", true}};
    card->setBoards(boards);
    QVERIFY(card->isVisible());
    QCOMPARE(find<QLabel>("boardsReady")->text(), QStringLiteral("✓ Raspberry Pi Pico, our firmware (pico@1-2)"));
    QVERIFY(find<QLabel>("boardsTroubled")->text().contains(QStringLiteral("not permitted (pico@1-3): run")));
    QVERIFY(find<QPushButton>("permitBoards")->isVisible());
    QSignalSpy wanted(card, &BoardCard::rulesWanted);
    card->disconnect(m_study.get()); // it would ask for a password
    QTest::mouseClick(find<QPushButton>("permitBoards"), Qt::LeftButton);
    QCOMPARE(wanted.size(), 1);
    card->setBoards(std::span(boards).first(1));
    QVERIFY(find<QPushButton>("permitBoards")->isHidden() && find<QLabel>("boardsTroubled")->isHidden());
    card->setBoards({});
    QVERIFY(card->isHidden());
}

void TestMainWindow::measuresTenVariantsWithoutACompiler()
{
    QTRY_VERIFY(!m_study->boards().empty());
    const auto pico = [this] { return *std::ranges::find(m_study->boards(), "pico-emulated", &BoardInfo::id); };
    if (!pico().missingForRunner.empty())
        QSKIP(pico().missingForRunner.c_str());
    const QByteArray path = qgetenv("PATH");
    QTemporaryDir tools;
    QVERIFY(
        QFile::link(QStandardPaths::findExecutable(QStringLiteral("node")), tools.filePath(QStringLiteral("node"))));
    qputenv("PATH", tools.path().toUtf8());
    m_study->findBoards();
    QTRY_VERIFY(!pico().available && pico().missingForRunner.empty());
    openStudyFiles();
    m_study->tickAllRecipes(false);
    for (int i = 0; i < 10; ++i)
        m_study->addRecipe(*Recipe::parse("prune-magnitude sparsity=0." + std::to_string(i) + "5"));
    m_study->setChosenBoards({"pico-emulated"});
    QCOMPARE(find<QPushButton>("run")->text(), QStringLiteral("Flash and Benchmark"));
    runToTheEnd();
    qputenv("PATH", path);
    const std::vector<Row> &rows = m_study->variants()->rows();
    QCOMPARE(rows.size(), std::size_t(11)); // the original, too
    for (const Row &row : rows) {
        QVERIFY2(row.status() == Status::ok, row.text(Column::why).c_str());
        QVERIFY(row.has(Column::cycles));
        QCOMPARE(row.text(Column::fidelity), std::string("exact"));
        QVERIFY(row.text(Column::measuredOn).find("resident runner") != std::string::npos);
    }
}

void TestMainWindow::undoesRecipeEdits()
{
    openStudyFiles();
    auto *list = find<QListView>("recipes");
    const auto before = m_study->recipes()->entries();
    list->setFocus();
    list->setCurrentIndex(list->model()->index(1, 0));
    QTest::keyClick(list, Qt::Key_Delete);
    QCOMPARE(m_study->recipes()->rowCount(), int(before.size()) - 1);
    QTest::keyClick(list, Qt::Key_Up, Qt::AltModifier);
    QTest::keyClick(list, Qt::Key_Space);
    QTest::keyClick(list, Qt::Key_D, Qt::ControlModifier);
    QVERIFY(m_study->recipes()->entries() != before);
    for (int i = 0; i < 4; ++i)
        QTest::keyClick(m_window.get(), Qt::Key_Z, Qt::ControlModifier);
    QCOMPARE(m_study->recipes()->entries().size(), before.size());
    QVERIFY(m_study->recipes()->entries() == before);
    QTest::keyClick(m_window.get(), Qt::Key_Z, Qt::ControlModifier | Qt::ShiftModifier);
    QCOMPARE(m_study->recipes()->rowCount(), int(before.size()) - 1);
}

void TestMainWindow::addsTheRecipesOfPapers()
{
    const QString papers = QStringLiteral("From &Papers");
    trigger(papers, QStringLiteral("One-shot channel pruning"));
    QCOMPARE(m_study->recipes()->rowCount(), 1);
    QCOMPARE(m_study->recipes()->entries()[0].recipe, *Recipe::parse("tinynn-oneshot-channel"));
    const QString table = QStringLiteral("All of Loureiro et al., Table 2: pruning");
    trigger(papers, table);
    const int all = m_study->recipes()->rowCount();
    QVERIFY(all >= 4);
    trigger(papers, table); // what is there already is not added again
    QCOMPARE(m_study->recipes()->rowCount(), all);
    QTest::keyClick(m_window.get(), Qt::Key_Z, Qt::ControlModifier); // a table is one change
    QCOMPARE(m_study->recipes()->rowCount(), 1);
}

void TestMainWindow::editsARecipeInTheDialog()
{
    openStudyFiles();
    auto *list = find<QListView>("recipes");
    list->setCurrentIndex(list->model()->index(0, 0));
    auto *timer = new QTimer(this);
    connect(timer, &QTimer::timeout, timer, [timer] {
        QWidget *dialog = QApplication::activeModalWidget();
        if (!dialog)
            return;
        timer->deleteLater();
        auto *line = dialog->findChild<QLineEdit *>(QStringLiteral("recipeLine"));
        line->selectAll();
        QTest::keyClicks(line, QStringLiteral("prune-magnitude sparsity=0.9"));
        QTest::mouseClick(dialog->findChild<QDialogButtonBox *>()->button(QDialogButtonBox::Ok), Qt::LeftButton);
    });
    timer->start(0);
    list->setFocus();
    QTest::keyClick(list, Qt::Key_F2);
    QCOMPARE(m_study->recipes()->entries()[0].recipe.text(), std::string("prune-magnitude sparsity=0.9"));
}

void TestMainWindow::cancelsAtOnce()
{
    openStudyFiles();
    QTest::mouseClick(find<QPushButton>("run"), Qt::LeftButton);
    QVERIFY(m_study->isComparing());
    QVERIFY(find<QWidget>("jobProgress")->isVisible());
    QTest::mouseClick(find<QPushButton>("cancelJob"), Qt::LeftButton);
    QTRY_VERIFY_WITH_TIMEOUT(!m_study->isComparing(), 20000);
    const std::vector<Row> &rows = m_study->variants()->rows();
    QCOMPARE(int(rows.size()), m_study->recipes()->rowCount() + 1);
    QCOMPARE(rows.back().status(), Status::cancelled);
    QVERIFY(find<QWidget>("messageBar")->isHidden()); // stopping is not an error
    QVERIFY(find<QWidget>("jobProgress")->isHidden());
    // It runs again, to the end.
    runToTheEnd();
    QCOMPARE(m_study->variants()->rows().back().status(), Status::ok);
}

void TestMainWindow::dropsWhatAnotherModelMakesStale()
{
    openStudyFiles();
    QTest::keyClick(m_window.get(), Qt::Key_F5);
    QVERIFY(m_study->isComparing());
    const ModelPtr before = m_study->model();
    m_study->openModel(m_model.toStdString()); // again, as another model would be
    QTRY_VERIFY(m_study->model() != before);
    QVERIFY(!m_study->isComparing());
    QVERIFY(m_study->variants()->rows().empty());
    // What the old comparison still says is about another model.
    runToTheEnd();
    QCOMPARE(int(m_study->variants()->rows().size()), m_study->recipes()->rowCount() + 1);
    for (const Row &row : m_study->variants()->rows())
        QCOMPARE(row.status(), Status::ok);
}

void TestMainWindow::reportsUnusableFiles()
{
    const QString broken = m_folder->filePath(QStringLiteral("broken.tflite"));
    QVERIFY(writeFile(broken.toStdString(), "not a model"));
    drop({broken, m_folder->filePath(QStringLiteral("absent.npz"))});
    QTRY_VERIFY(find<QWidget>("messageBar")->isVisible());
    QTRY_VERIFY(find<QLabel>("messageText")->text().contains(QStringLiteral("absent.npz")) ||
                find<QLabel>("messageText")->text().contains(QStringLiteral("broken.tflite")));
    QVERIFY(!m_study->model());
    QVERIFY(find<QPushButton>("openModel")->isVisible());
}

void TestMainWindow::savesAndReopens()
{
    openStudyFiles();
    m_study->tickRecipe(0, false);
    runToTheEnd();
    const std::vector<Row> rows = m_study->variants()->rows();
    const auto entries = m_study->recipes()->entries();
    const QString path = m_folder->filePath(QStringLiteral("points.espalier"));
    QSignalSpy saved(m_study.get(), &StudyController::studySaved);
    answerFileDialog(path);
    QTest::keyClick(m_window.get(), Qt::Key_S, Qt::ControlModifier);
    QTRY_COMPARE(saved.size(), 1);
    QVERIFY(!m_window->isWindowModified());
    QVERIFY(m_window->windowTitle().contains(QStringLiteral("points.espalier")));

    m_study->newStudy();
    QVERIFY(m_study->variants()->rows().empty());
    drop({path});
    QTRY_VERIFY(m_study->variants()->rows().size() == rows.size());
    QVERIFY(m_study->variants()->rows() == rows);
    QVERIFY(m_study->recipes()->entries() == entries);
    QCOMPARE(find<QLabel>("modelName")->text(), QStringLiteral("points.tflite"));
    QCOMPARE(find<QLabel>("dataName")->text(), QStringLiteral("points.csv"));
    QVERIFY(!m_study->isModified());
    QVERIFY(find<QWidget>("messageBar")->isHidden());
}

void TestMainWindow::finishedRowsAreOnTheDisk()
{
    openStudyFiles();
    QVERIFY(!std::filesystem::exists(StudyController::recoveryPath()));
    runToTheEnd();
    const std::vector<Row> rows = m_study->variants()->rows();
    m_window.reset();
    m_study.reset(); // as after a crash: nothing was saved by hand
    StudyController again;
    again.openStudy(StudyController::recoveryPath());
    QTRY_VERIFY(again.variants()->rows().size() == rows.size());
    QVERIFY(again.variants()->rows() == rows);
    QVERIFY(again.isModified());
    QVERIFY(again.studyPath().empty());
}

void TestMainWindow::exportsTheTable()
{
    openStudyFiles();
    runToTheEnd();
    const QString path = m_folder->filePath(QStringLiteral("table.csv"));
    answerFileDialog(path);
    const Exporter *csv = findExporter("csv");
    trigger(QStringLiteral("&Export"),
            QString::fromUtf8(csv->title.data(), qsizetype(csv->title.size())) + QChar(0x2026));
    QTRY_VERIFY(QFileInfo::exists(path));
    const Bytes bytes = *readFile(path.toStdString());
    QCOMPARE(std::string(bytes.begin(), bytes.end()), csv->write(m_study->variants()->rows()));

    const QString svg = m_folder->filePath(QStringLiteral("plot.svg"));
    answerFileDialog(svg);
    trigger(QStringLiteral("&Export"), QStringLiteral("Plot as SVG…"));
    QVERIFY(QFileInfo::exists(svg));

    m_window->selectRow(2);
    const QString variant = m_folder->filePath(QStringLiteral("variant.tflite"));
    answerFileDialog(variant);
    trigger(QStringLiteral("&Export"), QStringLiteral("Selected Variant as TensorFlow Lite…"));
    QTRY_VERIFY(QFileInfo::exists(variant));
    const Result<ModelPtr> read = readModel(variant.toStdString());
    QVERIFY(read);
    QCOMPARE(double(std::filesystem::file_size(variant.toStdString())),
             *m_study->variants()->rows()[2].number(Column::sizeBytes));
}

void TestMainWindow::asksBeforeFiguresAreLost()
{
    openStudyFiles();
    runToTheEnd();
    answerQuestion(QMessageBox::Cancel);
    m_window->close();
    QVERIFY(m_window->isVisible());
    answerQuestion(QMessageBox::Discard);
    m_window->close();
    QVERIFY(!m_window->isVisible());
    QTRY_VERIFY(!std::filesystem::exists(StudyController::recoveryPath()));
}

void TestMainWindow::setsTheScalingByHand()
{
    openStudyFiles();
    auto *scaling = find<QComboBox>("scaling");
    const QString implied = scaling->currentText();
    QVERIFY(implied.contains(QStringLiteral("implied")));
    scaling->lineEdit()->selectAll();
    QTest::keyClicks(scaling->lineEdit(), QStringLiteral("raw*0.5+1"));
    QTest::keyClick(scaling->lineEdit(), Qt::Key_Return);
    QVERIFY(m_study->chosenScaling());
    QCOMPARE(m_study->chosenScaling()->factor, 0.5);
    scaling->lineEdit()->selectAll();
    QTest::keyClicks(scaling->lineEdit(), QStringLiteral("sideways"));
    QTest::keyClick(scaling->lineEdit(), Qt::Key_Return);
    QVERIFY(find<QWidget>("messageBar")->isVisible());
    QCOMPARE(m_study->chosenScaling()->factor, 0.5);
    scaling->setCurrentIndex(0);
    emit scaling->textActivated(scaling->itemText(0));
    QVERIFY(!m_study->chosenScaling());
}

void TestMainWindow::remembersItsColumns()
{
    auto *view = m_window->findChild<ComparisonView *>();
    for (QAction *action : view->columnsMenu()->actions())
        if (action->data().isValid() && action->data().toInt() == int(Column::parameters))
            action->trigger();
    QVERIFY(view->visibleColumns().contains(Column::parameters));
    m_window->close();
    m_window = std::make_unique<MainWindow>(*m_study);
    QVERIFY(m_window->findChild<ComparisonView *>()->visibleColumns().contains(Column::parameters));
}

QTEST_MAIN(TestMainWindow)
#include "tst_mainwindow.moc"
