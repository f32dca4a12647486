// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "datafiles.h"
#include "hostile.h"

#include <QTemporaryDir>

#include <map>

using namespace espalier;
using namespace espalier::datafiles;

namespace {

/// All samples of a set, whatever split they went to: the label of each by its first value.
std::map<float, std::int32_t> labelsByValue(const Dataset &set)
{
    std::map<float, std::int32_t> found;
    for (const Samples *split : {&set.train, &set.calibration, &set.test})
        for (std::size_t i = 0; i < split->count; ++i)
            found[*reinterpret_cast<const float *>(split->sample(i).data())] = split->labels[i];
    return found;
}

} // namespace

class TestCsv : public QObject
{
    Q_OBJECT

private slots:
    void init() { m_folder = std::make_unique<QTemporaryDir>(); }
    void readsManyStyles_data();
    void readsManyStyles();
    void namesClassesOfWords();
    void takesPixelsForBytes();
    void readsFolderOfSplits();
    void dividesWithoutOverlap();
    void refusesWrongRows_data();
    void refusesWrongRows();
    void survivesDamage();

private:
    std::filesystem::path file() const { return m_folder->path().toStdString() + "/table.csv"; }

    std::unique_ptr<QTemporaryDir> m_folder;
};

void TestCsv::readsManyStyles_data()
{
    QTest::addColumn<QString>("text");
    const auto row = [](const char *title, const char *text) { QTest::newRow(title) << QString::fromUtf8(text); };
    // Every one says: (0.5, -1) is class 1, (2, 1000) is class 0.
    row("plain", "0.5,-1,1\n2,1e3,0\n");
    row("no last line end", "0.5,-1,1\n2,1e3,0");
    row("header", "a,b,label\n0.5,-1,1\n2,1e3,0\n");
    row("quoted header", "\"a, one\",\"b \"\"two\"\"\",label\n0.5,-1,1\n2,1e3,0\n");
    row("header of numbers", "1,2,label\n0.5,-1,1\n2,1e3,0\n");
    row("Windows", "\xef\xbb\xbf"
                   "a,b,label\r\n0.5,-1,1\r\n2,1e3,0\r\n");
    row("old Mac", "a,b,label\r0.5,-1,1\r2,1e3,0\r");
    row("semicolons", "a;b;label\n0.5;-1;1\n2;1000;0\n");
    row("decimal commas", "0,5;-1;1\n2;1000,0;0\n");
    row("tabs", "a\tb\tlabel\n0.5\t-1\t1\n2\t1000\t0\n");
    row("blanks", " 0.5 , -1 ,1 \n\n2,\t+1000,0\n\n");
    row("all quoted", "\"0.5\",\"-1\",\"1\"\n\"2\",\"1000\",\"0\"\n");
    row("labels as reals", "0.5,-1,1.0\n2,1000,0.0\n");
    row("words", "0.5,-1,yes\n2,1000,no\n");
    row("words with header", "a,b,what\n0.5,-1,\"b, with comma\"\n2,1000,a\n");
}

void TestCsv::readsManyStyles()
{
    QFETCH(QString, text);
    put(file(), text.toStdString());
    const Result<DatasetPtr> opened = openDataset(file());
    QVERIFY2(opened, opened ? "" : opened.error().message.c_str());
    const Dataset &set = **opened;
    QCOMPARE(set.kind, std::string("csv"));
    QCOMPARE(set.test.shape, (Shape{2}));
    QCOMPARE(set.classes, 2u);
    QCOMPARE(labelsByValue(set), (std::map<float, std::int32_t>{{0.5f, 1}, {2.f, 0}}));
    for (const Samples *split : {&set.train, &set.calibration, &set.test}) {
        for (std::size_t i = 0; i < split->count; ++i) {
            const auto *values = reinterpret_cast<const float *>(split->sample(i).data());
            QCOMPARE(values[1], values[0] == 2.f ? 1000.f : -1.f);
        }
    }
}

void TestCsv::namesClassesOfWords()
{
    put(file(), "1,walk\n2,run\n3,sit \"\"down\n4,run\n");
    put(file(), "1,walk\n2,run\n3,\"sit \"\"down\"\"\"\n4,run\n");
    const Result<DatasetPtr> opened = openDataset(file());
    QVERIFY2(opened, opened ? "" : opened.error().message.c_str());
    QCOMPARE((*opened)->classNames, (std::vector<std::string>{"run", "sit \"down\"", "walk"}));
    QCOMPARE(labelsByValue(**opened), (std::map<float, std::int32_t>{{1, 2}, {2, 0}, {3, 1}, {4, 0}}));
}

void TestCsv::takesPixelsForBytes()
{
    std::string picture = "255";
    for (int i = 1; i < 16; ++i)
        picture += "," + std::to_string(i);
    put(file(), picture + ",3\n" + picture + ",4\n");
    Result<DatasetPtr> opened = openDataset(file());
    QVERIFY2(opened, opened ? "" : opened.error().message.c_str());
    QCOMPARE((*opened)->test.type, DType::uint8);
    QCOMPARE((*opened)->test.sample(0)[0], std::uint8_t(255));
    QCOMPARE((*opened)->test.sample(0)[15], std::uint8_t(15));
    put(file(), picture + ",3\n256" + picture.substr(3) + ",4\n");
    opened = openDataset(file());
    QVERIFY(opened);
    QCOMPARE((*opened)->test.type, DType::float32);
}

void TestCsv::readsFolderOfSplits()
{
    const std::filesystem::path folder = m_folder->path().toStdString();
    put(folder / "train.csv", "1,cat\n2,dog\n");
    put(folder / "test.csv", "3,emu\n4,cat\n");
    const Result<DatasetPtr> opened = openDataset(folder);
    QVERIFY2(opened, opened ? "" : opened.error().message.c_str());
    QCOMPARE((*opened)->train.labels, (std::vector<std::int32_t>{0, 1}));
    QCOMPARE((*opened)->test.labels, (std::vector<std::int32_t>{2, 0}));
    QCOMPARE((*opened)->calibration.count, 2u);
    put(folder / "test.csv", "3,5,emu\n");
    VERIFY_SAYS(refusal(folder), "train are 1 float32, those of test are 2 float32");
    put(folder / "test.csv", "3,7\n");
    VERIFY_SAYS(refusal(folder), "test.csv: line 1: the label '7' is a number");
}

void TestCsv::dividesWithoutOverlap()
{
    std::string text;
    for (int i = 0; i < 50; ++i)
        text += std::to_string(i) + ".5," + std::to_string(i % 5) + "\n";
    put(file(), text);
    const Result<DatasetPtr> opened = openDataset(file());
    QVERIFY(opened);
    const Dataset &set = **opened;
    QCOMPARE(set.train.count, 35u);
    QCOMPARE(set.calibration.count, 5u);
    QCOMPARE(set.test.count, 10u);
    QCOMPARE(labelsByValue(set).size(), 50u);
    VERIFY_SAYS(set.division, "of its 50 samples 35 train, 5 calibrate and 10 test");
}

void TestCsv::refusesWrongRows_data()
{
    QTest::addColumn<QString>("text");
    QTest::addColumn<QString>("says");
    const auto row = [](const char *title, const char *text, const char *says) {
        QTest::newRow(title) << QString::fromUtf8(text) << QString::fromUtf8(says);
    };
    row("too few values", "1,2,0\n1,0\n", "line 2: has 2 values, the first line has 3");
    row("too many values", "1,2,0\n\n1,2,3,0\n", "line 3: has 4 values");
    row("word among numbers", "1,2,0\n1,abc,0\n", "line 2: column 2: 'abc' is not a finite number");
    row("word in the first row", "1,abc,0\n1,2,0\n", "line 1: column 2: 'abc'");
    row("empty value", "1,2,0\n,2,0\n", "line 2: column 1 is empty");
    row("missing label", "1,2,0\n1,2,\n", "line 2: the label, in the last column, is missing");
    row("nan", "1,2,0\n1,nan,0\n", "line 2: column 2: 'nan'");
    row("infinity", "1,2,0\n1,inf,0\n", "line 2: column 2: 'inf'");
    row("too large", "1,2,0\n1,1e60,0\n", "line 2: column 2: '1e60'");
    row("number with a tail", "1,2,0\n1,2x,0\n", "'2x'");
    row("negative label", "1,2,0\n1,2,-1\n", "line 2: the label '-1' is out of range");
    row("label not whole", "1,2,0\n1,2,0.5\n", "line 2: the label '0.5' is out of range");
    row("huge label", "1,2,0\n1,2,1e18\n", "line 2: the label '1e18' is out of range");
    row("word among labels", "1,2,0\n1,2,1\n1,2,cat\n",
        "line 3: the label 'cat' is a word, the first one, '0', is a number");
    row("one column", "1\n2\n", "line 1: has one value");
    row("header alone", "a,b,c\n", "no rows");
    row("nothing", "", "no rows");
    row("line ends alone", "\n\n\n", "no rows");
    row("open quote", "1,2,0\n1,\"2,0\n1,2,0\n", "line 2: a quote is opened");
    row("text behind a quote", "1,2,0\n1,\"2\"3,0\n", "line 2: there is text behind a closing quote");
    row("long cell with a line end", "1,2,0\n1,\"a\nb2345678901234567890123456789012345678901234567890\",0\n",
        "line 2: column 2: 'a b2345678901234567890123456789012345678…' is not");
    row("line after a quoted line end", "1,2,\"a\nb\"\n1,x,c\n", "line 3: column 2: 'x'");
}

void TestCsv::refusesWrongRows()
{
    QFETCH(QString, text);
    QFETCH(QString, says);
    put(file(), text.toStdString());
    const std::string message = refusal(file());
    VERIFY_SAYS(message, says.toStdString());
    VERIFY_SAYS(message, file().string());
}

void TestCsv::survivesDamage()
{
    const Bytes whole = text("a,b,label\r\n0.5,-1e3,\"yes\"\r\n\"2\",+7,\"a \"\"no\"\"\"\n3,4,yes\n");
    openEveryFlip(whole, 1, file(), [this](const Bytes &bytes) { put(file(), bytes); });
    for (std::size_t n = 0; n < whole.size(); ++n) {
        put(file(), Bytes(whole.begin(), whole.begin() + std::ptrdiff_t(n)));
        const Result<DatasetPtr> opened = openDataset(file());
        QVERIFY(opened || opened.error().code == ErrorCode::unusableInput);
    }
    put(file(), Bytes{'1', ',', 0, ',', '2'});
    VERIFY_SAYS(refusal(file()), "line 1: there is a NUL byte");
}

QTEST_APPLESS_MAIN(TestCsv)
#include "tst_csv.moc"
