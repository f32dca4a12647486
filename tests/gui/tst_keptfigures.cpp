// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/studyfile.h"
#include "support/dialogs.h"
#include "widgets/models/variantmodel.h"
#include "windowtest.h"

#include <QLabel>
#include <QMessageBox>
#include <QPushButton>
#include <QtTest>

#include <condition_variable>
#include <mutex>

using namespace espalier;
using namespace espalier::ui;

/// What becomes of figures: where they are kept, in the table and on the disk, and who is asked before they go.
class TestKeptFigures : public QObject, WindowTest
{
    Q_OBJECT

private slots:
    void initTestCase() { startOnce(QStringLiteral("keptfigures")); }
    void init() { open(); }
    void cleanup() { close(); }

    void keepsFiguresUntilTheyAreReplaced();
    void measuresWhatIsMissing();
    void dropsWhatAnotherModelMakesStale();
    void savesAndReopens();
    void finishedRowsAreOnTheDisk();
    void hostFiguresDoNotWaitForABoard();
    void asksBeforeFiguresAreLost();
    void asksBeforeAnotherModelOrData();
};

void TestKeptFigures::keepsFiguresUntilTheyAreReplaced()
{
    openStudyFiles();
    runToTheEnd();
    const std::filesystem::path path = m_folder->filePath(QStringLiteral("kept.espalier")).toStdString();
    QSignalSpy saved(m_study.get(), &StudyController::studySaved);
    m_study->saveStudy(path);
    QTRY_COMPARE(saved.size(), 1);
    const std::size_t count = m_study->variants()->rows().size();
    const auto allMeasured = [&](const std::vector<Row> &rows) {
        return rows.size() == count && std::ranges::all_of(rows, [](const Row &row) {
                   return row.status() == Status::ok && row.has(Column::accuracy) && row.has(Column::hostMs);
               });
    };
    // All is finished, so all is measured anew; what was there shows until then, and after a person stopped it.
    QTest::keyClick(m_window.get(), Qt::Key_F5);
    QVERIFY(m_study->isComparing());
    QCOMPARE(m_study->variants()->state(count - 1), VariantModel::State::waiting);
    QVERIFY(allMeasured(m_study->variants()->rows()));
    QTest::keyClick(m_window.get(), Qt::Key_Escape);
    QTRY_VERIFY_WITH_TIMEOUT(!m_study->isComparing(), 20000);
    QVERIFY(allMeasured(m_study->variants()->rows()));
    QVERIFY(m_study->variantOf(int(count) - 1)); // it is at hand as before
    QTRY_VERIFY(readStudy(path) && allMeasured(readStudy(path)->rows));

    // Boards on which nothing works do not cost the figures of those that did.
    m_study->setChosenBoards({"first"});
    m_study->tickAllRecipes(false);
    m_study->setBench([](const ModelPtr &, const std::string &board, const BenchOptions &, const Progress &) {
        BenchRecord record;
        record.board = board;
        record.instructions = 1234;
        record.timeSource = Source::counted;
        return Result<BenchRecord>(record);
    });
    runToTheEnd();
    QCOMPARE(m_study->variants()->rows().size(), std::size_t(1));
    m_study->setBench([](const ModelPtr &, const std::string &, const BenchOptions &,
                         const Progress &) -> Result<BenchRecord> { return failed("It is not plugged in."); });
    runToTheEnd();
    QCOMPARE(m_study->variants()->rows()[0].status(), Status::ok);
    QCOMPARE(*m_study->variants()->rows()[0].number(Column::instructions), 1234.0);
    QVERIFY(find<QLabel>("messageText")->text().contains(QStringLiteral("It is not plugged in.")));
}

void TestKeptFigures::measuresWhatIsMissing()
{
    openStudyFiles();
    m_study->tickAllRecipes(false);
    m_study->addRecipe(*Recipe::parse("prune-magnitude sparsity=0.6"));
    runToTheEnd();
    const std::vector<Row> before = m_study->variants()->rows();
    const ModelPtr variant = m_study->variantOf(1);
    QCOMPARE(before.size(), std::size_t(2));
    m_study->addRecipe(*Recipe::parse("prune-magnitude sparsity=0.7"));
    runToTheEnd();
    const std::vector<Row> after = m_study->variants()->rows();
    QCOMPARE(after.size(), std::size_t(3));
    QVERIFY(after[0] == before[0] && after[1] == before[1] && m_study->variantOf(1) == variant);
    QVERIFY(after[2].status() == Status::ok && after[2].has(Column::accuracyDelta));
    runToTheEnd(); // nothing is missing: all anew
    QVERIFY(m_study->variantOf(1) && m_study->variantOf(1) != variant);
}

void TestKeptFigures::dropsWhatAnotherModelMakesStale()
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

void TestKeptFigures::savesAndReopens()
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

void TestKeptFigures::finishedRowsAreOnTheDisk()
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

void TestKeptFigures::hostFiguresDoNotWaitForABoard()
{
    openStudyFiles();
    m_study->tickAllRecipes(false);
    m_study->setChosenBoards({"slow"});
    m_study->setBench([](const ModelPtr &, const std::string &, const BenchOptions &,
                         const Progress &progress) -> Result<BenchRecord> {
        std::mutex mutex;
        std::condition_variable_any never;
        std::unique_lock lock(mutex);
        never.wait(lock, progress.stopToken(), [] { return false; });
        return cancelled();
    });
    QTest::keyClick(m_window.get(), Qt::Key_F5);
    QVERIFY(m_study->isComparing());
    const auto onDisk = [this] {
        const Result<Study> study = readStudy(m_study->recoveryPath());
        return study && study->rows.size() == 1 ? study->rows[0] : Row();
    };
    QTRY_VERIFY(onDisk().has(Column::accuracy) && onDisk().has(Column::hostMs));
    QCOMPARE(onDisk().status(), Status::cancelled); // as whoever finds it after a crash has to see it
    QVERIFY(m_study->isComparing());
    QTest::keyClick(m_window.get(), Qt::Key_Escape);
    QTRY_VERIFY(!m_study->isComparing());
}

void TestKeptFigures::asksBeforeFiguresAreLost()
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

void TestKeptFigures::asksBeforeAnotherModelOrData()
{
    openStudyFiles();
    runToTheEnd();
    const std::vector<Row> rows = m_study->variants()->rows();
    const ModelPtr before = m_study->model();
    for (const QString &path : {m_model, m_data}) {
        answerQuestion(QMessageBox::Cancel);
        drop({path});
    }
    answerFileDialog(m_model);
    answerQuestion(QMessageBox::Cancel);
    for (QPushButton *button : m_window->findChildren<QPushButton *>())
        if (button->isVisible() && button->text() == QStringLiteral("Open Model…")) // the one of the tool bar
            QTest::mouseClick(button, Qt::LeftButton);
    QVERIFY(m_study->model() == before && m_study->variants()->rows() == rows);

    // Saved, they are safe from what the other model brings.
    const std::filesystem::path file = m_folder->filePath(QStringLiteral("first.espalier")).toStdString();
    answerQuestion(QMessageBox::Save);
    answerFileDialog(QString::fromStdString(file.string()));
    drop({m_model});
    QTRY_VERIFY(m_study->model() != before);
    QVERIFY(m_study->variants()->rows().empty() && m_study->studyPath().empty());
    QTRY_VERIFY(readStudy(file) && readStudy(file)->rows == rows);
    m_study->tickAllRecipes(false);
    m_study->run();
    QVERIFY(m_study->isComparing());
    answerQuestion(QMessageBox::Discard); // also while it runs
    const DatasetPtr data = m_study->data();
    drop({m_data});
    QTRY_VERIFY(m_study->data() != data);
    QVERIFY(!m_study->isComparing() && m_study->variants()->rows().empty());
    QVERIFY(readStudy(file)->rows == rows);
}

QTEST_MAIN(TestKeptFigures)
#include "tst_keptfigures.moc"
