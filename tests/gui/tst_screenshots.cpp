// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/jobrunner.h"
#include "app/mainwindow.h"
#include "app/studycontroller.h"
#include "app/translations.h"
#include "support/samplebench.h"
#include "support/samplerows.h"
#include "widgets/forms/budgetform.h"
#include "widgets/models/recipelistmodel.h"
#include "widgets/models/variantmodel.h"
#include "widgets/theme.h"
#include "widgets/views/inspector.h"
#include "widgets/views/trainingview.h"

#include <QApplication>
#include <QSignalSpy>
#include <QStandardPaths>
#include <QTranslator>
#include <QtTest>

#include <algorithm>

using namespace espalier;
using namespace espalier::ui;

/// Pictures of the window that a person can look at, in the build's folder `screenshots`.
class TestScreenshots : public QObject
{
    Q_OBJECT
private slots:
    void initTestCase()
    {
        QStandardPaths::setTestModeEnabled(true);
        QCoreApplication::setOrganizationName(QStringLiteral("EspalierTest"));
        QCoreApplication::setApplicationName(QStringLiteral("screenshots"));
        QSettings().clear();
        QApplication::setStyle(QStringLiteral("Fusion"));
        QVERIFY(QDir().mkpath(folder()));
    }

    void window_data()
    {
        QTest::addColumn<bool>("dark");
        QTest::addColumn<bool>("full");
        QTest::addColumn<QSize>("size");
        QTest::addColumn<QString>("language");
        for (const bool dark : {false, true})
            for (const bool full : {false, true})
                for (const QSize size : {QSize(1280, 800), QSize(1024, 700)})
                    QTest::addRow("%s-%s-%dx%d", dark ? "dark" : "light", full ? "full" : "empty", size.width(),
                                  size.height())
                        << dark << full << size << "en";
        QTest::addRow("portuguese-1024x700") << false << true << QSize(1024, 700) << "pt_BR";
    }

    void window()
    {
        QFETCH(bool, dark);
        QFETCH(bool, full);
        QFETCH(QSize, size);
        QFETCH(QString, language);
        qDeleteAll(qApp->findChildren<QTranslator *>());
        installTranslations(*qApp, QLocale(language));
        const QPalette palette = dark ? darkPalette() : lightPalette();
        QApplication::setPalette(palette);
        StudyController study;
        MainWindow window(study);
        window.resize(size);
        window.show();
        if (full) {
            QSignalSpy opened(&study, &StudyController::modelChanged);
            study.openModel(ESPALIER_SOURCE_DIR "/resources/samples/fashion-cnn.tflite");
            QTRY_VERIFY(!opened.isEmpty() && std::ranges::none_of(study.jobs(), &JobRunner::isRunning));
            study.addUsualRecipes();
            study.variants()->setRows(sampleRows());
            study.setBudget(*Budget::parse("accuracy>=90% size_bytes<=60KiB"));
            window.selectRow(5);
            window.findChild<Inspector *>()->show(
                5, nullptr, {}, {std::make_shared<const BenchRecord>(sampleRecord()), std::int64_t(8192)});
            window.showError(QStringLiteral("cannot open 'missing.tflite': No such file or directory"));
        }
        QVERIFY(QTest::qWaitForWindowExposed(&window));
        QCoreApplication::processEvents(); // queued replots
        const QImage image = window.grab().toImage();
        QCOMPARE(image.deviceIndependentSize().toSize(), size);
        // The ground of the window is the palette's, and something is drawn on it.
        const QColor base = palette.color(QPalette::Base);
        int same = 0, other = 0;
        for (int y = 0; y < image.height(); y += 4)
            for (int x = 0; x < image.width(); x += 4)
                ++(image.pixelColor(x, y) == base ? same : other);
        QVERIFY(same > (same + other) / 5);
        QVERIFY(other > (same + other) / 50);
        const QString file =
            folder() + QLatin1Char('/') + QString::fromLatin1(QTest::currentDataTag()) + QStringLiteral(".png");
        QVERIFY(image.save(file));
    }

    void training_data()
    {
        QTest::addColumn<bool>("dark");
        QTest::addColumn<QString>("language");
        QTest::addRow("light-training") << false << "en";
        QTest::addRow("dark-training") << true << "en";
        QTest::addRow("portuguese-training") << false << "pt_BR";
    }

    /// The inspector of a variant with two steps that trained, in a window as narrow as it may be.
    void training()
    {
        QFETCH(bool, dark);
        QFETCH(QString, language);
        qDeleteAll(qApp->findChildren<QTranslator *>());
        installTranslations(*qApp, QLocale(language));
        QApplication::setPalette(dark ? darkPalette() : lightPalette());
        VariantModel model;
        std::vector<Row> rows = sampleRows();
        rows[5].set(Column::recipe, std::string("prune-magnitude epochs=5 | quantize-aware"));
        model.setRows(rows);
        Inspector inspector(&model);
        inspector.resize(280, 800);
        inspector.show(5, nullptr);
        std::vector<TrainedEpoch> epochs;
        for (int epoch = 1; epoch <= 7; ++epoch)
            epochs.push_back({epoch <= 5 ? 1u : 2u,
                              {epoch, 0.2 + 0.5 / epoch, 0.93 - 0.2 / epoch, 0.3 + 0.4 / epoch, 0.9 - 0.15 / epoch}});
        inspector.setTraining(epochs);
        static_cast<QWidget &>(inspector).show();
        QVERIFY(QTest::qWaitForWindowExposed(&inspector));
        QCoreApplication::processEvents(); // queued replots
        QVERIFY(inspector.findChild<TrainingView *>()->isVisible());
        QVERIFY(inspector.grab().toImage().save(folder() + QLatin1Char('/') +
                                                QString::fromLatin1(QTest::currentDataTag()) + QStringLiteral(".png")));
    }

    void budgetForm_data()
    {
        QTest::addColumn<bool>("dark");
        QTest::addRow("light-budget") << false;
        QTest::addRow("dark-budget") << true;
    }

    void budgetForm()
    {
        QFETCH(bool, dark);
        QApplication::setPalette(dark ? darkPalette() : lightPalette());
        const std::vector<Row> rows = sampleRows();
        BudgetForm form;
        form.setBudget(*Budget::parse("accuracy>=90% size_bytes<=60KiB"),
                       [&](Column column) { return rows[0].number(column); });
        const QImage image = form.grab().toImage();
        QVERIFY(image.save(folder() + QLatin1Char('/') + QString::fromLatin1(QTest::currentDataTag()) +
                           QStringLiteral(".png")));
    }

private:
    static QString folder() { return QStringLiteral(ESPALIER_BUILD_DIR "/screenshots"); }
};

QTEST_MAIN(TestScreenshots)
#include "tst_screenshots.moc"
