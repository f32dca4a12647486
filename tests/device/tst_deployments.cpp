// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// What is exported builds as it is, everywhere, and computes what the host computes.
#include "core/formats/modelformat.h"
#include "device/codegen/deployment.h"
#include "hostbuild.h"
#include "randomgraph.h"
#include "support/shareddata.h"

#include <QtTest>

using namespace espalier;
using namespace espalier::device;
using namespace espalier::test;

class TestDeployments : public QObject
{
    Q_OBJECT

private slots:
    void realModelsEqualTheHost_data()
    {
        QTest::addColumn<QString>("model");
        for (const char *name : {"hello_world_int8", "hello_world_float", "micro_speech_quantized", "kws_ref_model",
                                 "kws_savedmodel_float", "kws_ref_model_float32", "ad01_int8", "ad01_fp32"})
            QTest::newRow(name) << QString::fromLatin1(name);
    }
    void realModelsEqualTheHost()
    {
        ESPALIER_NEEDS_SHARED("mlperf-tiny/models");
        if (findProgram("g++").empty())
            QSKIP("needs g++");
        QFETCH(QString, model);
        const auto read = readModel(sharedFolder() / "mlperf-tiny/models" / (model.toStdString() + ".tflite"));
        QVERIFY2(read, read ? "" : read.error().message.c_str());
        QCOMPARE(QString::fromStdString(differenceOnHost(*read, 2)), QString());
    }

    // The C export as a person builds it: with every warning, for this machine and for two boards.
    void cSourcesBuildEverywhere_data()
    {
        QTest::addColumn<QString>("compiler");
        QTest::addColumn<QStringList>("flags");
        for (const char *standard : {"-std=c++14", "-std=c++20"}) {
            const auto row = [&](const char *name, const char *program, const char *processor) {
                QStringList all = {QString::fromLatin1(standard)};
                all += QString::fromLatin1(processor).split(u' ', Qt::SkipEmptyParts);
                QTest::addRow("%s %s", name, standard + 5) << QString::fromLatin1(program) << all;
            };
            row("this machine", "g++", "");
            row("this machine, for M4", "g++", "-DESPALIER_KERNELS_DSP=1");
            row("this machine, for M0", "g++", "-DESPALIER_KERNELS_THUMB=1");
            row("clang", "clang++", "");
            row("Cortex-M4F", "arm-none-eabi-g++",
                "-mthumb -mcpu=cortex-m4 -mfloat-abi=hard -mfpu=fpv4-sp-d16 -ffreestanding -c");
            row("Cortex-M33", "arm-none-eabi-g++", "-mthumb -mcpu=cortex-m33 -ffreestanding -c");
            row("Cortex-M0+", "arm-none-eabi-g++", "-mthumb -mcpu=cortex-m0plus -ffreestanding -c");
        }
    }
    void cSourcesBuildEverywhere()
    {
        QFETCH(QString, compiler);
        QFETCH(QStringList, flags);
        const auto program = findProgram(compiler.toStdString());
        if (program.empty())
            QSKIP(qPrintable(QStringLiteral("needs ") + compiler));
        QTemporaryDir temporary;
        const auto folder = std::filesystem::path(temporary.path().toStdString()) / "My Model-2";
        const auto written = findDeployment("c")->write(someModel(), folder);
        QVERIFY2(written, written ? "" : written.error().message.c_str());
        QVERIFY(std::filesystem::exists(folder / "LICENSE"));
        QVERIFY(std::filesystem::exists(folder / "README.md"));
        Command command{
            program,
            {"-O1", "-Wall", "-Wextra", "-Werror", "-fno-exceptions", "-fno-rtti", "-ffp-contract=off", "-I."},
            folder};
        for (const auto &entry : std::filesystem::directory_iterator(folder)) {
            if (entry.path().extension() == ".cpp")
                command.arguments.push_back(entry.path().filename().string());
        }
        for (const QString &flag : flags)
            command.arguments.push_back(flag.toStdString());
        const auto compiled = runCommand(command, std::chrono::seconds(60), {});
        QVERIFY(compiled);
        QVERIFY2(compiled->exitCode == 0, compiled->errors.c_str());
    }

    // The models above use few of the kernels.
    void everyKernelIsCpp14_data()
    {
        QTest::addColumn<QString>("compiler");
        QTest::addColumn<QString>("flags");
        QTest::addColumn<QString>("folder");
        const QString arm = QStringLiteral("arm-none-eabi-g++"),
                      freestanding = QStringLiteral("-mthumb -ffreestanding ");
        QTest::newRow("this machine") << QStringLiteral("g++") << QString() << QString();
        QTest::newRow("Cortex-M4F") << arm
                                    << freestanding +
                                           QStringLiteral("-mcpu=cortex-m4 -mfloat-abi=hard -mfpu=fpv4-sp-d16")
                                    << QStringLiteral("dsp");
        QTest::newRow("Cortex-M0+") << arm << freestanding + QStringLiteral("-mcpu=cortex-m0plus")
                                    << QStringLiteral("thumb");
    }
    void everyKernelIsCpp14()
    {
        QFETCH(QString, compiler);
        QFETCH(QString, flags);
        QFETCH(QString, folder);
        const auto program = findProgram(compiler.toStdString());
        if (program.empty())
            QSKIP(qPrintable(QStringLiteral("needs ") + compiler));
        const std::filesystem::path include = ESPALIER_SOURCE_DIR "/device/runtime/include";
        std::string source;
        for (const std::string &each : {std::string(), folder.toStdString()})
            for (const auto &entry : std::filesystem::directory_iterator(include / "espalier" / each))
                if (entry.path().extension() == ".h" && entry.path().filename() != "kerneltable.h") // the runner's
                    source += "#include <" + std::filesystem::relative(entry.path(), include).string() + ">\n";
        QTemporaryDir temporary;
        const auto file = std::filesystem::path(temporary.path().toStdString()) / "all.cpp";
        QVERIFY(writeFile(file, source));
        Command command{program,
                        {"-std=c++14", "-O1", "-Wall", "-Wextra", "-Werror", "-fno-exceptions", "-fno-rtti",
                         "-ffp-contract=off", "-I" + include.string(), "-c", "all.cpp"},
                        file.parent_path()};
        for (const QString &flag : flags.split(u' ', Qt::SkipEmptyParts))
            command.arguments.push_back(flag.toStdString());
        const auto compiled = runCommand(command, std::chrono::seconds(60), {});
        QVERIFY(compiled);
        QVERIFY2(compiled->exitCode == 0, compiled->errors.c_str());
    }

    void arduinoLibraryHasItsLayout()
    {
        QTemporaryDir temporary;
        const auto folder = std::filesystem::path(temporary.path().toStdString()) / "net";
        const auto written = findDeployment("arduino")->write(someModel(), folder);
        QVERIFY2(written, written ? "" : written.error().message.c_str());
        for (const char *file : {"library.properties", "src/net.h", "src/net_dsp.cpp", "src/net_plain_weights.cpp",
                                 "src/espalier/conv2d.h", "examples/run_once/run_once.ino", "LICENSE"})
            QVERIFY2(std::filesystem::exists(folder / file), file);
        const auto properties = readFile(folder / "library.properties");
        QVERIFY(properties);
        const std::string text(properties->begin(), properties->end());
        for (const char *key : {"name=", "version=", "author=", "maintainer=", "sentence=", "paragraph=", "category=",
                                "url=", "architectures="})
            QVERIFY2(text.find(key) != std::string::npos, key);
    }

    // As part of another CMake project the Pico export is a library for any compiler.
    void picoLibraryIsUsableFromCMake()
    {
        const auto cmake = findProgram("cmake");
        if (cmake.empty() || findProgram("g++").empty())
            QSKIP("needs cmake and g++");
        QTemporaryDir temporary;
        const std::filesystem::path folder = temporary.path().toStdString();
        const auto written = findDeployment("pico")->write(someModel(), folder / "net");
        QVERIFY2(written, written ? "" : written.error().message.c_str());
        QVERIFY(writeFiles(folder, {{"CMakeLists.txt", "cmake_minimum_required(VERSION 3.13)\nproject(p CXX)\n"
                                                       "add_subdirectory(net)\nadd_executable(p main.cpp)\n"
                                                       "target_link_libraries(p net)\n"},
                                    {"main.cpp", "#include \"net.h\"\nint main()\n{\n    net_run();\n}\n"}}));
        for (const std::vector<std::string> &arguments :
             {std::vector<std::string>{"-B", "build", "-S", "."}, std::vector<std::string>{"--build", "build"}}) {
            const auto done = runCommand({cmake, arguments, folder}, std::chrono::seconds(60), {});
            QVERIFY(done);
            QVERIFY2(done->exitCode == 0, (done->output + done->errors).c_str());
        }
    }

    void namesAreIdentifiers()
    {
        QCOMPARE(QString::fromStdString(identifierFrom("My Model-2")), QStringLiteral("my_model_2"));
        QCOMPARE(QString::fromStdString(identifierFrom("9 lives")), QStringLiteral("lives"));
        QCOMPARE(QString::fromStdString(identifierFrom("…")), QStringLiteral("model"));
        QCOMPARE(QString::fromStdString(identifierFrom("float")), QStringLiteral("float_model"));
    }

    // A tensor's name is text from a file: it must not end a comment or begin a new line of code.
    void hostileNamesStayInTheirComments()
    {
        RandomGraph random(2);
        random.addChain(DType::int8);
        Graph graph = random.take();
        for (Tensor &tensor : graph.tensors)
            tensor.name = "x */ int evil( \\\n#error y?\?/ \xff\xe2\x80\xae";
        QCOMPARE(QString::fromStdString(differenceOnHost(modelOf(std::move(graph)), 1)), QString());
    }

    void folderThatCannotBeMadeIsAnError()
    {
        QTemporaryFile file;
        QVERIFY(file.open());
        const auto written = findDeployment("c")->write(someModel(), file.fileName().toStdString());
        QVERIFY(!written);
    }

private:
    static ModelPtr someModel()
    {
        RandomGraph random(4);
        random.addConv2D(DType::int8);
        random.addConv2D(DType::float32);
        random.addConv2D(DType::float32, true);
        random.addUnary(OpKind::softmax, DType::int8);
        random.addUnary(OpKind::tanh, DType::float32);
        random.addPairwise(OpKind::add, DType::uint8);
        return modelOf(random.take());
    }
};

QTEST_GUILESS_MAIN(TestDeployments)
#include "tst_deployments.moc"
