// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/analyses/analysis.h"
#include "app/analyses/analysiswindow.h"
#include "app/mainwindow.h"
#include "app/studycontroller.h"
#include "core/base/file.h"
#include "core/exporters/csvtable.h"
#include "core/formats/modelformat.h"
#include "support/dialogs.h"
#include "support/pointsstudy.h"
#include "widgets/models/variantmodel.h"
#include "widgets/plots/curveplot.h"
#include "widgets/theme.h"

#include <QComboBox>
#include <QLabel>
#include <QMenuBar>
#include <QPushButton>
#include <QSpinBox>
#include <QStandardPaths>
#include <QTableView>
#include <QTemporaryDir>
#include <QtTest>

using namespace espalier;
using namespace espalier::ui;

/// The windows of the menu "Analysis", driven as by a person over a study of its own.
class TestAnalyses : public QObject
{
    Q_OBJECT
private slots:
    void initTestCase();
    void init();
    void cleanup();

    void sayWhatIsMissingFirst();
    void pruningSensitivityShowsALineForEachLayer();
    void calibrationDoctorSpeaks();
    void errorDebuggerFollowsTheSelectedRow();
    void errorDebuggerTakesAFileFromElsewhere();
    void trainingStreamsItsCurvesAndSavesAModel();
    void reproducesATable();
    void cancelStopsAtOnce();
    void closingStops();
    void pictures();

private:
    AnalysisWindow *open(const char *id);
    void openStudy();
    void compare();
    static void ask(AnalysisWindow *window);
    static QString failure(AnalysisWindow *window)
    {
        return window->findChild<QLabel *>(QStringLiteral("failure"))->text();
    }

    std::unique_ptr<QTemporaryDir> m_folder;
    std::unique_ptr<StudyController> m_study;
    std::unique_ptr<MainWindow> m_window;
};

void TestAnalyses::initTestCase()
{
    QLocale::setDefault(QLocale(QLocale::English, QLocale::UnitedStates));
    QStandardPaths::setTestModeEnabled(true);
    QCoreApplication::setOrganizationName(QStringLiteral("EspalierTest"));
    QCoreApplication::setApplicationName(QStringLiteral("analyses"));
    QApplication::setAttribute(Qt::AA_DontUseNativeDialogs);
    QApplication::setStyle(QStringLiteral("Fusion"));
}

void TestAnalyses::init()
{
    QSettings().clear();
    std::filesystem::remove(StudyController::recoveryPath());
    QApplication::setPalette(lightPalette());
    m_folder = std::make_unique<QTemporaryDir>();
    m_study = std::make_unique<StudyController>();
    m_window = std::make_unique<MainWindow>(*m_study);
    m_window->show();
    QVERIFY(QTest::qWaitForWindowExposed(m_window.get()));
}

void TestAnalyses::cleanup()
{
    m_window.reset();
    m_study.reset();
}

void TestAnalyses::openStudy()
{
    const std::string model = m_folder->filePath(QStringLiteral("points.tflite")).toStdString();
    const std::string data = m_folder->filePath(QStringLiteral("points.csv")).toStdString();
    QVERIFY(writeModel(*smallModel(), model));
    QVERIFY(writeFile(data, points()));
    m_study->open({model, data});
    QTRY_VERIFY(m_study->model() && m_study->data());
}

void TestAnalyses::compare()
{
    m_study->addRecipe(*Recipe::parse("quantize-int8"));
    m_study->run();
    QTRY_VERIFY_WITH_TIMEOUT(!m_study->isComparing(), 60000);
}

AnalysisWindow *TestAnalyses::open(const char *id)
{
    const QString name = QString::fromLatin1(id);
    m_window->findChild<QAction *>(name)->trigger();
    auto *window = m_window->findChild<AnalysisWindow *>(name);
    return window && QTest::qWaitForWindowExposed(window) ? window : nullptr;
}

void TestAnalyses::ask(AnalysisWindow *window)
{
    auto *run = window->findChild<QPushButton *>(QStringLiteral("run"));
    QVERIFY(run->isEnabled());
    QTest::mouseClick(run, Qt::LeftButton);
    QVERIFY(window->isRunning());
    QTRY_VERIFY_WITH_TIMEOUT(!window->isRunning(), 60000);
}

void TestAnalyses::sayWhatIsMissingFirst()
{
    for (const Analysis *analysis : analyses()) {
        AnalysisWindow *window = open(analysis->id().toLatin1().constData());
        QVERIFY(window);
        auto *run = window->findChild<QPushButton *>(QStringLiteral("run"));
        QVERIFY2(!run->isEnabled(), qPrintable(analysis->id()));
        QVERIFY(run->toolTip().startsWith(QStringLiteral("Open ")));
    }
    openStudy();
    for (const Analysis *analysis : analyses())
        QVERIFY2(m_window->findChild<AnalysisWindow *>(analysis->id())
                     ->findChild<QPushButton *>(QStringLiteral("run"))
                     ->isEnabled(),
                 qPrintable(analysis->id()));
}

void TestAnalyses::pruningSensitivityShowsALineForEachLayer()
{
    openStudy();
    AnalysisWindow *window = open("sensitivity");
    ask(window);
    QCOMPARE(failure(window), QString());
    auto *table = window->findChild<QTableView *>(QStringLiteral("figures"));
    auto *plot = window->findChild<CurvePlot *>();
    QCOMPARE(table->model()->rowCount(), 3); // three dense layers
    QCOMPARE(plot->chart().curves.size(), std::size_t(3));
    QCOMPARE(plot->chart().curves[0].points.size(), std::size_t(10));
    // Table and plot show the same layer.
    QTest::mouseClick(table->viewport(), Qt::LeftButton, {}, table->visualRect(table->model()->index(1, 0)).center());
    QCOMPARE(plot->currentCurve(), 1);
    emit plot->curveSelected(2);
    QCOMPARE(table->currentIndex().row(), 2);
    const QString csv = m_folder->filePath(QStringLiteral("layers.csv"));
    answerFileDialog(csv);
    emit window->view()->tableExportRequested();
    const Bytes bytes = *readFile(csv.toStdString());
    QCOMPARE(std::string(bytes.begin(), bytes.end()), csvText(window->view()->result().table));
    const QString png = m_folder->filePath(QStringLiteral("layers.png"));
    answerFileDialog(png);
    emit window->view()->pictureExportRequested();
    QVERIFY(!QImage(png).isNull());
}

void TestAnalyses::calibrationDoctorSpeaks()
{
    openStudy();
    AnalysisWindow *window = open("calibration");
    ask(window);
    QCOMPARE(failure(window), QString());
    QVERIFY(!window->findChild<QLabel *>(QStringLiteral("sentences"))->text().isEmpty());
    QVERIFY(window->findChild<CurvePlot *>()->chart().curves.at(0).points.size() > 3);
}

void TestAnalyses::errorDebuggerFollowsTheSelectedRow()
{
    openStudy();
    compare();
    AnalysisWindow *window = open("error");
    m_window->selectRow(1);
    auto *choice = window->findChild<QComboBox *>(QStringLiteral("choice"));
    QCOMPARE(choice->currentText(), QStringLiteral("int8"));
    ask(window);
    QCOMPARE(failure(window), QString());
    const CurveChart &chart = window->findChild<CurvePlot *>()->chart();
    QCOMPARE(chart.curves.size(), std::size_t(2));
    QVERIFY(chart.curves[0].points.size() >= 3);
    QVERIFY(chart.curves[0].points[0].y() > 20); // decibels that int8 keeps in a first layer
}

void TestAnalyses::errorDebuggerTakesAFileFromElsewhere()
{
    openStudy();
    AnalysisWindow *window = open("error");
    const QString broken = m_folder->filePath(QStringLiteral("broken.tflite"));
    QVERIFY(writeFile(broken.toStdString(), std::string("no model")));
    answerFileDialog(broken);
    ask(window);
    QVERIFY2(failure(window).contains(QStringLiteral("broken.tflite")), qPrintable(failure(window)));
    QCOMPARE(window->findChild<QComboBox *>(QStringLiteral("choice"))->currentText(), QStringLiteral("broken.tflite"));
}

void TestAnalyses::trainingStreamsItsCurvesAndSavesAModel()
{
    openStudy();
    AnalysisWindow *window = open("training");
    auto *choice = window->findChild<QComboBox *>(QStringLiteral("choice"));
    choice->setCurrentText(QStringLiteral("mlp"));
    window->findChild<QSpinBox *>(QStringLiteral("amount"))->setValue(3);
    ask(window);
    QCOMPARE(failure(window), QString());
    const auto plots = window->findChildren<CurvePlot *>();
    QCOMPARE(plots.size(), 2); // loss, accuracy
    QCOMPARE(plots[0]->chart().curves.at(0).points.size(), std::size_t(3));
    QCOMPARE(plots[0]->chart().curves.at(1).points.size(), std::size_t(3));
    const QString path = m_folder->filePath(QStringLiteral("trained.tflite"));
    answerFileDialog(path);
    QSignalSpy saved(window, &AnalysisWindow::modelSaved);
    disconnect(window, &AnalysisWindow::modelSaved, m_window.get(), nullptr); // would ask whether to open it
    emit window->view()->modelSaveRequested();
    QCOMPARE(saved.size(), 1);
    QVERIFY(readModel(path.toStdString()));
}

void TestAnalyses::reproducesATable()
{
    openStudy();
    AnalysisWindow *window = open("reproduction");
    window->findChild<QComboBox *>(QStringLiteral("choice"))->setCurrentIndex(0);
    window->findChild<QSpinBox *>(QStringLiteral("amount"))->setValue(100);
    ask(window);
    // Points of a plane are no images, which the table's networks take.
    QVERIFY2(failure(window).contains(QStringLiteral("images")), qPrintable(failure(window)));
}

void TestAnalyses::cancelStopsAtOnce()
{
    openStudy();
    AnalysisWindow *window = open("training");
    window->findChild<QComboBox *>(QStringLiteral("choice"))->setCurrentText(QStringLiteral("mlp"));
    window->findChild<QSpinBox *>(QStringLiteral("amount"))->setValue(10000);
    QTest::mouseClick(window->findChild<QPushButton *>(QStringLiteral("run")), Qt::LeftButton);
    QTRY_VERIFY(!window->view()->result().table.rows.empty()); // an epoch has streamed in
    QTest::keyClick(window, Qt::Key_Escape);
    QTRY_VERIFY(!window->isRunning());
    QCOMPARE(failure(window), QString());
    QVERIFY(window->isVisible());
}

void TestAnalyses::closingStops()
{
    openStudy();
    AnalysisWindow *window = open("training");
    window->findChild<QComboBox *>(QStringLiteral("choice"))->setCurrentText(QStringLiteral("mlp"));
    window->findChild<QSpinBox *>(QStringLiteral("amount"))->setValue(10000);
    QTest::mouseClick(window->findChild<QPushButton *>(QStringLiteral("run")), Qt::LeftButton);
    QVERIFY(window->isRunning());
    window->close();
    QTRY_VERIFY(!window->isRunning());
}

void TestAnalyses::pictures()
{
    openStudy();
    compare();
    m_window->selectRow(1);
    QVERIFY(QDir().mkpath(QStringLiteral(ESPALIER_BUILD_DIR "/screenshots")));
    for (const bool dark : {false, true}) {
        QApplication::setPalette(dark ? darkPalette() : lightPalette());
        for (const char *id : {"sensitivity", "calibration", "error", "training"}) {
            AnalysisWindow *window = open(id);
            if (window->objectName() == QLatin1String("training"))
                window->findChild<QComboBox *>(QStringLiteral("choice"))->setCurrentText(QStringLiteral("mlp"));
            if (window->view()->result().table.heads.empty())
                ask(window);
            window->view()->selectRow(1);
            QCoreApplication::processEvents(); // queued replots
            QVERIFY(
                window->grab().save(QStringLiteral(ESPALIER_BUILD_DIR "/screenshots/%1-%2.png")
                                        .arg(QString::fromLatin1(dark ? "dark" : "light"), QString::fromLatin1(id))));
        }
    }
}

QTEST_MAIN(TestAnalyses)
#include "tst_analyses.moc"
