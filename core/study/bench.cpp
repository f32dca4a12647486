// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/study/bench.h"

namespace espalier {

namespace {

template <class T>
void setIfKnown(Row &row, Column column, const std::optional<T> &value)
{
    if (value)
        row.set(column, *value);
}

} // namespace

std::optional<double> LayerProfile::perMac() const
{
    const auto &spent = cycles ? cycles : instructions;
    return spent && macs > 0 ? std::optional(double(*spent) / double(macs)) : std::nullopt;
}

void fill(Row &row, const BenchRecord &record)
{
    row.set(Column::board, record.board);
    // A source without a figure would claim that something was measured.
    const bool timed = record.latencyMs || record.cycles || record.instructions;
    if (timed && record.timeSource != Source::none)
        row.set(Column::timeSource, std::string(name(record.timeSource)));
    // Counted instructions are no time, whatever a driver put beside them.
    if (record.timeSource != Source::counted) {
        setIfKnown(row, Column::latencyMs, record.latencyMs);
        setIfKnown(row, Column::latencyMsMin, record.latencyMsMin);
        setIfKnown(row, Column::latencyMsMax, record.latencyMsMax);
        setIfKnown(row, Column::cycles, record.cycles);
    }
    setIfKnown(row, Column::instructions, record.instructions);
    if (record.runs > 0)
        row.set(Column::runs, record.runs);
    setIfKnown(row, Column::ramBytes, record.ramBytes);
    setIfKnown(row, Column::arenaBytes, record.arenaBytes);
    setIfKnown(row, Column::stackBytes, record.stackBytes);
    setIfKnown(row, Column::staticRamBytes, record.staticRamBytes);
    setIfKnown(row, Column::flashBytes, record.flashBytes);
    setIfKnown(row, Column::weightsFlashBytes, record.weightsFlashBytes);
    setIfKnown(row, Column::codeFlashBytes, record.codeFlashBytes);
    setIfKnown(row, Column::temperatureC, record.temperatureC);
    if (record.energyMj) {
        row.set(Column::energyMj, *record.energyMj);
        row.set(Column::energySource, std::string(name(record.energySource)));
    }
    if (record.exact) {
        row.set(Column::fidelity, std::string(*record.exact ? "exact" : "differs"));
        if (!*record.exact && !record.difference.empty())
            row.set(Column::why, record.difference);
    }
    if (record.accuracy) {
        row.set(Column::accuracy, *record.accuracy);
        row.set(Column::samples, std::int64_t(record.validated));
    }
    if (!record.measuredOn.empty())
        row.set(Column::measuredOn, record.measuredOn);
}

} // namespace espalier
