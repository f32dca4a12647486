// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "datafiles.h"
#include "hostile.h"
#include "support/shareddata.h"

#include <QTemporaryDir>

#include <limits>
#include <numeric>
#include <set>

using namespace espalier;
using namespace espalier::datafiles;

namespace {

Bytes ramp(std::size_t n)
{
    std::vector<float> values(n);
    std::iota(values.begin(), values.end(), 0.f);
    return bytesOf(values);
}

const std::vector<std::int64_t> fourLabels = {3, 1, 0, 2};

} // namespace

class TestNpz : public QObject
{
    Q_OBJECT

private slots:
    void readsAllSplits();
    void readsEveryElementType_data();
    void readsEveryElementType();
    void readsFortranOrder();
    void readsOneHotLabels();
    void readsVersions2And3AndStoredMembers();
    void drawsCalibrationFromTrain();
    void dividesUnassignedSamples();
    void refusesWrongArrays_data();
    void refusesWrongArrays();
    void refusesLies();
    void refusesDamage();
    void readsFolderOfArrays();
    void readsTheKeywordSet();
    void readsTheSharedFolders();
    void stopsWhenCancelled();

private:
    std::filesystem::path file(const char *name = "set.npz") const
    {
        return m_folder.path().toStdString() + "/" + name;
    }
    void write(const Bytes &bytes, const char *name = "set.npz") const { put(file(name), bytes); }

    QTemporaryDir m_folder;
};

void TestNpz::readsAllSplits()
{
    write(zip({{"x_train.npy", npy("<f4", "(2, 3, 1)", ramp(6))},
               {"y_train.npy", npy("|u1", "(2,)", {0, 4})},
               {"x_calibration.npy", npy("<f4", "(1, 3, 1)", ramp(3))},
               {"x_test.npy", npy("<f4", "(4, 3, 1)", ramp(12))},
               {"y_test.npy", npy("<i8", "(4,)", bytesOf(fourLabels))}}));
    const Result<DatasetPtr> opened = openDataset(file());
    QVERIFY2(opened, opened ? "" : opened.error().message.c_str());
    const Dataset &set = **opened;
    QCOMPARE(set.kind, std::string("npz"));
    QCOMPARE(set.name, std::string("set.npz"));
    QCOMPARE(set.train.count, 2u);
    QCOMPARE(set.calibration.count, 1u);
    QVERIFY(set.calibration.labels.empty());
    QCOMPARE(set.test.count, 4u);
    QCOMPARE(set.test.shape, (Shape{3, 1}));
    QCOMPARE(set.test.labels, (std::vector<std::int32_t>{3, 1, 0, 2}));
    QCOMPARE(set.classes, 5u);
    QCOMPARE(*set.test.values, ramp(12));
    QVERIFY(set.division.empty());
    const Samples two = set.test.first(2);
    QCOMPARE(two.count, 2u);
    QCOMPARE(two.labels.size(), 2u);
    QCOMPARE(two.values, set.test.values);
}

void TestNpz::readsEveryElementType_data()
{
    QTest::addColumn<QByteArray>("descr");
    QTest::addColumn<QByteArray>("bytes");
    QTest::addColumn<int>("type");
    QTest::addColumn<QByteArray>("expected");
    const auto row = [](const char *descr, const Bytes &bytes, DType type, const Bytes &expected) {
        QTest::newRow(descr) << QByteArray(descr)
                             << QByteArray(reinterpret_cast<const char *>(bytes.data()), qsizetype(bytes.size()))
                             << int(type)
                             << QByteArray(reinterpret_cast<const char *>(expected.data()), qsizetype(expected.size()));
    };
    const Bytes sevenAndMinusTwo = bytesOf(std::vector<float>{7, -2});
    const Bytes sevenAndTwo = bytesOf(std::vector<float>{7, 2});
    row("|u1", {7, 200}, DType::uint8, {7, 200});
    row("|i1", {7, 254}, DType::int8, {7, 254});
    row("|b1", {1, 0}, DType::float32, bytesOf(std::vector<float>{1, 0}));
    row("<i2", bytesOf(std::vector<std::int16_t>{7, -2}), DType::float32, sevenAndMinusTwo);
    row(">i2", {0, 7, 255, 254}, DType::float32, sevenAndMinusTwo);
    row("<u2", bytesOf(std::vector<std::uint16_t>{7, 2}), DType::float32, sevenAndTwo);
    row("<i4", bytesOf(std::vector<std::int32_t>{7, -2}), DType::float32, sevenAndMinusTwo);
    row("<u4", bytesOf(std::vector<std::uint32_t>{7, 2}), DType::float32, sevenAndTwo);
    row("<i8", bytesOf(std::vector<std::int64_t>{7, -2}), DType::float32, sevenAndMinusTwo);
    row("<u8", bytesOf(std::vector<std::uint64_t>{7, 2}), DType::float32, sevenAndTwo);
    row("<f2", bytesOf(std::vector<std::uint16_t>{0x4700, 0xc000}), DType::float32, sevenAndMinusTwo);
    row("<f4", sevenAndMinusTwo, DType::float32, sevenAndMinusTwo);
    row(">f4", {0x40, 0xe0, 0, 0, 0xc0, 0, 0, 0}, DType::float32, sevenAndMinusTwo);
    row("<f8", bytesOf(std::vector<double>{7, -2}), DType::float32, sevenAndMinusTwo);
}

void TestNpz::readsEveryElementType()
{
    QFETCH(QByteArray, descr);
    QFETCH(QByteArray, bytes);
    QFETCH(int, type);
    QFETCH(QByteArray, expected);
    write(zip({{"x_test.npy", npy(descr.toStdString(), "(2, 1)", Bytes(bytes.begin(), bytes.end()))},
               {"y_test.npy", npy("|u1", "(2,)", {0, 1})}}));
    const Result<DatasetPtr> opened = openDataset(file());
    QVERIFY2(opened, opened ? "" : opened.error().message.c_str());
    QCOMPARE(int((*opened)->test.type), type);
    QCOMPARE(*(*opened)->test.values, Bytes(expected.begin(), expected.end()));
}

void TestNpz::readsFortranOrder()
{
    // [[[0 1 2] [3 4 5]] [[6 7 8] [9 10 11]]] with the first index fastest
    const std::vector<float> stored = {0, 6, 3, 9, 1, 7, 4, 10, 2, 8, 5, 11};
    write(zip(
        {{"x_test.npy", npyWithHeader("{'descr': '<f4', 'fortran_order': True, 'shape': (2, 2, 3)}", bytesOf(stored))},
         {"y_test.npy", npy("|u1", "(2,)", {0, 1})}}));
    const Result<DatasetPtr> opened = openDataset(file());
    QVERIFY2(opened, opened ? "" : opened.error().message.c_str());
    QCOMPARE(*(*opened)->test.values, ramp(12));
}

void TestNpz::readsOneHotLabels()
{
    const Bytes x = npy("|u1", "(2, 1)", {1, 2});
    write(
        zip({{"x_test.npy", x}, {"y_test.npy", npy("<f4", "(2, 3)", bytesOf(std::vector<float>{0, 0, 1, 1, 0, 0}))}}));
    const Result<DatasetPtr> opened = openDataset(file());
    QVERIFY2(opened, opened ? "" : opened.error().message.c_str());
    QCOMPARE((*opened)->test.labels, (std::vector<std::int32_t>{2, 0}));
    write(
        zip({{"x_test.npy", x}, {"y_test.npy", npy("<f4", "(2, 3)", bytesOf(std::vector<float>{0, 0, 1, 1, 1, 0}))}}));
    VERIFY_SAYS(refusal(file()), "sample 1 is not one-hot");
}

void TestNpz::readsVersions2And3AndStoredMembers()
{
    for (const int version : {1, 2, 3}) {
        write(zip(
            {{"x_test.npy", npy("|i1", "(1, 2)", {1, 255}, version)}, {"y_test.npy", npy("|u1", "(1,)", {0}, version)}},
            false));
        const Result<DatasetPtr> opened = openDataset(file());
        QVERIFY2(opened, opened ? "" : opened.error().message.c_str());
        QCOMPARE((*opened)->test.type, DType::int8);
    }
    write(zip({{"x_test.npy", npy("|i1", "(1, 2)", {1, 255}, 4)}, {"y_test.npy", npy("|u1", "(1,)", {0})}}));
    VERIFY_SAYS(refusal(file()), "version is 4");
}

void TestNpz::drawsCalibrationFromTrain()
{
    std::vector<float> values(2000);
    std::iota(values.begin(), values.end(), 0.f);
    const Bytes labels(1000, 1);
    write(zip({{"x_train.npy", npy("<f4", "(1000, 2)", bytesOf(values))},
               {"y_train.npy", npy("|u1", "(1000,)", labels)},
               {"x_test.npy", npy("<f4", "(1, 2)", ramp(2))},
               {"y_test.npy", npy("|u1", "(1,)", {0})}}));
    const Result<DatasetPtr> opened = openDataset(file()), again = openDataset(file());
    QVERIFY(opened && again);
    const Samples &drawn = (*opened)->calibration;
    QCOMPARE(drawn.count, 500u);
    QCOMPARE((*opened)->train.count, 1000u);
    QCOMPARE(*drawn.values, *(*again)->calibration.values);
    std::set<float> firsts;
    for (std::size_t i = 0; i < drawn.count; ++i) {
        const auto *sample = reinterpret_cast<const float *>(drawn.sample(i).data());
        QCOMPARE(sample[1], sample[0] + 1);
        QVERIFY2(firsts.empty() || sample[0] > *firsts.rbegin(), "in the order of train, none twice");
        firsts.insert(sample[0]);
    }
    QVERIFY(*firsts.rbegin() > 1800); // drawn from all of train, not its start
    VERIFY_SAYS((*opened)->division, "500 samples of train calibrate");
}

void TestNpz::dividesUnassignedSamples()
{
    Bytes labels(100);
    for (std::size_t i = 0; i < 100; ++i)
        labels[i] = std::uint8_t(i < 80 ? 0 : 1);
    for (const char *suffix : {"", "_train"}) {
        const std::string end = std::string(suffix) + ".npy";
        write(zip({{"x" + end, npy("<f4", "(100, 1)", ramp(100))}, {"y" + end, npy("|u1", "(100,)", labels)}}));
        const Result<DatasetPtr> opened = openDataset(file());
        QVERIFY2(opened, opened ? "" : opened.error().message.c_str());
        const Dataset &set = **opened;
        QCOMPARE(set.train.count, 70u);
        QCOMPARE(set.calibration.count, 10u);
        QCOMPARE(set.test.count, 20u);
        QCOMPARE(std::ranges::count(set.test.labels, 1), 4);
        std::set<float> seen;
        for (const Samples *split : {&set.train, &set.calibration, &set.test}) {
            for (std::size_t i = 0; i < split->count; ++i) {
                const float value = *reinterpret_cast<const float *>(split->sample(i).data());
                QVERIFY2(seen.insert(value).second, "no sample is in two splits");
                QCOMPARE(split->labels[i], value < 80 ? 0 : 1);
            }
        }
        VERIFY_SAYS(set.division, "one split");
    }
}

void TestNpz::refusesWrongArrays_data()
{
    QTest::addColumn<QByteArray>("x");
    QTest::addColumn<QByteArray>("y");
    QTest::addColumn<QByteArray>("says");
    const auto row = [](const char *title, const Bytes &x, const Bytes &y, const char *says) {
        const auto array = [](const Bytes &b) {
            return QByteArray(reinterpret_cast<const char *>(b.data()), qsizetype(b.size()));
        };
        QTest::newRow(title) << array(x) << array(y) << QByteArray(says);
    };
    const Bytes x = npy("<f4", "(4, 3)", ramp(12)), y = npy("<i8", "(4,)", bytesOf(fourLabels));
    const float nan = std::numeric_limits<float>::quiet_NaN();
    row("fewer labels", x, npy("|u1", "(3,)", {0, 1, 2}), "4 samples, y_test.npy has 3 labels");
    row("label below 0", x, npy("|i1", "(4,)", {0, 0, 255, 0}), "sample 2 is -1");
    row("label not whole", x, npy("<f4", "(4,)", bytesOf(std::vector<float>{0, 1, 0, 0.5})), "sample 3 is 0.5");
    row("label too large", x, npy("<i8", "(4,)", bytesOf(std::vector<std::int64_t>{0, 1LL << 40, 0, 0})),
        "sample 1 is");
    row("label nan", x, npy("<f4", "(4,)", bytesOf(std::vector<float>{nan, 1, 0, 0})), "sample 0 is nan");
    row("labels of three axes", x, npy("|u1", "(4, 1, 2)", Bytes(8, 0)), "3 axes");
    row("sample with nan", npy("<f4", "(4, 1)", bytesOf(std::vector<float>{1, 2, nan, 3})), y, "sample 2 holds");
    row("text", npyWithHeader("{'descr': '<U10', 'fortran_order': False, 'shape': (4,)}", Bytes(160)), y, "'<U10'");
    row("objects", npyWithHeader("{'descr': '|O', 'fortran_order': False, 'shape': (4,)}", Bytes(8)), y, "'|O'");
    row("fields", npyWithHeader("{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (4,)}", Bytes(16)), y,
        "fields");
    row("complex", npy("<c8", "(4,)", Bytes(32)), y, "'<c8'");
    row("too few values", npy("<f4", "(4, 3)", ramp(11)), y, "cut off");
    row("too many values", npy("<f4", "(4, 3)", ramp(13)), y, "the file holds 13");
    row("huge extent", npy("<f4", "(1152921504606846976, 3)", ramp(3)), y, "too many");
    row("huge product", npy("<f4", "(2147483647, 2147483647, 2147483647)", ramp(3)), y, "more values than the file");
    row("no samples", npy("<f4", "(0, 3)", {}), y, "empty");
    row("scalar", npy("<f4", "()", ramp(1)), y, "single number");
    row("negative extent", npy("<f4", "(-4, 3)", ramp(12)), y, "damaged");
    row("too many axes", npy("<f4", "(1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1)", ramp(1)), y, "damaged");
    row("no shape", npyWithHeader("{'descr': '<f4', 'fortran_order': False}", ramp(12)), y, "damaged");
    row("no dictionary", npyWithHeader("", ramp(12)), y, "damaged");
    row("open string", npyWithHeader("{'descr", ramp(12)), y, "damaged");
    row("other bytes", text("hello"), y, "no NumPy array");
    row("nothing", {}, y, "no NumPy array");
}

void TestNpz::refusesWrongArrays()
{
    QFETCH(QByteArray, x);
    QFETCH(QByteArray, y);
    QFETCH(QByteArray, says);
    write(zip({{"x_test.npy", Bytes(x.begin(), x.end())}, {"y_test.npy", Bytes(y.begin(), y.end())}}));
    const std::string message = refusal(file());
    VERIFY_SAYS(message, says.toStdString());
    VERIFY_SAYS(message, file().string());
}

void TestNpz::refusesLies()
{
    const Bytes x = npy("<f4", "(4, 3)", ramp(12)), y = npy("<i8", "(4,)", bytesOf(fourLabels));
    write(zip({{"x_test.npy", x}}));
    VERIFY_SAYS(refusal(file()), "there is no y_test");
    write(zip({{"y_test.npy", y}}));
    VERIFY_SAYS(refusal(file()), "there is no x_test");
    write(zip({{"weights.npy", x}}));
    VERIFY_SAYS(refusal(file()), "it has: 'weights.npy'");
    write(zip({}));
    VERIFY_SAYS(refusal(file()), "it has: nothing");
    write(zip({{"x_test.npy", x}, {"y_test.npy", y}}, true, 0xfffffff0)); // claims 4 GiB
    VERIFY_SAYS(refusal(file()), "claims a size");
    write(zip({{"x_test.npy", x}, {"y_test.npy", y}}, true, 100000));
    VERIFY_SAYS(refusal(file()), "ends early");
    write(zip({{"x_test.npy", x}, {"y_test.npy", y}}, true, 100));
    VERIFY_SAYS(refusal(file()), "does not unpack to the size");
    write(zip({{"x_test.npy", x}, {"y_test.npy", y}}, false, 100));
    VERIFY_SAYS(refusal(file()), "claims a size");
    write(zip({{"x_train.npy", npy("<f4", "(1, 2)", ramp(2))},
               {"y_train.npy", npy("|u1", "(1,)", {0})},
               {"x_test.npy", x},
               {"y_test.npy", y}}));
    VERIFY_SAYS(refusal(file()), "train are 2 float32, those of test are 3 float32");
}

void TestNpz::refusesDamage()
{
    const Bytes whole =
        zip({{"x_test.npy", npy("<f4", "(4, 3)", ramp(12))}, {"y_test.npy", npy("<i8", "(4,)", bytesOf(fourLabels))}});
    const auto put = [this](const Bytes &bytes) { write(bytes); };
    openEveryPrefix(whole, 3, file(), put);
    openEveryFlip(whole, 1, file(), put);
}

void TestNpz::readsFolderOfArrays()
{
    write(npy("<f4", "(4, 3)", ramp(12)), "test_x.npy");
    VERIFY_SAYS(refusal(m_folder.path().toStdString()), "there is no y_test");
    write(npy("<i8", "(4,)", bytesOf(fourLabels)), "test_y.npy");
    const Result<DatasetPtr> opened = openDataset(m_folder.path().toStdString() + "/");
    QVERIFY2(opened, opened ? "" : opened.error().message.c_str());
    QCOMPARE((*opened)->kind, std::string("npy-folder"));
    QCOMPARE((*opened)->test.count, 4u);
    QCOMPARE((*opened)->name, QDir(m_folder.path()).dirName().toStdString());
    VERIFY_SAYS((*opened)->division, "none may calibrate");
    write(npy("<f4", "(4, 3)", ramp(11)), "test_x.npy");
    VERIFY_SAYS(refusal(m_folder.path().toStdString()), "test_x.npy");
}

void TestNpz::readsTheKeywordSet()
{
    ESPALIER_NEEDS_SHARED("mlperf-tiny/kws01/kws01.npz");
    const Result<DatasetPtr> opened = openDataset(sharedFolder() / "mlperf-tiny/kws01/kws01.npz");
    QVERIFY2(opened, opened ? "" : opened.error().message.c_str());
    const Dataset &set = **opened;
    QCOMPARE(set.test.count, 800u);
    QCOMPARE(set.calibration.count, 200u);
    QCOMPARE(set.train.count, 0u);
    QCOMPARE(set.test.shape, (Shape{49, 10, 1}));
    QCOMPARE(set.test.type, DType::float32);
    QCOMPARE(set.classes, 12u);
    QCOMPARE(set.test.labels.size(), 800u);
}

void TestNpz::readsTheSharedFolders()
{
    ESPALIER_NEEDS_SHARED("data/basic-motions");
    const Result<DatasetPtr> motions = openDataset(sharedFolder() / "data/basic-motions");
    QVERIFY2(motions, motions ? "" : motions.error().message.c_str());
    QCOMPARE((*motions)->train.count, 40u);
    QCOMPARE((*motions)->test.shape, (Shape{100, 6}));
    QCOMPARE((*motions)->classes, 4u);
    const Result<DatasetPtr> exercises = openDataset(sharedFolder() / "data/imu-exercises");
    QVERIFY2(exercises, exercises ? "" : exercises.error().message.c_str());
    QCOMPARE((*exercises)->test.count, 168u);
    QCOMPARE((*exercises)->test.type, DType::float32);
    const Result<DatasetPtr> people = openDataset(sharedFolder() / "data/vww-coco-free");
    QVERIFY2(people, people ? "" : people.error().message.c_str());
    QCOMPARE((*people)->train.count + (*people)->calibration.count + (*people)->test.count, 358u);
    QCOMPARE((*people)->test.type, DType::uint8);
}

void TestNpz::stopsWhenCancelled()
{
    write(
        zip({{"x_test.npy", npy("<f4", "(4, 3)", ramp(12))}, {"y_test.npy", npy("<i8", "(4,)", bytesOf(fourLabels))}}));
    std::stop_source stop;
    stop.request_stop();
    const Result<DatasetPtr> opened = openDataset(file(), Progress(stop.get_token(), {}));
    QVERIFY(!opened);
    QCOMPARE(opened.error().code, ErrorCode::cancelled);
}

QTEST_APPLESS_MAIN(TestNpz)
#include "tst_npz.moc"
