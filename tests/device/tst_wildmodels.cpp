// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Models of many producers on every emulated board that they fit: outputs equal the host's, bit for bit. Small ones get
// 16 inputs; $ESPALIER_FIDELITY_INPUTS gives every model so many everywhere, which takes long.
#include "core/engine/engine.h"
#include "core/formats/modelformat.h"
#include "core/metrics/modelmetrics.h"
#include "device/boards/board.h"
#include "device/boards/preflight.h"
#include "support/shareddata.h"

#include <QtTest>

#include <cstdlib>

using namespace espalier;

namespace {

/// How many inputs a test can wait for, by what the emulators do and take over their serial lines in a second. 0: none.
std::size_t inputsFor(std::int64_t work, std::int64_t constantBytes, const std::string &board)
{
    if (const char *asked = std::getenv("ESPALIER_FIDELITY_INPUTS"))
        return std::size_t(std::atoi(asked));
    if (board == "pico-emulated")
        return work < 100'000 && constantBytes < 50'000 ? 2 : 0;
    return work < 1'000'000 && constantBytes < 50'000 ? 16 : 0;
}

} // namespace

class TestWildModels : public QObject
{
    Q_OBJECT

private slots:
    void areExact_data()
    {
        QTest::addColumn<QString>("path");
        QTest::addColumn<QString>("board");
        if (sharedFolder().empty())
            return;
        for (const char *folder : {"mlperf-tiny/models", "models-wild"}) {
            if (!std::filesystem::exists(sharedFolder() / folder))
                continue;
            for (const auto &entry : std::filesystem::directory_iterator(sharedFolder() / folder)) {
                if (entry.path().extension() != ".tflite")
                    continue;
                for (const char *board : {"qemu-m4", "qemu-m7", "qemu-m0", "pico-emulated"})
                    QTest::addRow("%s, %s", entry.path().stem().c_str(), board)
                        << QString::fromStdString(entry.path().string()) << QString::fromLatin1(board);
            }
        }
    }
    void areExact()
    {
        ESPALIER_NEEDS_SHARED("models-wild");
        QFETCH(QString, path);
        QFETCH(QString, board);
        const std::string id = board.toStdString();
        const auto info = device::boardInfo(id);
        QVERIFY(info);
        if (!info->missingForRunner.empty())
            QSKIP(info->missingForRunner.c_str());
        const auto model = readModel(path.toStdString());
        if (!model || !Program::compile(*model))
            QSKIP("not for our engine");
        const auto fits = device::preflight(**model);
        const auto fit = std::ranges::find(fits, id, &BoardFit::board);
        QVERIFY(fit != fits.end());
        if (!fit->fits)
            QSKIP(fit->why.c_str());
        if (!fit->note.empty())
            QSKIP(fit->note.c_str());
        BenchOptions options;
        options.useRunner = true;
        options.fidelityInputs = inputsFor(macs((*model)->main()), fit->constantBytes.value_or(0), id);
        if (options.fidelityInputs == 0)
            QSKIP("takes long");
        const auto record = device::benchmark(*model, id, options, {});
        QVERIFY2(record, record ? "" : record.error().message.c_str());
        QCOMPARE(QString::fromStdString(record->difference), QString());
        QCOMPARE(record->exact, std::optional<bool>(true));
    }
};

QTEST_GUILESS_MAIN(TestWildModels)
#include "tst_wildmodels.moc"
