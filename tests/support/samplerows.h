// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/study/row.h"

#include <cstdint>
#include <string>
#include <vector>

/// Rows as a comparison makes them, with figures of the right size, for tests of views. The names and figures are made
/// up for the tests.
inline espalier::Row sampleRow(const std::string &variant, const std::string &recipe, double accuracy,
                               std::int64_t size, std::int64_t zipped, double sparsity, double hostMs,
                               std::int64_t instructions)
{
    using espalier::Column;
    espalier::Row row;
    row.set(Column::variant, variant);
    row.set(Column::recipe, recipe);
    row.set(Column::model, std::string("sample.tflite"));
    row.set(Column::data, std::string("sample.npz"));
    row.set(Column::samples, std::int64_t(800));
    row.set(Column::accuracy, accuracy);
    row.set(Column::accuracyDelta, accuracy - 0.9125);
    row.set(Column::sizeBytes, size);
    row.set(Column::zippedBytes, zipped);
    row.set(Column::sparsity, sparsity);
    row.set(Column::parameters, std::int64_t(24908));
    row.set(Column::macs, std::int64_t(2656768));
    row.set(Column::hostMs, hostMs);
    if (instructions > 0) {
        row.set(Column::board, std::string("qemu-m4"));
        row.set(Column::instructions, instructions);
        row.set(Column::timeSource, std::string("counted"));
        row.set(Column::ramBytes, size / 3);
        row.set(Column::arenaBytes, size / 4);
        row.set(Column::stackBytes, std::int64_t(816));
        row.set(Column::staticRamBytes, std::int64_t(280));
        row.set(Column::flashBytes, size + 9000);
        row.set(Column::weightsFlashBytes, size);
        row.set(Column::codeFlashBytes, std::int64_t(9000));
        row.set(Column::fidelity, std::string("exact"));
        row.set(Column::measuredOn, std::string("QEMU 7.2.0 mps2-an386, arm-none-eabi-g++ 12.2.1"));
    }
    row.set(Column::status, std::string("ok"));
    return row;
}

inline std::vector<espalier::Row> sampleRows()
{
    std::vector<espalier::Row> rows = {
        sampleRow("original", "", 0.9125, 99840, 92040, 0.0, 0.0412, 31200000),
        sampleRow("float16", "quantize-float16", 0.9125, 51000, 47200, 0.0, 0.0409, 31150000),
        sampleRow("dynamic", "quantize-dynamic", 0.9113, 36800, 29900, 0.012, 0.0300, 18400000),
        sampleRow("int8", "quantize-int8", 0.9100, 34100, 28600, 0.012, 0.0221, 9800000),
        sampleRow("magnitude 50 %", "prune-magnitude", 0.9113, 99840, 55100, 0.5, 0.0412, 31200000),
        sampleRow("magnitude 50 % → int8", "prune-magnitude | quantize-int8", 0.9075, 34100, 19300, 0.51,
                  0.0221, 9800000),
        sampleRow("random 30 %", "prune-random", 0.7413, 99840, 70500, 0.3, 0.0411, 31200000),
    };
    espalier::Row failed;
    failed.set(espalier::Column::variant, std::string("int8 percentile"));
    failed.set(espalier::Column::recipe, std::string("quantize-int8 calibration=percentile"));
    failed.set(espalier::Column::status, std::string("failed"));
    failed.set(espalier::Column::why, std::string("The data set has no calibration samples: give one with a training split."));
    rows.push_back(failed);
    return rows;
}
