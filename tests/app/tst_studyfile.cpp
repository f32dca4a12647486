// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/samplestudy.h"
#include "app/studyfile.h"
#include "core/base/file.h"

#include <QTemporaryDir>
#include <QtTest>

#include <filesystem>
#include <random>

using namespace espalier;
namespace fs = std::filesystem;

namespace {

Study sample(const fs::path &folder)
{
    Study study;
    study.model = folder / "models" / "m.tflite";
    study.modelSha256 = std::string(64, 'a');
    study.data = "/usr/share/datasets/fashion-mnist";
    study.scaling = *InputScaling::parse("raw*0.5+1");
    study.recipes = {{*Recipe::parse("prune-magnitude sparsity=0.25 | quantize-int8"), true},
                     {*Recipe::parse("quantize-float16"), false}};
    study.boards = {"qemu-m4"};
    study.budget = *Budget::parse("accuracy>=0.9 ram_bytes<=16KiB");
    study.seed = 7;
    study.limit = 100;
    study.columns = {Column::variant, Column::accuracy};
    Row row;
    row.set(Column::variant, std::string("original"));
    row.set(Column::recipe, std::string());
    row.set(Column::accuracy, 0.1);
    row.set(Column::sizeBytes, std::int64_t(123));
    Row trained = row;
    trained.set(Column::recipe, study.recipes[0].recipe.text());
    study.rows = {row, trained};
    study.trainings = {{study.recipes[0].recipe.text(),
                        {{1, {1, 1.0 / 3, 0.25, 0.5, 0.125}}, {2, {2, 0.1, 1, std::nullopt, std::nullopt}}}}};
    return study;
}

} // namespace

class TestStudyFile : public QObject
{
    Q_OBJECT

private slots:
    void readsBackWhatWasWritten()
    {
        const Study study = sample(folder());
        const fs::path file = folder() / "a.espalier";
        QVERIFY(writeStudy(study, file));
        const Result<Study> back = readStudy(file);
        QVERIFY2(back, back ? "" : back.error().message.c_str());
        QCOMPARE(back->model, study.model);
        QCOMPARE(back->modelSha256, study.modelSha256);
        QCOMPARE(back->data, study.data);
        QVERIFY(back->scaling == study.scaling);
        QCOMPARE(back->recipes.size(), 2u);
        for (std::size_t i = 0; i < 2; ++i) {
            QVERIFY(back->recipes[i].recipe == study.recipes[i].recipe);
            QCOMPARE(back->recipes[i].ticked, study.recipes[i].ticked);
        }
        QCOMPARE(back->boards, study.boards);
        QCOMPARE(back->budget, study.budget);
        QCOMPARE(back->seed, study.seed);
        QCOMPARE(back->limit, study.limit);
        QCOMPARE(back->columns, study.columns);
        QVERIFY(back->rows == study.rows);
        QVERIFY(back->trainings == study.trainings);
        QVERIFY(back->trainingOf(study.recipes[0].recipe.text()) == study.trainings[0].epochs);
        QVERIFY(back->trainingOf("quantize-float16").empty());
    }

    void longTrainingsAreThinned()
    {
        Study study = sample(folder());
        std::vector<TrainedEpoch> &epochs = study.trainings[0].epochs;
        epochs.clear();
        for (int epoch = 1; epoch <= 10000; ++epoch)
            epochs.push_back({1, {epoch, 1.0 / epoch, 0.5, std::nullopt, std::nullopt}});
        const fs::path file = folder() / "long.espalier";
        QVERIFY(writeStudy(study, file));
        const Result<Study> back = readStudy(file);
        QVERIFY(back);
        const std::vector<TrainedEpoch> &kept = back->trainings.at(0).epochs;
        QCOMPARE(kept.size(), std::size_t(500));
        QVERIFY(kept.front() == epochs.front());
        QVERIFY(kept.back() == epochs.back());
        QVERIFY(std::ranges::is_sorted(kept, {}, [](const TrainedEpoch &e) { return e.result.epoch; }));
        QVERIFY(writeStudy(*back, file));
        QVERIFY(readStudy(file)->trainings == back->trainings); // no thinner
    }

    void readsFilesOfBeforeTrainingsWereKept()
    {
        const fs::path file = folder() / "old.espalier";
        QVERIFY(writeFile(file, std::string(R"({"format":"espalier-study","version":1,"rows":[{"accuracy":0.5}]})")));
        const Result<Study> study = readStudy(file);
        QVERIFY(study);
        QCOMPARE(study->rows.size(), std::size_t(1));
        QVERIFY(study->trainings.empty());
    }

    void movesWithItsFolder()
    {
        const fs::path before = folder() / "before", after = folder() / "after";
        fs::create_directories(before);
        QVERIFY(writeStudy(sample(before), before / "a.espalier"));
        fs::rename(before, after);
        const Result<Study> moved = readStudy(after / "a.espalier");
        QVERIFY(moved);
        QCOMPARE(moved->model, after / "models" / "m.tflite");
        QCOMPARE(moved->data, fs::path("/usr/share/datasets/fashion-mnist"));
    }

    void aNewRowTakesTheOldOnesPlace()
    {
        Study study = sample(folder());
        Row again = study.rows[0], other = again;
        again.set(Column::accuracy, 0.2);
        other.set(Column::board, std::string("qemu-m4"));
        study.take(again);
        study.take(other);
        QCOMPARE(study.rows.size(), 3u);
        QCOMPARE(study.rows[0].number(Column::accuracy), 0.2);
    }

    void hostileFiles_data()
    {
        QTest::addColumn<QByteArray>("bytes");
        QTest::addColumn<QByteArray>("says");
        const QByteArray head = R"({"format":"espalier-study","version":1,)";
        QTest::newRow("empty") << QByteArray() << QByteArray("JSON");
        QTest::newRow("png") << QByteArray("\x89PNG\r\n\x1a\n") << QByteArray("JSON");
        QTest::newRow("other JSON") << QByteArray("[1,2]") << QByteArray("format");
        QTest::newRow("format of another type") << QByteArray(R"({"format":{"a":1}})") << QByteArray("format");
        QTest::newRow("later version") << QByteArray(R"({"format":"espalier-study","version":99})")
                                       << QByteArray("format 99");
        QTest::newRow("cut") << head + R"("rows":[{"accuracy":0.5},)" << QByteArray("JSON");
        QTest::newRow("model is a number") << head + R"("model":3})" << QByteArray("'model'");
        QTest::newRow("negative seed") << head + R"("seed":-3})" << QByteArray("'seed'");
        QTest::newRow("rows are a text") << head + R"("rows":"none"})" << QByteArray("'rows'");
        QTest::newRow("a row is a list") << head + R"("rows":[[]]})" << QByteArray("entry 1 of 'rows'");
        QTest::newRow("accuracy is a text")
            << head + R"("rows":[{},{"accuracy":"high"}]})" << QByteArray("entry 2 of 'rows'");
        QTest::newRow("no such technique") << head + R"("recipes":[{"recipe":"melt"}]})" << QByteArray("'melt'");
        QTest::newRow("training is a number") << head + R"("trainings":[7]})" << QByteArray("entry 1 of 'trainings'");
        QTest::newRow("an epoch without a loss")
            << head + R"("trainings":[{"recipe":"finetune","epochs":[{"step":1,"epoch":1,"accuracy":1}]}]})"
            << QByteArray("entry 1 of 'epochs'");
        QTest::newRow("an epoch of no number")
            << head + R"("trainings":[{"epochs":[{"step":1,"epoch":99999999999,"loss":1,"accuracy":1}]}]})"
            << QByteArray("entry 1 of 'epochs'");
        QTest::newRow("a loss that is a text")
            << head + R"("trainings":[{"epochs":[{"step":1,"epoch":1,"loss":"low","accuracy":1}]}]})"
            << QByteArray("'loss'");
        QTest::newRow("scaling") << head + R"("scaling":"sideways"})" << QByteArray("'scaling'");
        QTest::newRow("broken UTF-8") << head + "\"model\":\"\xff\xfe\"}" << QByteArray("JSON");
        QTest::newRow("deep") << QByteArray(5'000'000, '[') << QByteArray("nested");
        QTest::newRow("deep objects") << QByteArray(R"({"a":)").repeated(100'000) << QByteArray("nested");
    }
    void hostileFiles()
    {
        QFETCH(QByteArray, bytes);
        QFETCH(QByteArray, says);
        const fs::path file = folder() / "hostile.espalier";
        QVERIFY(writeFile(file, std::string_view(bytes.constData(), std::size_t(bytes.size()))));
        const Result<Study> study = readStudy(file);
        QVERIFY(!study);
        QCOMPARE(study.error().code, ErrorCode::unusableInput);
        QVERIFY2(QByteArray::fromStdString(study.error().message).contains(says), study.error().message.c_str());
        QVERIFY(study.error().message.find("hostile.espalier") != std::string::npos);
    }

    void anyBytesEndInAResult()
    {
        const fs::path file = folder() / "flipped.espalier";
        QVERIFY(writeStudy(sample(folder()), file));
        const Bytes good = *readFile(file);
        std::mt19937 random(3);
        for (int i = 0; i < 120; ++i) {
            Bytes bytes = good;
            if (i % 3 == 0)
                bytes.resize(random() % bytes.size());
            for (int k = 0; k < i % 5; ++k)
                if (!bytes.empty())
                    bytes[random() % bytes.size()] = std::uint8_t(random());
            QVERIFY(writeFile(file, bytes));
            if (const Result<Study> study = readStudy(file); !study)
                QCOMPARE(study.error().code, ErrorCode::unusableInput);
        }
    }

    void aFileOfTheFutureIsReadAsFarAsKnown()
    {
        const fs::path file = folder() / "future.espalier";
        QVERIFY(writeFile(file, std::string_view(R"({"format":"espalier-study","version":1,"mood":"good",)"
                                                 R"("columns":["accuracy","beauty"],"rows":[{"beauty":9}]})")));
        const Result<Study> study = readStudy(file);
        QVERIFY(study);
        QCOMPARE(study->columns, (std::vector<Column>{Column::accuracy}));
        QCOMPARE(study->rows.size(), 1u);
    }

    void theDigestIsSha256()
    {
        QCOMPARE(sha256({'a', 'b', 'c'}),
                 std::string("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"));
    }

    void theSampleStudyHasSixRecipes()
    {
        const SampleStudy study = sampleStudy();
        QCOMPARE(study.recipes.size(), 6u);
        QCOMPARE(study.missing.empty(), !study.model.empty() && !study.data.empty());
    }

private:
    fs::path folder() const { return fs::canonical(m_folder.path().toStdString()); }

    QTemporaryDir m_folder;
};

QTEST_APPLESS_MAIN(TestStudyFile)
#include "tst_studyfile.moc"
