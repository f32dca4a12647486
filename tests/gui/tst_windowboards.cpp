// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cliprocess.h"
#include "device/boards/board.h"
#include "device/boards/physicalboard.h"
#include "device/flashing.h"
#include "widgets/models/variantmodel.h"
#include "widgets/plots/memorytimeline.h"
#include "widgets/views/boardcard.h"
#include "widgets/views/comparisontable.h"
#include "widgets/views/messagebar.h"
#include "windowtest.h"

#include <QLabel>
#include <QMenu>
#include <QPushButton>
#include <QStandardPaths>
#include <QTemporaryDir>
#include <QToolButton>
#include <QTreeView>
#include <QtTest>

using namespace espalier;
using namespace espalier::ui;

/// Boards in the window: plugged in and emulated, their settings, one button for all that is ticked.
class TestWindowBoards : public QObject, WindowTest
{
    Q_OBJECT

private slots:
    void initTestCase() { startOnce(QStringLiteral("windowboards")); }
    void init() { open(); }
    void cleanup() { close(); }

    void showsTheMemoryOfABoard();
    void tellsNotesOnEveryBoardsRow();
    void benchmarksOneVariant();
    void choosesABoardsSettings();
    void showsPluggedBoards();
    void asksForHandsByAPicture();
    void measuresTenVariantsWithoutACompiler();
    void windowAndCommandLineTellTheSame();
};

void TestWindowBoards::showsTheMemoryOfABoard()
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

void TestWindowBoards::tellsNotesOnEveryBoardsRow()
{
    QTRY_VERIFY(!m_study->boards().empty());
    for (const char *board : {"qemu-m4", "qemu-m0"}) {
        const BoardInfo info = *std::ranges::find(m_study->boards(), board, &BoardInfo::id);
        if (!info.missing.empty())
            QSKIP(info.missing.c_str());
    }
    openStudyFiles();
    m_study->tickAllRecipes(false);
    m_study->addRecipe(*Recipe::parse("quantize-dynamic min_elements=2000")); // smaller layers stay float: it says so
    m_study->setChosenBoards({"qemu-m4", "qemu-m0"});
    runToTheEnd();
    const int last = int(m_study->variants()->rows().size()) - 1;
    QCOMPARE(last, 3); // the original and the variant on two boards
    QVERIFY(!m_study->notesOf(last - 1).isEmpty());
    QCOMPARE(m_study->notesOf(last), m_study->notesOf(last - 1));
}

void TestWindowBoards::benchmarksOneVariant()
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
    auto *layers = find<QTreeView>("boardLayers");
    QVERIFY(layers->isVisible());
    QCOMPARE(std::size_t(layers->model()->rowCount()), m_study->memoryOf(1).record->layers.size());
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

void TestWindowBoards::choosesABoardsSettings()
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
    QStringList checked;
    for (QAction *action : find<QMenu>("settings-pico-emulated")->actions()) {
        if (action->isChecked())
            checked += action->text();
    }
    QCOMPARE(checked, QStringList({QStringLiteral("200 MHz"), QStringLiteral("Weights in Memory"),
                                   QStringLiteral("Weights in Their Smallest Form")}));
    QVERIFY(choose("settings-pico-emulated", "125 MHz, as Usual"));
    QVERIFY(choose("settings-pico-emulated", "Weights in Flash"));
    QVERIFY(choose("settings-qemu-m4", "Count Instructions Only"));
    QCOMPARE(m_study->chosenBoards(), (std::vector<std::string>{"pico-emulated", "qemu-m4"}));
    m_study->setChosenBoards({"qemu-m7"}); // it has no clock
    QVERIFY(choose("settings-qemu-m7", "Dense Weights Only"));
    QCOMPARE(m_study->chosenBoards(), (std::vector<std::string>{"qemu-m7:forms=dense"}));
    QVERIFY(choose("settings-qemu-m7", "Compact Weights Wherever Possible"));
    QVERIFY(choose("settings-qemu-m7", "Weights in Their Smallest Form"));
    QCOMPARE(m_study->chosenBoards(), (std::vector<std::string>{"qemu-m7"}));
    m_study->setChosenBoards({});
}

void TestWindowBoards::showsPluggedBoards()
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

// A Nano whose bootloader does not answer: by both buttons that measure.
void TestWindowBoards::asksForHandsByAPicture()
{
    QTRY_VERIFY(!m_study->boards().empty());
    test::FakeWorld world;
    world.board = test::running("nano33ble");
    m_study->setBench([&](const ModelPtr &model, const std::string &, BenchOptions options, const Progress &progress) {
        options.useRunner = true;
        world.nano.answers = world.nano.faultAt = 0;
        world.nano.fault = test::Fault::silence;
        return (*device::findBoard("nano33ble"))->physical->benchmark(world, model, options, progress);
    });
    openStudyFiles();
    m_study->tickAllRecipes(false);
    m_study->setChosenBoards({"nano33ble"});
    auto *bar = m_window->findChild<MessageBar *>();
    auto *show = bar->findChild<QToolButton *>(QStringLiteral("showHow"));
    runToTheEnd();
    const Row &row = m_study->variants()->rows()[0];
    QCOMPARE(row.status(), Status::failed);
    QVERIFY2(row.text(Column::why).find("did not answer") != std::string::npos, row.text(Column::why).c_str());
    QCOMPARE(bar->messages(), QStringList(QString::fromStdString(row.text(Column::why))));
    QVERIFY(!show->isHidden());

    bar->clear();
    m_window->selectRow(0);
    trigger(QStringLiteral("&Comparison"), QStringLiteral("&Benchmark the Selected Variant"));
    QTRY_COMPARE(bar->messages().size(), 1);
    QVERIFY(!show->isHidden());
    QTRY_COMPARE(m_study->variants()->state(0), VariantModel::State::finished);
}

void TestWindowBoards::measuresTenVariantsWithoutACompiler()
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

// One button and one command: the same figures of the same model on the same board.
void TestWindowBoards::windowAndCommandLineTellTheSame()
{
    QTRY_VERIFY(!m_study->boards().empty());
    const BoardInfo board = *std::ranges::find(m_study->boards(), "pico-emulated", &BoardInfo::id);
    if (!board.missing.empty())
        QSKIP(board.missing.c_str());
    openStudyFiles();
    m_study->tickAllRecipes(false);
    runToTheEnd(); // on this host alone
    m_window->selectRow(0);
    m_study->setChosenBoards({"pico-emulated"});
    trigger(QStringLiteral("&Comparison"), QStringLiteral("&Benchmark the Selected Variant"));
    QTRY_VERIFY_WITH_TIMEOUT(m_study->variants()->rows()[0].has(Column::cycles), 120000);
    const Row row = m_study->variants()->rows()[0];
    const CliRun run = runCli({QStringLiteral("benchmark"), m_model, QStringLiteral("--board"),
                               QStringLiteral("pico-emulated"), QStringLiteral("--json")});
    QVERIFY2(run.status == 0, run.errors.constData());
    const nlohmann::json told = run.json();
    int compared = 0;
    for (const ColumnInfo &column : columns()) {
        const bool ofBoard = column.column >= Column::board && column.column <= Column::fidelity;
        if (!ofBoard && column.column != Column::measuredOn)
            continue;
        const nlohmann::json &value = told.at(std::string(column.key));
        QCOMPARE(value.is_null() || value == "", !row.has(column.column));
        if (value.is_number())
            QCOMPARE(value.get<double>(), *row.number(column.column));
        else if (value.is_string())
            QCOMPARE(value.get<std::string>(), row.text(column.column));
        compared += value.is_null() ? 0 : 1;
    }
    QVERIFY(compared >= 15);
}

QTEST_MAIN(TestWindowBoards)
#include "tst_windowboards.moc"
