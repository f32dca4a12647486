// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "datafiles.h"
#include "hostile.h"
#include "support/fashiondata.h"
#include "support/shareddata.h"

#include <QTemporaryDir>

using namespace espalier;
using namespace espalier::datafiles;

class TestIdx : public QObject
{
    Q_OBJECT

private slots:
    void init() { m_folder = std::make_unique<QTemporaryDir>(); }
    void readsPlainAndPacked_data();
    void readsPlainAndPacked();
    void prefersThePlainOfTwo();
    void readsOtherTypes();
    void readsOneFileAsItsFolder();
    void refusesWhatDoesNotMatch();
    void refusesLies();
    void refusesDamage_data();
    void refusesDamage();
    void readsTheDigits();
    void readsFashion();

private:
    std::filesystem::path folder() const { return m_folder->path().toStdString(); }
    void write(const std::string &name, const Bytes &bytes) const { put(folder() / name, bytes); }

    std::unique_ptr<QTemporaryDir> m_folder;
    const Bytes m_images = idx({3, 2, 2}, {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 255});
    const Bytes m_labels = idx({3}, {2, 0, 1});
};

void TestIdx::readsPlainAndPacked_data()
{
    QTest::addColumn<QString>("images");
    QTest::addColumn<QString>("labels");
    QTest::addColumn<bool>("packed");
    QTest::newRow("plain") << "t10k-images-idx3-ubyte"
                           << "t10k-labels-idx1-ubyte" << false;
    QTest::newRow("packed") << "t10k-images-idx3-ubyte.gz"
                            << "t10k-labels-idx1-ubyte.gz" << true;
    QTest::newRow("with a dot") << "t10k-images.idx3-ubyte"
                                << "t10k-labels.idx1-ubyte" << false;
    QTest::newRow("other prefix") << "emnist-test-images-idx3-ubyte"
                                  << "emnist-test-labels-idx1-ubyte" << false;
}

void TestIdx::readsPlainAndPacked()
{
    QFETCH(QString, images);
    QFETCH(QString, labels);
    QFETCH(bool, packed);
    write(images.toStdString(), packed ? compressed(m_images, 31) : m_images);
    write(labels.toStdString(), packed ? compressed(m_labels, 31) : m_labels);
    write("train10k-images-idx3-ubyte", m_images);
    write("train10k-labels-idx1-ubyte", m_labels);
    write("README.md", text("images and labels"));
    const Result<DatasetPtr> opened = openDataset(folder());
    QVERIFY2(opened, opened ? "" : opened.error().message.c_str());
    const Dataset &set = **opened;
    QCOMPARE(set.kind, std::string("idx"));
    QCOMPARE(set.test.count, 3u);
    QCOMPARE(set.test.type, DType::uint8);
    QCOMPARE(set.test.shape, (Shape{2, 2}));
    QCOMPARE(*set.test.values, (Bytes{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 255}));
    QCOMPARE(set.test.labels, (std::vector<std::int32_t>{2, 0, 1}));
    QCOMPARE(set.train.count, 3u);
    QCOMPARE(set.calibration.count, 3u);
    QCOMPARE(set.classes, 3u);
}

void TestIdx::prefersThePlainOfTwo()
{
    write("t10k-images-idx3-ubyte", m_images);
    write("t10k-images-idx3-ubyte.gz", text("\x1f\x8b this one is damaged"));
    write("t10k-labels-idx1-ubyte", m_labels);
    const Result<DatasetPtr> opened = openDataset(folder());
    QVERIFY2(opened, opened ? "" : opened.error().message.c_str());
}

void TestIdx::readsOtherTypes()
{
    write("test-images-idx2-float", idx({2, 1}, {0x40, 0xe0, 0, 0, 0xc0, 0, 0, 0}, 0x0d));
    write("test-labels-idx1-int", idx({2}, {0, 0, 0, 1, 0, 0, 0, 0}, 0x0c));
    const Result<DatasetPtr> opened = openDataset(folder());
    QVERIFY2(opened, opened ? "" : opened.error().message.c_str());
    QCOMPARE((*opened)->test.type, DType::float32);
    QCOMPARE(*(*opened)->test.values, bytesOf(std::vector<float>{7, -2}));
    QCOMPARE((*opened)->test.labels, (std::vector<std::int32_t>{1, 0}));
    VERIFY_SAYS((*opened)->division, "none may calibrate");
}

void TestIdx::readsOneFileAsItsFolder()
{
    write("t10k-images-idx3-ubyte", m_images);
    write("t10k-labels-idx1-ubyte", m_labels);
    const Result<DatasetPtr> opened = openDataset(folder() / "t10k-images-idx3-ubyte");
    QVERIFY2(opened, opened ? "" : opened.error().message.c_str());
    QCOMPARE((*opened)->test.count, 3u);
}

void TestIdx::refusesWhatDoesNotMatch()
{
    write("t10k-images-idx3-ubyte", m_images);
    VERIFY_SAYS(refusal(folder()), "there is no t10k-labels-idx1-ubyte");
    write("t10k-labels-idx1-ubyte", idx({2}, {0, 1}));
    VERIFY_SAYS(refusal(folder()), "has 3 images");
    write("t10k-labels-idx1-ubyte", m_labels);
    write("test-images-idx3-ubyte", m_images);
    write("test-labels-idx1-ubyte", m_labels);
    VERIFY_SAYS(refusal(folder()), "several IDX sets");
    std::filesystem::remove(folder() / "test-images-idx3-ubyte");
    std::filesystem::remove(folder() / "test-labels-idx1-ubyte");
    write("calibration-labels-idx1-ubyte", m_labels);
    VERIFY_SAYS(refusal(folder()), "images that are missing");
    std::filesystem::remove(folder() / "calibration-labels-idx1-ubyte");
    write("train-images-idx3-ubyte", idx({1, 3}, {1, 2, 3}));
    write("train-labels-idx1-ubyte", idx({1}, {1}));
    VERIFY_SAYS(refusal(folder()), "train are 3 uint8");
}

void TestIdx::refusesLies()
{
    write("t10k-labels-idx1-ubyte", m_labels);
    const auto images = [this](const Bytes &bytes, const char *says) {
        write("t10k-images-idx3-ubyte", bytes);
        const std::string message = refusal(folder());
        VERIFY_SAYS(message, says);
        VERIFY_SAYS(message, "t10k-images-idx3-ubyte");
    };
    images(idx({0xffffffff, 0xffffffff, 0xffffffff}, {1}), "more values than it holds");
    images(idx({0x7fffffff, 0x7fffffff, 0x7fffffff}, {1}), "more values than it holds");
    images(idx({3, 2, 2}, Bytes(13)), "goes on behind");
    images(idx({0, 2, 2}, {}), "no values");
    images(idx({3, 2, 2}, Bytes(12), 0x07), "no IDX file");
    images(Bytes{0, 0, 8, 0}, "no IDX file");
    images(Bytes{0, 0, 8, 200}, "no IDX file");
    std::filesystem::remove(folder() / "t10k-images-idx3-ubyte");
    // Packed, a claim is believed up to what deflate can reach, and found out while unpacking.
    write("t10k-images-idx3-ubyte.gz", compressed(idx({20000, 1, 1}, Bytes(13)), 31));
    VERIFY_SAYS(refusal(folder()), "ends early");
    write("t10k-images-idx3-ubyte.gz", compressed(idx({200000, 10, 10}, Bytes(13)), 31));
    VERIFY_SAYS(refusal(folder()), "more values than it holds");
}

void TestIdx::refusesDamage_data()
{
    QTest::addColumn<bool>("packed");
    QTest::newRow("plain") << false;
    QTest::newRow("packed") << true;
}

void TestIdx::refusesDamage()
{
    QFETCH(bool, packed);
    const std::string end = packed ? ".gz" : "";
    write("t10k-labels-idx1-ubyte", m_labels);
    const Bytes whole = packed ? compressed(m_images, 31) : m_images;
    const auto putImages = [&](const Bytes &bytes) { write("t10k-images-idx3-ubyte" + end, bytes); };
    openEveryPrefix(whole, 1, folder(), putImages);
    openEveryFlip(whole, 1, folder(), putImages);
    putImages(whole);
    const Bytes labels = packed ? compressed(m_labels, 31) : m_labels;
    std::filesystem::remove(folder() / "t10k-labels-idx1-ubyte");
    const auto putLabels = [&](const Bytes &bytes) { write("t10k-labels-idx1-ubyte" + end, bytes); };
    openEveryPrefix(labels, 1, folder(), putLabels);
    openEveryFlip(labels, 1, folder(), putLabels);
}

void TestIdx::readsTheDigits()
{
    ESPALIER_NEEDS_SHARED("data/mnist");
    const Result<DatasetPtr> opened = openDataset(sharedFolder() / "data/mnist");
    QVERIFY2(opened, opened ? "" : opened.error().message.c_str());
    QCOMPARE((*opened)->test.count, 10000u);
    QCOMPARE((*opened)->train.count, 10000u);
    QCOMPARE((*opened)->calibration.count, 500u);
    QCOMPARE((*opened)->test.shape, (Shape{28, 28}));
    QCOMPARE((*opened)->classes, 10u);
}

void TestIdx::readsFashion()
{
    ESPALIER_NEEDS_FASHION_MNIST;
    const Result<DatasetPtr> opened = openDataset(fashionFolder);
    QVERIFY2(opened, opened ? "" : opened.error().message.c_str());
    QCOMPARE((*opened)->train.count, 60000u);
    QCOMPARE((*opened)->test.count, 10000u);
    for (int label = 0; label < 10; ++label)
        QCOMPARE(std::ranges::count((*opened)->test.labels, label), 1000);
}

QTEST_APPLESS_MAIN(TestIdx)
#include "tst_idx.moc"
