// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/study/bench.h"

/// What a benchmark tells of a small network's memory, made up for tests of views: fullest at the second of three
/// layers, where 'b' and 'c' live together.
inline espalier::BenchRecord sampleRecord()
{
    espalier::BenchRecord record;
    record.board = "qemu-m4";
    record.arena = {{"a", 0, 1024, -1, 0, false},
                    {"b", 1024, 3072, 0, 1, false},
                    {"scratch", 4096, 512, 0, 0, true},
                    {"c", 4096, 2048, 1, 2, false},
                    {"d", 0, 256, 2, 3, false}};
    record.arenaBytes = 6144;
    record.flash = espalier::FlashParts{14336, 1024, 5120, 2048, 2560};
    return record;
}
