// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/formats/modelformat.h"
#include "core/kernels/kernel.h"
#include "support/shareddata.h"

#include <cmath>
#include <cstring>
#include <fstream>
#include <map>
#include <sstream>

using namespace espalier;

namespace {

/// The recorded value of every operator's output, by tensor.
std::map<std::int32_t, Bytes> recorded(const std::filesystem::path &folder, const std::string &model)
{
    const Bytes all = *readFile(folder / (model + ".tensors0.bin"));
    std::ifstream table(folder / (model + ".tensors0.csv"));
    std::map<std::int32_t, Bytes> found;
    std::string line;
    std::getline(table, line);
    while (std::getline(table, line)) {
        std::istringstream fields(line);
        std::string index, name, tensor, offset, bytes;
        for (std::string *field : {&index, &name, &tensor, &offset, &bytes})
            std::getline(fields, *field, ',');
        const auto first = all.begin() + std::stol(offset);
        found[std::stoi(tensor)] = Bytes(first, first + std::stol(bytes));
    }
    return found;
}

/// Integers exactly; floats within 1e-5 of the value or 1e-6 of the tensor's largest, since the recording has no fused
/// multiply-add.
bool equal(const Bytes &ours, const Bytes &theirs, DType type)
{
    if (type != DType::float32 || ours.size() != theirs.size())
        return ours == theirs;
    std::vector<float> a(ours.size() / 4), b(theirs.size() / 4);
    std::memcpy(a.data(), ours.data(), ours.size());
    std::memcpy(b.data(), theirs.data(), theirs.size());
    float largest = 0;
    for (const float value : b)
        largest = std::max(largest, std::abs(value));
    for (std::size_t i = 0; i < a.size(); ++i)
        if (!(std::abs(a[i] - b[i]) <= 1e-5f * std::abs(b[i]) + 1e-6f * largest))
            return false;
    return true;
}

} // namespace

/// Real models' tensors, recorded from the reference kernels: each operator gets the recorded inputs and must give the
/// recorded output, whichever the engine's memory plan.
class TestRecordedTensors : public QObject
{
    Q_OBJECT

private slots:
    void initTestCase() { ESPALIER_NEEDS_SHARED("mlperf-tiny/golden"); }
    void operatorsGiveTheRecordedOutputs_data();
    void operatorsGiveTheRecordedOutputs();
};

void TestRecordedTensors::operatorsGiveTheRecordedOutputs_data()
{
    QTest::addColumn<QString>("model");
    for (const char *model : {"ad01_fp32", "ad01_int8", "hello_world_float", "hello_world_int8", "kws_float_dequant",
                              "kws_ref_model", "kws_savedmodel_float", "micro_speech_quantized", "pretrainedResnet",
                              "pretrainedResnet_quant", "vww_96_float", "vww_96_int8"})
        QTest::newRow(model) << QString::fromLatin1(model);
}

void TestRecordedTensors::operatorsGiveTheRecordedOutputs()
{
    QFETCH(QString, model);
    const auto folder = sharedFolder() / "mlperf-tiny";
    const auto read = readModel(folder / "models" / (model.toStdString() + ".tflite"));
    QVERIFY2(read.has_value(), read ? "" : read.error().message.c_str());
    const Graph &graph = (*read)->main();
    auto values = recorded(folder / "golden", model.toStdString());
    values[graph.inputs.at(0).index] = *readFile(folder / "golden" / (model.toStdString() + ".in0.bin"));

    int checked = 0;
    for (const Operator &op : graph.operators) {
        const KernelKind *kind = kernelKind(op.kind);
        QVERIFY2(kind, op.typeName.c_str());
        const auto kernel = kind->make(graph, op);
        QVERIFY2(kernel.has_value(), kernel ? "" : (op.typeName + ": " + kernel.error().message).c_str());
        std::vector<const std::byte *> inputs;
        for (const TensorId id : op.inputs)
            inputs.push_back(reinterpret_cast<const std::byte *>(!id.valid() ? nullptr
                                                                 : graph[id].isConstant()
                                                                     ? graph[id].data->data()
                                                                     : values.at(id.index).data()));
        const TensorId out = op.outputs.at(0);
        Bytes result(graph[out].bytes());
        std::byte *const outputs[] = {reinterpret_cast<std::byte *>(result.data())};
        std::vector<std::byte> scratch((*kernel)->scratchBytes(1) + 64);
        auto *aligned = scratch.data() + (64 - reinterpret_cast<std::uintptr_t>(scratch.data()) % 64) % 64;
        (*kernel)->run({inputs, outputs, aligned, 1});
        QVERIFY2(equal(result, values.at(out.index), graph[out].type), op.typeName.c_str());
        ++checked;
    }
    QVERIFY(checked > 2);
}

QTEST_APPLESS_MAIN(TestRecordedTensors)
#include "tst_recordedtensors.moc"
