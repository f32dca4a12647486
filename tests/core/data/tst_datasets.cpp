// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/graph/model.h"
#include "datafiles.h"
#include "hostile.h"
#include "support/shareddata.h"

#include <QTemporaryDir>

#include <algorithm>
#include <cstring>
#include <set>
#include <sys/stat.h>

using namespace espalier;
using namespace espalier::datafiles;

class TestDatasets : public QObject
{
    Q_OBJECT

private slots:
    void idsAndTitlesDiffer();
    void tellsKindsApart();
    void refusesEverythingElse();
    void someSamplesComeFromTheWholeSet_data();
    void someSamplesComeFromTheWholeSet();

private:
    /// The kinds that take a path for theirs.
    static std::vector<std::string> recognising(const std::filesystem::path &path)
    {
        std::vector<std::string> ids;
        for (const DatasetKind *kind : datasetKinds())
            if (kind->recognises(path))
                ids.emplace_back(kind->id);
        return ids;
    }
};

void TestDatasets::idsAndTitlesDiffer()
{
    std::set<std::string_view> ids, titles;
    for (const DatasetKind *kind : datasetKinds()) {
        QVERIFY(ids.insert(kind->id).second);
        QVERIFY(titles.insert(kind->title).second);
        QVERIFY(kind->recognises && kind->open);
    }
    QCOMPARE(ids, (std::set<std::string_view>{"idx", "npz", "npy-folder", "mlperf-tiny", "image-folder", "csv"}));
}

void TestDatasets::tellsKindsApart()
{
    const QTemporaryDir scratch;
    const std::filesystem::path top = scratch.path().toStdString();
    const auto fresh = [&](const char *name) {
        std::filesystem::create_directory(top / name);
        return top / name;
    };
    const Bytes picture = {0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'};

    const std::filesystem::path idxFolder = fresh("idx");
    put(idxFolder / "t10k-images-idx3-ubyte", idx({1, 2}, {1, 2}));
    QCOMPARE(recognising(idxFolder), (std::vector<std::string>{"idx"}));

    put(top / "set.npz", zip({}));
    QCOMPARE(recognising(top / "set.npz"), (std::vector<std::string>{"npz"}));
    put(top / "named.csv", zip({{"x_test.npy", {}}})); // content decides before the name does
    QCOMPARE(recognising(top / "named.csv").front(), std::string("npz"));

    const std::filesystem::path npyFolder = fresh("npy");
    put(npyFolder / "test_x.npy", npy("|u1", "(1,)", {1}));
    put(npyFolder / "index.csv", "row,label\n0,1\n");
    QCOMPARE(recognising(npyFolder), (std::vector<std::string>{"npy-folder"}));

    const std::filesystem::path runner = fresh("runner");
    put(runner / "y_labels.csv", "a.bin,2,1\n");
    QCOMPARE(recognising(runner), (std::vector<std::string>{"mlperf-tiny"}));
    QCOMPARE(recognising(runner / "y_labels.csv").front(), std::string("mlperf-tiny"));

    const std::filesystem::path pictures = fresh("pictures");
    std::filesystem::create_directory(pictures / "cat");
    put(pictures / "cat/0.png", picture);
    put(pictures / "notes.csv", "a,b\n");
    QCOMPARE(recognising(pictures), (std::vector<std::string>{"image-folder"}));

    put(top / "table.txt", "1,2,0\n");
    QCOMPARE(recognising(top / "table.txt"), (std::vector<std::string>{"csv"}));

    QCOMPARE(recognising(fresh("nothing")), std::vector<std::string>());
    put(top / "model.tflite", Bytes{0x1c, 0, 0, 0, 'T', 'F', 'L', '3', ',', 0});
    QCOMPARE(recognising(top / "model.tflite"), std::vector<std::string>());
    put(top / "picture.png", picture);
    QCOMPARE(recognising(top / "picture.png"), std::vector<std::string>());
    put(top / "words.txt", "There is nothing here\n");
    QCOMPARE(recognising(top / "words.txt"), std::vector<std::string>());
}

void TestDatasets::refusesEverythingElse()
{
    const QTemporaryDir scratch;
    const std::filesystem::path top = scratch.path().toStdString();
    VERIFY_SAYS(refusal(top / "gone"), "cannot open the data set");
    VERIFY_SAYS(refusal(top), "these are read: folder of IDX files");
    VERIFY_SAYS(refusal(""), "cannot open the data set");
    put(top / "empty", Bytes());
    VERIFY_SAYS(refusal(top / "empty"), "no data set of a known kind");
    std::filesystem::create_symlink("loop", top / "loop");
    VERIFY_SAYS(refusal(top / "loop"), "cannot open the data set");
    QCOMPARE(::mkfifo((top / "pipe").c_str(), 0600), 0);
    VERIFY_SAYS(refusal(top / "pipe"), "no data set of a known kind"); // and does not wait for a writer
    put(top / "secret.npz", zip({}));
    std::filesystem::permissions(top / "secret.npz", std::filesystem::perms::none);
    QVERIFY(!openDataset(top / "secret.npz"));
}

void TestDatasets::someSamplesComeFromTheWholeSet_data()
{
    QTest::addColumn<bool>("isOrdered");
    QTest::newRow("one class after the other") << true;
    QTest::newRow("classes alternate") << false;
}

void TestDatasets::someSamplesComeFromTheWholeSet()
{
    QFETCH(bool, isOrdered);
    Samples all;
    all.shape = {1};
    all.count = 1000;
    std::vector<float> values(all.count);
    for (std::size_t i = 0; i < all.count; ++i) {
        values[i] = float(i);
        all.labels.push_back(std::int32_t(isOrdered ? i / 100 : i % 10));
        all.recordings.push_back(std::int32_t(i / 10));
    }
    all.values = sharedBytes(values);
    const Samples some = all.spread(100);
    QCOMPARE(some.count, 100u);
    QCOMPARE(some.values->size(), 100 * sizeof(float));
    std::vector<int> ofClass(10);
    for (std::size_t i = 0; i < some.count; ++i) {
        float value = 0;
        std::memcpy(&value, some.sample(i).data(), sizeof value);
        const auto index = std::size_t(value);
        QCOMPARE(index / 10, i); // one of each stretch
        QCOMPARE(some.labels[i], all.labels[index]);
        QCOMPARE(some.recordings[i], all.recordings[index]);
        ++ofClass[std::size_t(some.labels[i])];
    }
    QVERIFY(std::ranges::min(ofClass) >= 4 && std::ranges::max(ofClass) <= 20);
    QCOMPARE(all.spread(100).labels, some.labels);
    QCOMPARE(*all.spread(100).values, *some.values);
    QCOMPARE(all.spread(5000).values, all.values); // all of them, shared
    QCOMPARE(all.spread(0).count, 0u);
}

QTEST_APPLESS_MAIN(TestDatasets)
#include "tst_datasets.moc"
