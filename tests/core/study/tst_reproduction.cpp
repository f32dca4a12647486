// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/study/reproduction.h"
#include "core/train/architectures/architecture.h"

#include "support/shareddata.h"

#include <QtTest>

#include <array>
#include <cmath>

using namespace espalier;

namespace {

/// Images of two classes that differ in brightness.
DatasetPtr images(std::size_t count)
{
    auto data = std::make_shared<Dataset>();
    data->name = "images";
    data->classes = 2;
    Random random(2);
    for (Samples *samples : {&data->train, &data->calibration, &data->test}) {
        std::vector<float> values;
        for (std::size_t i = 0; i < count; ++i) {
            samples->labels.push_back(std::int32_t(i % 2));
            for (int k = 0; k < 12 * 12; ++k)
                values.push_back(float(random.uniform() * 0.5 + 0.5 * double(i % 2)));
        }
        samples->shape = {12, 12, 1};
        samples->count = count;
        samples->values = sharedBytes(values);
    }
    return data;
}

Result<Reproduction> reproduced(const char *table, const DatasetPtr &data, const Progress &progress = {},
                                int epochs = 1)
{
    ReproductionRequest request;
    request.table = findPaperTable(table);
    request.data = data;
    request.epochs = epochs;
    request.threads = 1;
    return reproduce(request, {}, progress);
}

} // namespace

class ReproductionTest : public QObject
{
    Q_OBJECT

private slots:
    void tablesAreWhole()
    {
        QVERIFY(!paperTables().empty());
        for (const PaperTable *table : paperTables()) {
            QVERIFY(findPaperTable(table->id) == table);
            QVERIFY(!table->source.empty() && !table->published.empty() && !table->here.empty());
            for (const PaperRow &row : table->rows) {
                QCOMPARE(row.published.size(), table->columns.size());
                QVERIFY2(findArchitecture(row.architecture), row.architecture.data());
                const Result<Recipe> recipe = Recipe::parse(row.recipe);
                QVERIFY2(recipe, recipe ? "" : recipe.error().message.c_str());
                for (const std::string_view figure : row.published)
                    QVERIFY2(figure.find("↑") == figure.npos && figure.find("↓") == figure.npos, row.title.data());
            }
        }
        QVERIFY(!findPaperTable("loureiro-9"));
    }

    void arrowsAreSpelledOut()
    {
        QCOMPARE(spelledOut("75% ↓"), std::string("75 % lower"));
        QCOMPARE(spelledOut("20% ↑"), std::string("20 % higher"));
        QCOMPARE(spelledOut("1.94x ↑"), std::string("1.94 times as large"));
        QCOMPARE(spelledOut("4x ↓"), std::string("4 times smaller"));
        QCOMPARE(spelledOut("0.3 pp ↓"), std::string("0.3 points lower"));
        for (const char *same : {"1x", "0%", "0 pp"})
            QCOMPARE(spelledOut(same), std::string("unchanged"));
        QCOMPARE(spelledOut("60%"), std::string("60 %"));
        QCOMPARE(spelledOut(""), std::string());
    }

    void fillsRowsAndTellsTheConditions()
    {
        const Result<Reproduction> table = reproduced("loureiro-3", images(40));
        QVERIFY2(table, table ? "" : table.error().message.c_str());
        QCOMPARE(table->rows.size(), table->table->rows.size());
        for (const ReproducedRow &row : table->rows) {
            QVERIFY(row.paper);
            QVERIFY2(row.row.status() == Status::ok, row.row.text(Column::why).c_str());
            QCOMPARE(row.cells.size(), table->table->columns.size());
            for (const std::string &cell : row.cells)
                QVERIFY(!cell.empty());
        }
        QVERIFY(table->rows[0].cells[2].ends_with("times smaller")); // int8 against float
        QCOMPARE(table->rows[2].cells[2], std::string("unchanged")); // playground's grid is stored as float
        QVERIFY(table->notes[0].starts_with("Paper: published"));
        QVERIFY(table->notes[1].find("1 epoch on images, 40 training and 40 test samples") != std::string::npos);
    }

    void trainsTheNetworksOfThePaper()
    {
        const Result<Reproduction> table = reproduced("loureiro-2", images(16));
        QVERIFY2(table, table ? "" : table.error().message.c_str());
        for (const ReproducedRow &row : table->rows)
            QVERIFY2(row.row.status() == Status::ok, row.row.text(Column::why).c_str());
        QVERIFY(table->rows[0].cells[3].ends_with("times as large")); // masks kept
        QCOMPARE(table->rows[2].cells[2].substr(0, 2), std::string("32"));
        // Channels that are gone leave no zeros: their share is told.
        const std::string &channels = table->rows[3].cells[2];
        QVERIFY2(channels.ends_with(" % of channels") && std::stod(channels) > 45 && std::stod(channels) < 60,
                 channels.c_str());
        QCOMPARE(table->rows[3].row.number(Column::sparsity), std::optional(0.0));
        QVERIFY(*table->rows[0].original.number(Column::parameters) > 2e6); // MobileNetV2
        QVERIFY(*table->rows[2].original.number(Column::parameters) < 1e5); // the small CNN
    }

    /// The whole chain of Audi et al. on recordings of a motion sensor.
    void theSmallNetworkLearnsGestures()
    {
        ESPALIER_NEEDS_SHARED("data/imu-digit-gestures");
        const Result<DatasetPtr> data = openDataset(sharedFolder() / "data/imu-digit-gestures");
        QVERIFY2(data, data ? "" : data.error().message.c_str());
        ReproductionRequest request;
        request.table = findPaperTable("audi-1");
        request.data = *data;
        request.epochs = 100;
        const Result<Reproduction> table = reproduce(request, {}, {});
        QVERIFY2(table, table ? "" : table.error().message.c_str());
        QCOMPARE(table->rows.size(), std::size_t(4));
        std::array<double, 4> accuracy{}, size{}, zipped{};
        for (std::size_t i = 0; i < 4; ++i) {
            const Row &row = table->rows[i].row;
            QVERIFY2(row.status() == Status::ok, row.text(Column::why).c_str());
            accuracy[i] = *row.number(Column::accuracy);
            size[i] = *row.number(Column::sizeBytes);
            zipped[i] = *row.number(Column::zippedBytes);
            QVERIFY2(accuracy[i] > 0.25, qPrintable(QString::number(accuracy[i]))); // of ten digits
        }
        QCOMPARE(size[1], size[0]);       // zeros are stored
        QVERIFY(zipped[1] < zipped[0]);   // and zipped
        QVERIFY(size[2] < 0.8 * size[0]); // half the filters
        QVERIFY(std::abs(accuracy[3] - accuracy[2]) <= 0.05);
        const std::int64_t simple = std::stoll(table->rows[0].cells[3]), reshaped = std::stoll(table->rows[2].cells[3]);
        QCOMPARE(table->rows[1].cells[3], table->rows[0].cells[3]);
        QCOMPARE(reshaped, (simple - 60) / 2 + 60); // but for 10 biases and SOFTMAX of 10, all is by filter
        QVERIFY(table->notes[1].find("each channel standardised") != std::string::npos);
    }

    void failedRowsSayWhy()
    {
        ReproductionRequest request;
        request.table = findPaperTable("loureiro-2");
        request.data = images(40);
        request.model = findArchitecture("mlp")->build({{12, 12, 1}, 2})->model;
        request.threads = 1;
        const Result<Reproduction> table = reproduce(request, {}, {});
        QVERIFY2(table, table ? "" : table.error().message.c_str());
        QCOMPARE(table->rows[1].row.status(), Status::failed); // no 1x1 convolutions for XNNPACK
        const auto saysWhy = [](const std::string &note) {
            return note.starts_with("XNNPACK, MobileNetV2, XNNPack failed: ");
        };
        QVERIFY(std::ranges::any_of(table->notes, saysWhy));
    }

    /// Images of huge values, which batch norms stand and the small network does not: all its rows fail, and of the
    /// others at most what is trained again with its batch norms folded.
    void aNetworkThatDivergesFailsItsOwnRows()
    {
        auto data = std::make_shared<Dataset>(*images(16));
        const std::size_t count = data->train.count * 144;
        data->train.values = sharedBytes(std::vector<float>(count, 1e18f));
        const Result<Reproduction> table = reproduced("loureiro-2", data, {}, 3);
        QVERIFY2(table, table ? "" : table.error().message.c_str());
        QCOMPARE(table->rows.size(), table->table->rows.size());
        for (const ReproducedRow &row : table->rows) {
            QVERIFY(row.paper);
            QCOMPARE(row.cells.size(), table->table->columns.size());
            const std::string &why = row.row.text(Column::why);
            if (row.paper->architecture != "cnn") {
                QVERIFY2(row.row.status() == Status::ok || !row.paper->recipe.empty(), why.c_str());
                QCOMPARE(row.cells[3].empty(), row.row.status() != Status::ok);
                continue;
            }
            QCOMPARE(row.row.status(), Status::failed);
            QVERIFY2(why.find("training diverged") != std::string::npos, why.c_str());
            QCOMPARE(row.cells, std::vector<std::string>(table->table->columns.size()));
            const std::string note = std::string(row.paper->title) + " failed: " + why;
            QVERIFY(std::ranges::find(table->notes, note) != table->notes.end());
        }
    }

    /// Of a set ordered by class a quick run takes samples of all classes.
    void aQuickRunSeesAllClasses()
    {
        auto data = std::make_shared<Dataset>(*images(200));
        for (Samples *samples : {&data->train, &data->test})
            for (std::size_t i = 0; i < samples->count; ++i)
                samples->labels[i] = std::int32_t(i / 100); // which nothing in the images tells
        ReproductionRequest request;
        request.table = findPaperTable("loureiro-3");
        request.data = data;
        request.epochs = 1;
        request.quick = 80;
        request.threads = 1;
        const Result<Reproduction> table = reproduce(request, {}, {});
        QVERIFY2(table, table ? "" : table.error().message.c_str());
        QVERIFY(*table->rows[0].original.number(Column::accuracy) < 0.9);
    }

    void refusesDataWithoutTrainingSamples()
    {
        auto data = std::make_shared<Dataset>(*images(4));
        data->train = {};
        const Result<Reproduction> table = reproduced("loureiro-3", data);
        QVERIFY(!table);
        QCOMPARE(table.error().code, ErrorCode::unusableInput);
        std::stop_source stop;
        stop.request_stop();
        const Result<Reproduction> stopped = reproduced("loureiro-3", images(4), Progress(stop.get_token(), {}));
        QVERIFY(!stopped);
        QCOMPARE(stopped.error().code, ErrorCode::cancelled);
    }
};

QTEST_GUILESS_MAIN(ReproductionTest)
#include "tst_reproduction.moc"
