// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "datafiles.h"
#include "hostile.h"
#include "support/shareddata.h"

#include <QTemporaryDir>

#include <cmath>

using namespace espalier;
using namespace espalier::datafiles;

class TestMlperfTiny : public QObject
{
    Q_OBJECT

private slots:
    void init() { m_folder = std::make_unique<QTemporaryDir>(); }
    void keepsTheOrderOfTheLabels();
    void judgesTheType();
    void cutsRecordingsIntoWindows();
    void refusesWrongLines_data();
    void refusesWrongLines();
    void refusesWrongFiles();
    void refusesDamage();
    void readsTheKeywordSamples();

private:
    std::filesystem::path folder() const { return m_folder->path().toStdString(); }
    template <class Content>
    void write(const std::string &name, const Content &content) const
    {
        put(folder() / name, content);
    }

    std::unique_ptr<QTemporaryDir> m_folder;
};

void TestMlperfTiny::keepsTheOrderOfTheLabels()
{
    write("y_labels.csv", "b.bin,12,7\r\na.bin,12,0\r\n\r\nc.bin,12,11\r\n");
    write("a.bin", Bytes{1, 2, 3});
    write("b.bin", Bytes{4, 255, 6});
    write("c.bin", Bytes{7, 128, 127});
    const Result<DatasetPtr> opened = openDataset(folder());
    QVERIFY2(opened, opened ? "" : opened.error().message.c_str());
    const Dataset &set = **opened;
    QCOMPARE(set.kind, std::string("mlperf-tiny"));
    QCOMPARE(set.test.count, 3u);
    QCOMPARE(set.test.type, DType::int8);
    QCOMPARE(set.test.shape, (Shape{3}));
    QCOMPARE(set.test.labels, (std::vector<std::int32_t>{7, 0, 11}));
    QCOMPARE(*set.test.values, (Bytes{4, 255, 6, 1, 2, 3, 7, 128, 127}));
    QCOMPARE(set.classes, 12u);
    QCOMPARE(set.calibration.count, 0u);
    QVERIFY(set.test.recordings.empty());
    VERIFY_SAYS(set.division, "All 3 samples are for testing");
}

void TestMlperfTiny::judgesTheType()
{
    write("y_labels.csv", "a.bin,2,1\n");
    write("a.bin", bytesOf(std::vector<float>{0.5f, -12.25f, 0, 300, 1e-3f}));
    Result<DatasetPtr> opened = openDataset(folder());
    QVERIFY(opened);
    QCOMPARE((*opened)->test.type, DType::float32);
    QCOMPARE((*opened)->test.shape, (Shape{5}));
    VERIFY_SAYS((*opened)->division, "float32");

    // A picture: brightness rises and falls slowly through the middle grey.
    Bytes picture;
    for (int i = 0; i < 1024; ++i)
        picture.push_back(std::uint8_t(128 + std::lround(60 * std::sin(i * 0.4))));
    write("a.bin", picture);
    opened = openDataset(folder());
    QVERIFY(opened);
    QCOMPARE((*opened)->test.type, DType::uint8);

    // A quantized spectrum: small numbers around zero.
    for (std::uint8_t &value : picture)
        value = std::uint8_t(value + 128);
    write("a.bin", picture);
    opened = openDataset(folder());
    QVERIFY(opened);
    QCOMPARE((*opened)->test.type, DType::int8);
}

void TestMlperfTiny::cutsRecordingsIntoWindows()
{
    write("y_labels.csv", "a.bin,2,0,4,2\nb.bin,2,1,4,2\n");
    write("a.bin", Bytes{1, 2, 3, 4, 5, 6, 7, 8, 9});
    write("b.bin", Bytes{11, 12, 13, 14});
    const Result<DatasetPtr> opened = openDataset(folder());
    QVERIFY2(opened, opened ? "" : opened.error().message.c_str());
    const Samples &test = (*opened)->test;
    QCOMPARE(test.count, 4u);
    QCOMPARE(*test.values, (Bytes{1, 2, 3, 4, 3, 4, 5, 6, 5, 6, 7, 8, 11, 12, 13, 14}));
    QCOMPARE(test.labels, (std::vector<std::int32_t>{0, 0, 0, 1}));
    QCOMPARE(test.recordings, (std::vector<std::int32_t>{0, 0, 0, 1}));
    QCOMPARE(test.first(2).recordings.size(), 2u);
}

void TestMlperfTiny::refusesWrongLines_data()
{
    QTest::addColumn<QString>("labels");
    QTest::addColumn<QString>("says");
    QTest::newRow("label out of range") << "a.bin,2,1\na.bin,2,2"
                                        << "line 2: label 2 is out of range";
    QTest::newRow("negative label") << "a.bin,2,-1"
                                    << "line 1: label -1";
    QTest::newRow("missing label") << "a.bin,2,1\n\na.bin,2"
                                   << "line 3: has 2 values";
    QTest::newRow("empty label") << "a.bin,2,"
                                 << "line 1: '' is not a whole number";
    QTest::newRow("label in words") << "a.bin,2,yes"
                                    << "'yes' is not a whole number";
    QTest::newRow("missing file") << "a.bin,2,1\nb.bin,2,0"
                                  << "line 2: cannot open";
    QTest::newRow("another folder's file") << "../a.bin,2,1"
                                           << "not the name of a file in this folder";
    QTest::newRow("absolute file") << "/etc/hostname,2,1"
                                   << "not the name of a file in this folder";
    QTest::newRow("a folder") << ".,2,1"
                              << "line 1";
    QTest::newRow("no file") << ",2,1"
                             << "not the name of a file";
    QTest::newRow("no classes") << "a.bin,0,0"
                                << "0 classes";
    QTest::newRow("too many classes") << "a.bin,99999999,0"
                                      << "99999999 classes";
    QTest::newRow("huge number") << "a.bin,2,99999999999999999999"
                                 << "not a whole number";
    QTest::newRow("no window") << "a.bin,2,0,0,4"
                               << "window and stride";
    QTest::newRow("window beyond the file") << "a.bin,2,0,99,4"
                                            << "too few for a sample";
    QTest::newRow("some windows") << "a.bin,2,0\na.bin,2,0,2,2"
                                  << "line 2: some lines have a window";
    QTest::newRow("open quote") << "\"a.bin,2,1"
                                << "line 1: a quote is opened";
    QTest::newRow("nothing") << ""
                             << "names no samples";
    QTest::newRow("not text") << QString(QChar(0)) << "NUL";
}

void TestMlperfTiny::refusesWrongLines()
{
    QFETCH(QString, labels);
    QFETCH(QString, says);
    write("a.bin", Bytes{1, 2, 3, 4});
    write("y_labels.csv", labels.toStdString());
    const std::string message = refusal(folder());
    VERIFY_SAYS(message, says.toStdString());
    VERIFY_SAYS(message, "y_labels.csv");
}

void TestMlperfTiny::refusesWrongFiles()
{
    write("y_labels.csv", "a.bin,2,1\nb.bin,2,0\n");
    write("a.bin", Bytes{1, 2, 3, 4});
    write("b.bin", Bytes{1, 2, 3});
    VERIFY_SAYS(refusal(folder()), "line 2: a sample of 'b.bin' has 3 bytes, those before have 4");
    write("b.bin", Bytes{});
    VERIFY_SAYS(refusal(folder()), "'b.bin' has 0 bytes");
    std::filesystem::remove(folder() / "b.bin");
    std::filesystem::create_symlink("b.bin", folder() / "b.bin");
    VERIFY_SAYS(refusal(folder()), "line 2: cannot open");
}

void TestMlperfTiny::refusesDamage()
{
    write("a.bin", Bytes{1, 2, 3, 4});
    const Bytes whole = text("a.bin,12,7\n\"a.bin\",12,11");
    const auto putLabels = [this](const Bytes &bytes) { write("y_labels.csv", bytes); };
    openEveryFlip(whole, 1, folder(), putLabels);
    for (std::size_t n = 0; n < whole.size(); ++n) {
        putLabels(Bytes(whole.begin(), whole.begin() + std::ptrdiff_t(n)));
        const Result<DatasetPtr> opened = openDataset(folder());
        QVERIFY(!opened || (*opened)->test.count <= 2); // whole lines of a cut file are still lines
    }
}

void TestMlperfTiny::readsTheKeywordSamples()
{
    ESPALIER_NEEDS_SHARED("mlperf-tiny/kws01/runner-layout");
    const std::filesystem::path kws = sharedFolder() / "mlperf-tiny/kws01";
    const Result<DatasetPtr> opened = openDataset(kws / "runner-layout");
    QVERIFY2(opened, opened ? "" : opened.error().message.c_str());
    const Samples &test = (*opened)->test;
    QCOMPARE(test.count, 1000u);
    QCOMPARE(test.type, DType::int8);
    QCOMPARE(test.shape, (Shape{490}));
    QCOMPARE((*opened)->classes, 12u);
    const Result<Bytes> block = readFile(kws / "kws01_inputs.bin");
    QVERIFY(block);
    QVERIFY(*test.values == *block);
}

QTEST_APPLESS_MAIN(TestMlperfTiny)
#include "tst_mlperftiny.moc"
