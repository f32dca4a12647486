// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/file.h"
#include "core/exporters/exporter.h"
#include "core/formats/modelformat.h"
#include "support/dialogs.h"
#include "widgets/delegates/recipedelegate.h"
#include "widgets/models/variantmodel.h"
#include "widgets/plots/curveplot.h"
#include "widgets/plots/tradeoffplot.h"
#include "widgets/views/comparisontable.h"
#include "widgets/views/comparisonview.h"
#include "widgets/views/messagebar.h"
#include "widgets/views/trainingview.h"
#include "windowtest.h"

#include <QApplication>
#include <QComboBox>
#include <QHeaderView>
#include <QLabel>
#include <QLineEdit>
#include <QListView>
#include <QPushButton>
#include <QScreen>
#include <QTimer>
#include <QtTest>

using namespace espalier;
using namespace espalier::ui;

/// The window as a person drives it: clicks, keys and drops on real widgets over real work.
class TestMainWindow : public QObject, WindowTest
{
    Q_OBJECT

private slots:
    void initTestCase() { startOnce(QStringLiteral("mainwindow")); }
    void init() { open(); }
    void cleanup() { close(); }

    void teachesTheFirstStep();
    void takesDroppedFiles();
    void comparesAndKeepsOneSelection();
    void showsHowTrainingGoes();
    void undoesRecipeEdits();
    void addsTheRecipesOfPapers();
    void editsARecipeInTheDialog();
    void cancelsAtOnce();
    void reportsUnusableFiles();
    void exportsTheTable();
    void setsTheScalingByHand();
    void undoesTheScaling();
    void fitsTheScreenAtFirst();
    void remembersItsColumns();

private:
    QPoint tickPoint(int recipe) const;
    ComparisonTable *table() const { return find<ComparisonTable>("comparison"); }
};

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
    QVERIFY2(fits->text() == QStringLiteral("✓ fits every known board"), qPrintable(fits->text()));
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

    // The study's file keeps the curves.
    const std::vector<TrainedEpoch> trained = m_study->trainingOf(1);
    const std::string file = m_folder->filePath(QStringLiteral("trained.espalier")).toStdString();
    QSignalSpy saved(m_study.get(), &StudyController::studySaved);
    m_study->saveStudy(file);
    QTRY_COMPARE(saved.size(), 1);
    m_study->newStudy();
    QVERIFY(m_study->trainingOf(1).empty());
    m_study->openStudy(file);
    QTRY_COMPARE(m_study->variants()->rows().size(), std::size_t(2));
    QVERIFY(m_study->trainingOf(1) == trained);
    click(1);
    QVERIFY(training->isVisible());
    QCOMPARE(training->findChildren<CurvePlot *>().at(0)->chart().curves.size(), 2u);
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
    // An error is over when the same kind of thing opens; the other stays.
    const auto *bar = m_window->findChild<MessageBar *>();
    QTRY_COMPARE(bar->messages().size(), 2);
    drop({m_model});
    QTRY_VERIFY(m_study->model());
    QCOMPARE(bar->messages().size(), 1);
    QVERIFY(bar->messages()[0].contains(QStringLiteral("absent.npz")));
    drop({m_data});
    QTRY_VERIFY(m_study->data());
    QVERIFY(find<QWidget>("messageBar")->isHidden());
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

    answerFileDialog(m_folder->filePath(QStringLiteral("out"))); // without a suffix it gets the format's
    trigger(QStringLiteral("&Export"),
            QString::fromUtf8(csv->title.data(), qsizetype(csv->title.size())) + QChar(0x2026));
    QTRY_VERIFY(QFileInfo::exists(m_folder->filePath(QStringLiteral("out.csv"))));
    QVERIFY(!QFileInfo::exists(m_folder->filePath(QStringLiteral("out"))));

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

void TestMainWindow::undoesTheScaling()
{
    openStudyFiles();
    runToTheEnd();
    const std::vector<Row> rows = m_study->variants()->rows();
    const ModelPtr variant = m_study->variantOf(1);
    auto *scaling = find<QComboBox>("scaling");
    const QString implied = scaling->currentText();
    // The wheel over the box scrolls what is around it, and gives it no focus either.
    table()->setFocus();
    for (QComboBox *box : m_window->findChildren<QComboBox *>()) {
        const QString before = box->currentText();
        QWheelEvent wheel(box->rect().center(), box->mapToGlobal(box->rect().center()), {}, {0, -120}, Qt::NoButton,
                          Qt::NoModifier, Qt::NoScrollPhase, false);
        QCoreApplication::sendEvent(box, &wheel);
        QVERIFY(!wheel.isAccepted());
        QCOMPARE(box->currentText(), before);
        QVERIFY(!(box->focusPolicy() & Qt::WheelFocus & ~Qt::StrongFocus));
    }
    QVERIFY(m_study->variants()->rows() == rows);

    scaling->lineEdit()->selectAll();
    QTest::keyClicks(scaling->lineEdit(), QStringLiteral("raw*0.5+1"));
    QTest::keyClick(scaling->lineEdit(), Qt::Key_Return);
    QVERIFY(m_study->chosenScaling() && m_study->variants()->rows().empty());
    runToTheEnd();
    const std::vector<Row> rescaled = m_study->variants()->rows();
    table()->setFocus();
    QTest::keyClick(m_window.get(), Qt::Key_Z, Qt::ControlModifier);
    QVERIFY(!m_study->chosenScaling());
    QCOMPARE(scaling->currentText(), implied);
    QVERIFY(m_study->variants()->rows() == rows && m_study->variantOf(1) == variant);
    QTest::keyClick(m_window.get(), Qt::Key_Z, Qt::ControlModifier | Qt::ShiftModifier);
    QVERIFY(m_study->chosenScaling() && m_study->variants()->rows() == rescaled);

    // Figures of a model that is not there any more do not come back.
    const ModelPtr before = m_study->model();
    m_study->openModel(m_model.toStdString());
    QTRY_VERIFY(m_study->model() != before);
    QTest::keyClick(m_window.get(), Qt::Key_Z, Qt::ControlModifier);
    QVERIFY(m_study->variants()->rows().empty());
}

void TestMainWindow::fitsTheScreenAtFirst()
{
    QSettings().clear();
    const MainWindow first(*m_study);
    const QSize room = first.screen()->availableGeometry().size();
    QVERIFY2(first.width() <= room.width() && first.height() <= room.height(),
             qPrintable(QStringLiteral("%1 x %2").arg(first.width()).arg(first.height())));
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
