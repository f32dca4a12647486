// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/file.h"
#include "support/samplebench.h"
#include "support/samplerows.h"
#include "widgets/models/variantmodel.h"
#include "widgets/plots/axisscale.h"
#include "widgets/plots/flashbar.h"
#include "widgets/plots/labelplacer.h"
#include "widgets/plots/memorytimeline.h"
#include "widgets/plots/tradeoffdata.h"
#include "widgets/plots/tradeoffplot.h"

#include <QSignalSpy>
#include <QTemporaryDir>
#include <QXmlStreamReader>
#include <QtTest>

#include <random>

using namespace espalier;
using namespace espalier::ui;

class TestPlots : public QObject
{
    Q_OBJECT
private slots:
    void initTestCase() { QLocale::setDefault(QLocale(QLocale::English, QLocale::UnitedStates)); }

    void placesLabelsWithoutCollisions_data()
    {
        QTest::addColumn<unsigned>("seed");
        for (unsigned seed = 0; seed < 20; ++seed)
            QTest::addRow("seed %u", seed) << seed;
    }

    void placesLabelsWithoutCollisions()
    {
        QFETCH(unsigned, seed);
        std::mt19937 random(seed);
        const QRectF bounds(0, 0, 600, 400);
        std::vector<LabelRequest> requests;
        for (int i = 0; i < 25; ++i)
            requests.push_back(
                {{double(random() % 600), double(random() % 400)}, 6, {40.0 + double(random() % 80), 14}});
        const std::vector<QRectF> obstacles = {{100, 200, 400, 2}};
        const auto places = placeLabels(requests, bounds, obstacles);
        QCOMPARE(places.size(), requests.size());
        QVERIFY(std::ranges::count_if(places, [](const auto &p) { return p.has_value(); }) > 15);
        for (std::size_t i = 0; i < places.size(); ++i) {
            if (!places[i])
                continue;
            QVERIFY(bounds.contains(places[i]->rect));
            QVERIFY(!obstacles[0].intersects(places[i]->rect));
            for (std::size_t j = 0; j < i; ++j)
                QVERIFY(!places[j] || !places[j]->rect.intersects(places[i]->rect));
            for (const LabelRequest &request : requests)
                QVERIFY(!places[i]->rect.contains(request.dot));
        }
    }

    void cutsLabelsRatherThanLeaveThemOut()
    {
        LabelRequest request{{300, 10}, 6, {580, 14}, 60};
        const QRectF bounds(0, 0, 600, 20);
        QCOMPARE(placeLabels(std::span(&request, 1), bounds)[0]->rect.width(), 60.0);
        request.size.setWidth(80); // which has room
        QCOMPARE(placeLabels(std::span(&request, 1), bounds)[0]->rect.width(), 80.0);
        request = {{300, 10}, 6, {580, 14}};
        QVERIFY(!placeLabels(std::span(&request, 1), bounds)[0]);
    }

    void ticksAreRound()
    {
        const auto of = [](double lower, double upper, bool logarithmic) {
            QStringList texts;
            for (const QString &text : tickTexts(ticks({lower, upper, logarithmic}, 5), QLocale::c()))
                texts += text;
            return texts.join(QLatin1Char(' '));
        };
        QCOMPARE(of(0, 100, false), QStringLiteral("0 20 40 60 80 100"));
        QCOMPARE(of(90.2, 91.7, false), QStringLiteral("90.5 91.0 91.5"));
        QCOMPARE(of(1, 1000, true), QStringLiteral("1 10 100 1000"));
        QCOMPARE(of(18, 120, true), QStringLiteral("20 50 100"));
    }

    void scalesShowEveryValue_data()
    {
        QTest::addColumn<QList<double>>("values");
        QTest::newRow("none") << QList<double>{};
        QTest::newRow("one") << QList<double>{3.5};
        QTest::newRow("equal") << QList<double>{7, 7, 7};
        QTest::newRow("zero") << QList<double>{0};
        QTest::newRow("usual") << QList<double>{33.3, 97.5, 49.8};
        QTest::newRow("negative") << QList<double>{-3, 2};
        QTest::newRow("wide") << QList<double>{1e-3, 1e9};
    }

    void scalesShowEveryValue()
    {
        QFETCH(QList<double>, values);
        for (const bool logarithmic : {false, true}) {
            const AxisScale scale = scaleFor(std::vector<double>(values.begin(), values.end()), logarithmic);
            QVERIFY(scale.lower < scale.upper);
            for (const double value : values) {
                QVERIFY(scale.share(value) > 0 && scale.share(value) < 1);
            }
            QVERIFY(ticks(scale, 6).size() >= 2);
            QVERIFY(ticks(scale, 6).size() < 20);
        }
    }

    void findsTheParetoLine()
    {
        const std::vector<Row> rows = sampleRows();
        const TradeoffData data = tradeoffData(rows, Column::sizeBytes, Column::accuracy);
        QCOMPARE(data.points.size(), rows.size() - 1); // the failed row has no dot
        QStringList front;
        for (const std::size_t i : data.front)
            front += pointLabel(rows, data.points[i].row);
        QCOMPARE(front.first(), QStringLiteral("int8"));
        QVERIFY(front.contains(QStringLiteral("float16")));
        QVERIFY(!front.contains(QStringLiteral("random 30 %")));
        QCOMPARE(data.xTitle, QStringLiteral("File (KiB)"));
        QCOMPARE(tradeoffData(rows, Column::instructions, Column::accuracy).xTitle,
                 QStringLiteral("Instructions (M), counted"));
    }

    void selectsByMouseAndKeys()
    {
        VariantModel model;
        TradeoffPlot plot(&model);
        plot.resize(700, 400);
        plot.show();
        QVERIFY(QTest::qWaitForWindowExposed(&plot));
        model.setRows(sampleRows());
        plot.grab(); // lays out the axes
        QSignalSpy selected(&plot, &TradeoffPlot::rowSelected), hovered(&plot, &TradeoffPlot::rowHovered);
        auto *canvas = plot.findChild<QWidget *>(QStringLiteral("tradeoffCanvas"));
        for (const int row : {0, 1, 6}) {
            const auto at = plot.positionOf(row);
            QVERIFY(at);
            const QPoint position = canvas->mapFrom(&plot, *at);
            QTest::mouseMove(canvas, position);
            QTest::mouseClick(canvas, Qt::LeftButton, {}, position);
            QVERIFY(!selected.isEmpty());
            // Two variants may share a dot; the one that answers is at the same place, to a pixel of rounding.
            const auto answer = plot.positionOf(selected.takeLast().first().toInt());
            QVERIFY2(
                (*answer - *at).manhattanLength() <= 4,
                qPrintable(QStringLiteral("row %1, %2 pixels off").arg(row).arg((*answer - *at).manhattanLength())));
        }
        QVERIFY(!hovered.isEmpty());
        QVERIFY(!plot.positionOf(7)); // failed: no dot
        selected.clear();
        QTest::mouseClick(canvas, Qt::LeftButton, {}, canvas->rect().center());
        QVERIFY(selected.isEmpty());

        plot.setCurrentRow(3);
        QTest::keyClick(canvas, Qt::Key_Right);
        QCOMPARE(selected.size(), 1);
        const int next = selected.last().first().toInt();
        QVERIFY(plot.positionOf(next)->x() >= plot.positionOf(3)->x());
        QVERIFY(next != 3);
    }

    void changesAxes()
    {
        VariantModel model;
        model.setRows(sampleRows());
        TradeoffPlot plot(&model);
        plot.resize(700, 400);
        plot.setColumns(Column::instructions, Column::accuracy);
        plot.setLogarithmic(Qt::XAxis, true);
        plot.grab();
        QCOMPARE(plot.xColumn(), Column::instructions);
        QVERIFY(plot.isLogarithmic(Qt::XAxis));
        QVERIFY(plot.positionOf(3)->x() < plot.positionOf(0)->x());
        plot.setColumns(Column::latencyMs, Column::accuracy); // nobody has it
        QVERIFY(!plot.positionOf(0));
        plot.grab();
    }

    void writesTheSamePlotAsSvg()
    {
        const QTemporaryDir folder;
        const std::filesystem::path path = folder.filePath(QStringLiteral("plot.svg")).toStdString();
        const std::vector<Row> rows = sampleRows();
        const Result<void> written = writeTradeoffSvg(rows, Column::sizeBytes, Column::accuracy, path);
        QVERIFY(written);
        const Bytes bytes = *readFile(path);
        QXmlStreamReader reader(QByteArray(reinterpret_cast<const char *>(bytes.data()), qsizetype(bytes.size())));
        QStringList texts;
        int markers = 0, lines = 0;
        while (!reader.atEnd()) {
            if (reader.readNext() != QXmlStreamReader::StartElement)
                continue;
            if (reader.name() == QLatin1String("text"))
                texts += reader.readElementText();
            else if (reader.name() == QLatin1String("circle") || reader.name() == QLatin1String("polygon"))
                ++markers;
            else if (reader.name() == QLatin1String("polyline"))
                ++lines;
        }
        QVERIFY2(!reader.hasError(), qPrintable(reader.errorString()));
        QCOMPARE(markers, 7);
        QCOMPARE(lines, 1);
        for (const char *expected : {"Accuracy (%)", "File (KiB)", "original", "magnitude 50 % → int8"})
            QVERIFY2(texts.contains(QString::fromUtf8(expected)), expected);
        QVERIFY(!writeTradeoffSvg(rows, Column::sizeBytes, Column::accuracy, "/nonexistent/plot.svg"));
        QVERIFY(writeTradeoffSvg({}, Column::sizeBytes, Column::accuracy, path));
    }

    void timelineTellsThePeakAndEachLayer()
    {
        MemoryTimeline timeline;
        timeline.setArena(sampleRecord().arena, 8192);
        const auto plain = [](QString text) { return text.replace(QChar(0x00a0), QLatin1Char(' ')); };
        QCOMPARE(plain(timeline.sentence()),
                 QStringLiteral("Peak of 5.00 KiB at layer 2, where these live together: b (3.00 KiB), c (2.00 KiB). "
                                "The arena takes 75.0 % of the board's 8.00 KiB of RAM."));
        QCOMPARE(timeline.accessibleDescription(), timeline.sentence());
        timeline.resize(240, timeline.sizeHint().height());
        timeline.show();
        QVERIFY(QTest::qWaitForWindowExposed(&timeline));
        // The keys begin at the peak and stop at the ends.
        QTest::keyClick(&timeline, Qt::Key_Right);
        QCOMPARE(timeline.currentLayer(), 1);
        QTest::keyClick(&timeline, Qt::Key_Right);
        QTest::keyClick(&timeline, Qt::Key_Right);
        QCOMPARE(timeline.currentLayer(), 2);
        QTest::keyClick(&timeline, Qt::Key_Home);
        QCOMPARE(timeline.currentLayer(), 0);
        QVERIFY(plain(timeline.accessibleDescription()).contains(QStringLiteral("scratch: 512 B at 4,096")));
        timeline.setArena({}, 0);
        QTest::keyClick(&timeline, Qt::Key_Right);
        QVERIFY(!timeline.currentLayer() && timeline.sentence().isEmpty());
    }

    void flashBarSaysItsNumbers()
    {
        FlashBar bar;
        bar.setParts(*sampleRecord().flash);
        QString text = bar.accessibleDescription();
        QCOMPARE(text.replace(QChar(0x00a0), QLatin1Char(' ')),
                 QStringLiteral("From left to right: weights 14.0 KiB, constants 1.00 KiB, kernels 5.00 KiB, libraries "
                                "2.00 KiB; the harness, 2.50 KiB, is not counted."));
    }
};

QTEST_MAIN(TestPlots)
#include "tst_plots.moc"
