// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/samplerows.h"
#include "widgets/delegates/recipedelegate.h"
#include "widgets/models/boardfits.h"
#include "widgets/models/insight.h"
#include "widgets/models/layermodel.h"
#include "widgets/models/operatormodel.h"
#include "widgets/models/recipelistmodel.h"
#include "widgets/models/techniquemodel.h"
#include "widgets/models/variantmodel.h"
#include "widgets/plots/curveplot.h"
#include "widgets/programstyle.h"
#include "widgets/theme.h"
#include "widgets/views/comparisontable.h"
#include "widgets/views/comparisonview.h"
#include "widgets/views/jobprogress.h"
#include "widgets/views/messagebar.h"
#include "widgets/views/modelcard.h"
#include "widgets/views/trainingview.h"

#include <QAbstractItemModelTester>
#include <QCheckBox>
#include <QClipboard>
#include <QDialog>
#include <QDoubleSpinBox>
#include <QGuiApplication>
#include <QHeaderView>
#include <QLabel>
#include <QListView>
#include <QPaintEvent>
#include <QPainter>
#include <QSignalSpy>
#include <QStyleOptionButton>
#include <QToolButton>
#include <QVBoxLayout>
#include <QWheelEvent>
#include <QtTest>

using namespace espalier;
using namespace espalier::ui;

class TestViews : public QObject
{
    Q_OBJECT
private slots:
    void initTestCase() { QLocale::setDefault(QLocale(QLocale::English, QLocale::UnitedStates)); }

    void copiesExactFigures()
    {
        VariantModel model;
        ComparisonView view(&model);
        model.setRows(sampleRows());
        view.setChosenColumns({Column::variant, Column::accuracy, Column::sizeBytes, Column::recipe});
        view.resize(700, 400);
        view.show();
        QVERIFY(QTest::qWaitForWindowExposed(&view));
        view.copyAsCsv();
        const QStringList lines = QGuiApplication::clipboard()->text().split(QLatin1Char('\n'));
        QCOMPARE(lines[0], QStringLiteral("variant,recipe,accuracy,size_bytes"));
        QCOMPARE(lines[1], QStringLiteral("original,,0.9125,99840"));
        QCOMPARE(lines[5], QStringLiteral("magnitude 50 %,prune-magnitude,0.9113,99840"));
        // One selected row by the keyboard: that row alone.
        view.setCurrentRow(3);
        QTest::keyClick(view.table(), Qt::Key_C, Qt::ControlModifier);
        QCOMPARE(QGuiApplication::clipboard()->text(),
                 QStringLiteral("variant\trecipe\taccuracy\tsize_bytes\nint8\tquantize-int8\t0.91\t34100\n"));
    }

    void selectionReachesBeyondTheLastColumn()
    {
        VariantModel model;
        ComparisonView view(&model);
        model.setRows(sampleRows());
        view.setChosenColumns({Column::variant, Column::sizeBytes});
        view.resize(900, 400);
        view.show();
        QVERIFY(QTest::qWaitForWindowExposed(&view));
        view.setCurrentRow(1);
        QWidget *canvas = view.table()->viewport();
        QCoreApplication::processEvents();
        struct Painted : QObject
        {
            QRegion region;
            bool eventFilter(QObject *, QEvent *event) override
            {
                if (event->type() == QEvent::Paint)
                    region += static_cast<QPaintEvent *>(event)->region();
                return false;
            }
        } painted;
        canvas->installEventFilter(&painted);
        QTest::keyClick(view.table(), Qt::Key_Down);
        const auto right = [&](int row) {
            return QPoint(canvas->width() - 3, view.table()->rowViewportPosition(row) + 5);
        };
        QVERIFY(right(0).x() > view.table()->columnViewportPosition(int(Column::sizeBytes)) +
                                   view.table()->columnWidth(int(Column::sizeBytes)));
        QTRY_VERIFY(painted.region.contains(right(1)) && painted.region.contains(right(2)));
    }

    void budgetIsToldAndChosenByHand()
    {
        VariantModel model;
        ComparisonView view(&model);
        model.setRows(sampleRows());
        view.resize(900, 500);
        view.show();
        QVERIFY(QTest::qWaitForWindowExposed(&view));
        auto *sentence = view.findChild<QLabel *>(QStringLiteral("budget"));
        QVERIFY(!sentence->isVisible());
        QSignalSpy chosen(&view, &ComparisonView::budgetChosen);
        connect(&view, &ComparisonView::budgetChosen, &model, &VariantModel::setBudget);

        view.editBudget();
        auto *box = view.findChild<QCheckBox *>(QStringLiteral("limit_instructions"));
        auto *limit = view.findChild<QDoubleSpinBox *>(QStringLiteral("value_instructions"));
        QTRY_VERIFY(box->isVisible());
        QVERIFY(!limit->isEnabled());
        QTest::mouseClick(box, Qt::LeftButton, {}, QPoint(8, box->height() / 2));
        QVERIFY(limit->isEnabled());
        QCOMPARE(limit->value(), 31.2); // the original's, in millions
        auto *latency = view.findChild<QDoubleSpinBox *>(QStringLiteral("value_latency_ms"));
        QCOMPARE(latency->text(), QStringLiteral("10\u00a0ms")); // which has none
        QCOMPARE(model.budget().text(), std::string("instructions<=31200000"));
        limit->setValue(10);
        QCOMPARE(chosen.size(), 2);
        QCOMPARE(model.budget().text(), std::string("instructions<=10000000"));
        QVERIFY(sentence->isVisible());
        QVERIFY2(sentence->text().contains(QStringLiteral("<b>int8</b>")), qPrintable(sentence->text()));

        const auto verdict = [&](int row, Column column) {
            return Budget::Verdict(model.index(row, int(column)).data(VariantModel::VerdictRole).toInt());
        };
        QCOMPARE(verdict(0, Column::instructions), Budget::Verdict::exceeded);
        QCOMPARE(verdict(0, Column::variant), Budget::Verdict::exceeded);
        QCOMPARE(verdict(0, Column::sizeBytes), Budget::Verdict::unlimited);
        QCOMPARE(verdict(3, Column::variant), Budget::Verdict::kept);
        const QString tip = model.index(0, int(Column::instructions)).data(Qt::ToolTipRole).toString();
        QVERIFY2(tip.contains(QStringLiteral("Over the budget of 10.0")), qPrintable(tip));
        QTest::mouseClick(box, Qt::LeftButton, {}, QPoint(8, box->height() / 2));
        QVERIFY(model.budget().empty());
        QVERIFY(!sentence->isVisible());
    }

    void trainingGrowsCurves()
    {
        TrainingView view;
        QVERIFY(view.isEmpty() && view.sentence().isEmpty());
        std::vector<TrainedEpoch> epochs{{1, {1, 0.9, 0.5, 1.1, 0.4}}, {1, {2, 0.7, 0.75, 0.8, 0.7}}};
        const QStringList steps{QStringLiteral("first"), QStringLiteral("second")};
        view.setEpochs(epochs, steps);
        const auto charts = [&] {
            std::vector<CurveChart> all;
            for (const CurvePlot *plot : view.findChildren<CurvePlot *>())
                all.push_back(plot->chart());
            return all;
        };
        QCOMPARE(charts().size(), 2u);
        QCOMPARE(charts()[0].curves.size(), 2u);
        QCOMPARE(charts()[0].curves[0].name, QStringLiteral("training")); // there is one step only
        QCOMPARE(charts()[0].curves[1].points, (std::vector<QPointF>{{1, 1.1}, {2, 0.8}}));
        QCOMPARE(charts()[1].curves[0].points, (std::vector<QPointF>{{1, 50}, {2, 75}}));
        QVERIFY2(view.sentence().contains(QStringLiteral("a loss of 0.7000 and 75.00\u00a0% of")),
                 qPrintable(view.sentence()));

        epochs.push_back({2, {3, 0.6, 0.8, {}, {}}});
        view.setEpochs(epochs, steps);
        QCOMPARE(charts().size(), 2u);
        const std::vector<Curve> curves = charts()[0].curves;
        QCOMPARE(curves.size(), 3u);
        QCOMPARE(curves[0].name, QStringLiteral("first"));
        QCOMPARE(curves[1].name, QStringLiteral("first, kept back"));
        QCOMPARE(curves[2].name, QStringLiteral("second"));
        QCOMPARE(curves[2].points, (std::vector<QPointF>{{3, 0.6}}));

        for (QWidget *inner : view.findChildren<CurvePlot *>()[0]->findChildren<QWidget *>()) {
            QWheelEvent wheel({5, 5}, inner->mapToGlobal(QPointF(5, 5)), {}, {0, -120}, Qt::NoButton, Qt::NoModifier,
                              Qt::NoScrollPhase, false);
            QCoreApplication::sendEvent(inner, &wheel);
            QVERIFY(!wheel.isAccepted()); // what the plots stand in scrolls
        }

        view.setEpochs({{1, {1, 0.2, {}, {}, {}}}}, steps); // an autoencoder
        QCOMPARE(charts().size(), 1u);
        view.setEpochs({}, {});
        QVERIFY(view.isEmpty() && charts().empty());
    }

    /// The frame of an empty box stands out from the ground of either theme.
    void boxesToTickAreSeen()
    {
        const ProgramStyle style(QStringLiteral("Fusion"));
        for (const QPalette &palette : {lightPalette(), darkPalette()}) {
            QImage image(16, 16, QImage::Format_RGB32);
            image.fill(palette.color(QPalette::Window));
            QStyleOptionButton option;
            option.rect = image.rect();
            option.palette = palette;
            option.state = QStyle::State_Enabled | QStyle::State_Off;
            QPainter painter(&image);
            style.drawPrimitive(QStyle::PE_IndicatorCheckBox, &option, &painter);
            painter.end();
            const int frame = qGray(image.pixel(0, 8)), ground = qGray(palette.color(QPalette::Window).rgb());
            QVERIFY2(std::abs(frame - ground) > 40, qPrintable(QString::number(frame)));
        }
    }

    void sortsByAClickOnTheHeader()
    {
        VariantModel model;
        ComparisonView view(&model);
        model.setRows(sampleRows());
        view.resize(1000, 400);
        view.show();
        QVERIFY(QTest::qWaitForWindowExposed(&view));
        QHeaderView *header = view.table()->horizontalHeader();
        const QPoint accuracy(header->sectionViewportPosition(int(Column::accuracy)) + 10, 10);
        QTest::mouseClick(header->viewport(), Qt::LeftButton, {}, accuracy);
        const auto shown = [&](int row) {
            return view.table()->model()->index(row, int(Column::variant)).data().toString();
        };
        QCOMPARE(shown(0), QStringLiteral("original"));
        QCOMPARE(shown(1), QStringLiteral("random 30 %"));
        QTest::mouseClick(header->viewport(), Qt::LeftButton, {}, accuracy);
        QCOMPARE(shown(0), QStringLiteral("original"));
        QCOMPARE(shown(1), QStringLiteral("float16"));
        QCOMPARE(shown(7), QStringLiteral("int8 percentile")); // failed: no figure, last
    }

    void boardColumnsComeWithBoards()
    {
        VariantModel model;
        ComparisonView view(&model);
        QVERIFY(!view.visibleColumns().contains(Column::flashBytes));
        view.setExpectsBoards(true);
        QVERIFY(view.visibleColumns().contains(Column::flashBytes));
        view.setExpectsBoards(false);
        model.setRows(sampleRows());
        QVERIFY(view.visibleColumns().contains(Column::instructions));
        QVERIFY(!view.visibleColumns().contains(Column::latencyMs)); // counted, not timed
        QVERIFY(!view.visibleColumns().contains(Column::board));     // one board: every row would say the same
        view.setChosenColumns({Column::accuracy});
        QCOMPARE(view.visibleColumns(), (std::set<Column>{Column::variant, Column::accuracy}));
    }

    void explainsMisleadingFigures_data()
    {
        QTest::addColumn<int>("row");
        QTest::addColumn<QString>("says");
        QTest::addColumn<QString>("suggests");
        QTest::newRow("zeros") << 4 << QStringLiteral("zeros are stored and multiplied")
                               << QStringLiteral("prune-magnitude | remove-sparsity");
        QTest::newRow("chance") << 3 << QStringLiteral("within chance") << QString();
        QTest::newRow("counted") << 0 << QStringLiteral("not the milliseconds") << QString();
        QTest::newRow("float16") << 1 << QStringLiteral("widened") << QString();
    }

    void explainsMisleadingFigures()
    {
        QFETCH(int, row);
        QFETCH(QString, says);
        QFETCH(QString, suggests);
        const std::vector<Row> rows = sampleRows();
        const auto insight = insightAbout(rows[std::size_t(row)], &rows[0]);
        QVERIFY(insight);
        QVERIFY2(insight->text.contains(says), qPrintable(insight->text));
        const auto expected = Recipe::parse(suggests.toStdString());
        QCOMPARE(insight->recipe, suggests.isEmpty() ? QString() : QString::fromStdString(expected->text()));
        // A failed row says why by itself.
        QVERIFY(!insightAbout(rows[7], &rows[0]));
    }

    void knowsTheUncertaintyOfAnAccuracy()
    {
        // Wilson's interval for 90 of 100 is 0.826 to 0.945 (Newcombe 1998 gives the formula): half its width.
        QVERIFY(std::abs(accuracyUncertainty(0.9, 100) - 0.0595) < 0.0005);
        QVERIFY(accuracyUncertainty(1.0, 10) > 0.1);
    }

    void recipesKeepTheModelContractAndTick()
    {
        RecipeListModel model;
        const QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        std::vector<RecipeEntry> entries;
        for (const char *line : {"quantize-int8", "quantize-float16", "prune-random"})
            entries.push_back({*Recipe::parse(line), true, RecipeListModel::freeVariantIndex(entries)});
        model.setEntries(entries);
        QSignalSpy removed(&model, &QAbstractItemModel::rowsRemoved),
            inserted(&model, &QAbstractItemModel::rowsInserted), reset(&model, &QAbstractItemModel::modelReset);
        std::vector<RecipeEntry> fewer = entries;
        fewer.erase(fewer.begin() + 1);
        model.setEntries(fewer);
        QCOMPARE(removed.size(), 1);
        QCOMPARE(RecipeListModel::freeVariantIndex(fewer), 2); // the freed colour is used again
        model.setEntries(entries);
        QCOMPARE(inserted.size(), 1);
        QCOMPARE(reset.size(), 0);
        QCOMPARE(model.variantIndices().value(QStringLiteral("quantize-float16")), 2);

        QListView list;
        list.setModel(&model);
        list.setItemDelegate(new RecipeDelegate(&list));
        list.resize(240, 300);
        list.show();
        QVERIFY(QTest::qWaitForWindowExposed(&list));
        QSignalSpy ticked(&model, &RecipeListModel::tickRequested);
        QStyleOptionViewItem option;
        option.rect = list.visualRect(model.index(1));
        option.font = list.font();
        QTest::mouseClick(list.viewport(), Qt::LeftButton, {}, RecipeDelegate::tickRect(option).center());
        QCOMPARE(ticked.size(), 1);
        QCOMPARE(ticked[0], (QVariantList{1, false}));
        list.setCurrentIndex(model.index(2));
        QTest::keyClick(&list, Qt::Key_Space);
        QCOMPARE(ticked.size(), 2);
        QCOMPARE(ticked[1], (QVariantList{2, false}));
        // A click on the name selects and does not tick.
        QTest::mouseClick(list.viewport(), Qt::LeftButton, {}, list.visualRect(model.index(0)).center());
        QCOMPARE(ticked.size(), 2);
    }

    void listsKeepTheModelContract()
    {
        TechniqueModel techniqueModel;
        const QAbstractItemModelTester techniqueTester(&techniqueModel,
                                                       QAbstractItemModelTester::FailureReportingMode::QtTest);
        QCOMPARE(techniqueModel.rowCount(), int(techniques().size()));
        OperatorModel operators;
        const QAbstractItemModelTester operatorTester(&operators,
                                                      QAbstractItemModelTester::FailureReportingMode::QtTest);
        auto summary = std::make_shared<ModelSummary>();
        summary->macs = 100;
        summary->operators = {
            {QStringLiteral("CONV_2D"), QStringLiteral("a"), QStringLiteral("int8"), QStringLiteral("1×4"), 75, 9, {}},
            {QStringLiteral("CUSTOM"), {}, {}, {}, 25, 0, QStringLiteral("not known")}};
        operators.setSummary(summary);
        QCOMPARE(operators.index(0, OperatorModel::MacsColumn).data(OperatorModel::ShareRole).toDouble(), 0.75);
        QVERIFY(operators.index(1, 0).data(Qt::ToolTipRole).toString().contains(QStringLiteral("not known")));

        LayerModel layers;
        const QAbstractItemModelTester layerTester(&layers, QAbstractItemModelTester::FailureReportingMode::QtTest);
        auto record = std::make_shared<BenchRecord>();
        record->layers = {{"conv", "CONV_2D", 100, {}, 300, 2.5, "somebody"}, {"out", "SOFTMAX", 0, {}, 100}};
        layers.setRecord(record);
        const auto text = [&](int row, int column) { return layers.index(row, column).data().toString(); };
        QCOMPARE(layers.index(0, LayerModel::SpentColumn).data(LayerModel::ShareRole).toDouble(), 0.75);
        QCOMPARE(text(0, LayerModel::PerMacColumn), QStringLiteral("3.00"));
        QCOMPARE(text(0, LayerModel::BestColumn), QStringLiteral("2.50"));
        QCOMPARE(text(1, LayerModel::PerMacColumn) + text(1, LayerModel::BestColumn), QString());
        QCOMPARE(layers.sources(), QStringLiteral("somebody"));
        QCOMPARE(layers.headerData(LayerModel::SpentColumn, Qt::Horizontal).toString(), QStringLiteral("Instr."));
        layers.setRecord(nullptr);
        QCOMPARE(layers.rowCount(), 0);
    }

    void messagesStayUntilTheyAreClosed()
    {
        MessageBar bar;
        QVERIFY(bar.isHidden());
        bar.add(QStringLiteral("first"));
        bar.add(QStringLiteral("second"));
        bar.add(QStringLiteral("first")); // again: one message, the newest
        QCOMPARE(bar.messages(), (QStringList{QStringLiteral("second"), QStringLiteral("first")}));
        QVERIFY(!bar.isHidden());
        QCOMPARE(bar.findChild<QLabel *>(QStringLiteral("messageText"))->text(), QStringLiteral("first"));
        QTest::mouseClick(bar.findChild<QToolButton *>(QStringLiteral("copyMessages")), Qt::LeftButton);
        QCOMPARE(QGuiApplication::clipboard()->text(), QStringLiteral("second\nfirst"));
        QTest::mouseClick(bar.findChild<QToolButton *>(QStringLiteral("closeMessages")), Qt::LeftButton);
        QVERIFY(bar.isHidden());
    }

    void aMessageThatAsksForHandsShowsHow()
    {
        MessageBar bar;
        bar.add(QStringLiteral("press its reset button twice"),
                QStringLiteral(ESPALIER_SOURCE_DIR "/resources/pictures/nano33ble-reset.svg"));
        bar.add(QStringLiteral("plain"));
        auto *show = bar.findChild<QToolButton *>(QStringLiteral("showHow"));
        QVERIFY(show->isHidden());
        bar.add(QStringLiteral("press its reset button twice"));
        QVERIFY(!show->isHidden());
        QTest::mouseClick(show, Qt::LeftButton);
        auto *dialog = bar.findChild<QDialog *>(QStringLiteral("pictureDialog"));
        QVERIFY(dialog && !dialog->isHidden());
        bool isDrawn = false; // its red arrows
        for (QLabel *label : dialog->findChildren<QLabel *>()) {
            const QImage image = label->pixmap().toImage();
            for (int y = 0; y < image.height() && !isDrawn; ++y)
                for (int x = 0; x < image.width() && !isDrawn; ++x)
                    isDrawn = image.pixelColor(x, y) == QColor(0xc8, 0x10, 0x2e);
        }
        QVERIFY(isDrawn);
        bar.clear();
        QVERIFY(show->isHidden());
    }

    void forecastsOnlyWhatItCanKnow()
    {
        QVERIFY(secondsLeft(0.5, 0.5) < 0);
        QVERIFY(secondsLeft(10, 0.01) < 0);
        QCOMPARE(secondsLeft(10, 0.25), 30.0);
    }

    void tellsWhichBoardsAModelFits()
    {
        const std::string remedy = "quantize-int8 brings it to about a quarter";
        const auto fit = [&](const char *title, std::int64_t constants, std::int64_t arena) {
            BoardFit result;
            result.board = result.title = title;
            result.ramBytes = 256 << 10;
            result.flashBytes = 1 << 20;
            result.arenaBytes = arena;
            result.constantBytes = constants;
            result.fits = constants <= result.flashBytes && arena <= result.ramBytes;
            if (!result.fits) {
                result.why = "it is too large %1"; // a percent sign of a tensor's name is no placeholder
                result.remedy = remedy;
            }
            return result;
        };
        std::vector<BoardFit> fits = {fit("A", 1000, 1000), fit("B", 1000, 1000), fit("C", 2 << 20, 1000),
                                      fit("D", 2 << 20, 1000), fit("E", 1000, 300 << 10)};
        fits.emplace_back().title = "F";
        fits.back().why = "CUSTOM '%1' cannot run there";
        const BoardFitTexts texts = boardFitTexts(fits);
        QCOMPARE(texts.good, QStringLiteral("✓ fits A, B"));
        QString bad = texts.bad;
        QCOMPARE(bad.replace(QChar(0x00a0), QLatin1Char(' ')),
                 QStringLiteral("✗ too large for C, D: constants of 2,048.0 KiB, flash of 1,024.0 KiB\n"
                                "✗ too large for E: activations of 300.0 KiB, RAM of 256.0 KiB\n"
                                "→ quantize-int8 brings it to about a quarter\n"
                                "✗ cannot run on F: CUSTOM '%1' cannot run there"));
        QCOMPARE(texts.detail.count(QLatin1Char('\n')), 5);
        fits[1].note = "its input is copied";
        const BoardFitTexts noted = boardFitTexts(std::span(fits).first(2));
        QCOMPARE(noted.good, QStringLiteral("✓ fits every known board"));
        QCOMPARE(noted.bad, QStringLiteral("✗ cannot be measured on B"));
        QCOMPARE(noted.detail, QStringLiteral("A: fits\nB: its input is copied"));
        fits[1].note.clear();

        ModelCard card;
        auto *good = card.findChild<QLabel *>(QStringLiteral("boardFits"));
        auto *notGood = card.findChild<QLabel *>(QStringLiteral("boardMisfits"));
        auto summary = std::make_shared<ModelSummary>();
        card.setModel(QStringLiteral("m"), {}, summary);
        QVERIFY(good->isHidden() && notGood->isHidden()); // nobody asked: nothing is claimed
        summary->fits = fits;
        card.setModel(QStringLiteral("m"), {}, summary);
        QVERIFY(!good->isHidden() && !notGood->isHidden());
        QVERIFY(good->palette().windowText().color() != notGood->palette().windowText().color());
        summary->fits.resize(2);
        card.setModel(QStringLiteral("m"), {}, summary);
        QVERIFY(!good->isHidden() && notGood->isHidden());
    }

    void modelCardShowsEveryLine()
    {
        QWidget panel;
        auto *layout = new QVBoxLayout(&panel);
        auto *card = new ModelCard(&panel);
        layout->addWidget(card);
        layout->addWidget(new QWidget(&panel), 1);
        panel.resize(244, 700);
        panel.show();
        QVERIFY(QTest::qWaitForWindowExposed(&panel));
        auto summary = std::make_shared<ModelSummary>();
        summary->input = summary->output = QStringLiteral("uint8 1×224×224×3");
        const auto name = QStringLiteral("a_name_of_a_model_that_is_longer_than_the_panel_is_wide.tflite");
        card->setModel(name, {}, summary); // boards are asked later
        QCoreApplication::processEvents();
        for (const char *title : {"Cortex-M4F (QEMU)", "Cortex-M7 (QEMU)", "Cortex-M0+ (QEMU)",
                                  "Raspberry Pi Pico (emulated)", "Raspberry Pi Pico", "Raspberry Pi Pico 2"}) {
            BoardFit fit;
            fit.title = title;
            fit.fits = true;
            summary->fits.push_back(fit);
        }
        summary->fits.emplace_back().title = "Arduino Nano 33 BLE";
        card->setModel(name, {}, summary);
        QCoreApplication::sendPostedEvents();
        QCoreApplication::processEvents();
        for (const auto *label : card->findChildren<QLabel *>())
            if (label->isVisible())
                QVERIFY2(label->height() >= label->heightForWidth(label->width()), qPrintable(label->text()));
        QVERIFY(card->minimumSizeHint().width() < panel.width()); // else its height would be that of a wider card
    }

    void secondaryTextIsReadable_data()
    {
        QTest::addColumn<QPalette>("palette");
        QTest::newRow("light") << lightPalette();
        QTest::newRow("dark") << darkPalette();
    }

    void secondaryTextIsReadable()
    {
        // WCAG 2.1: contrast of at least 4.5 to 1 on every ground that carries text.
        QFETCH(QPalette, palette);
        const Tones t = tones(palette);
        for (const QColor &ground : {palette.color(QPalette::Base), palette.color(QPalette::Window), t.baseline,
                                     t.selection, t.hover, t.warning})
            QVERIFY(contrast(palette.color(QPalette::Text), ground) >= 4.5);
        for (const QColor &ground : {palette.color(QPalette::Base), palette.color(QPalette::Window), t.hover})
            for (const QColor &ink : {t.muted, t.good, t.bad, t.accent})
                QVERIFY2(contrast(ink, ground) >= 4.5, qPrintable(ink.name() + QLatin1Char(' ') + ground.name()));
        for (const QColor &ink : {t.muted, t.good, t.bad})
            QVERIFY2(contrast(ink, t.selection) >= 3.9, qPrintable(ink.name() + QLatin1Char(' ') + t.selection.name()));
    }

private:
    static double contrast(const QColor &a, const QColor &b)
    {
        const auto luminance = [](const QColor &c) {
            const auto linear = [](double v) { return v <= 0.03928 ? v / 12.92 : std::pow((v + 0.055) / 1.055, 2.4); };
            return 0.2126 * linear(c.redF()) + 0.7152 * linear(c.greenF()) + 0.0722 * linear(c.blueF());
        };
        const double x = luminance(a), y = luminance(b);
        return (std::max(x, y) + 0.05) / (std::min(x, y) + 0.05);
    }
};

QTEST_MAIN(TestViews)
#include "tst_views.moc"
