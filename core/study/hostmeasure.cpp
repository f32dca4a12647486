// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/study/hostmeasure.h"

#include "core/data/labelkind.h"
#include "core/formats/modelformat.h"
#include "core/metrics/modelmetric.h"

#include <algorithm>
#include <fstream>

namespace espalier {

namespace {

Result<SharedBytes> writtenFile(const Model &model)
{
    const auto format = std::ranges::find(modelFormats(), "tflite", &ModelFormat::id);
    if (format == modelFormats().end() || !(*format)->write)
        return failed("this build cannot write .tflite files, so it cannot tell a model's size");
    Result<Bytes> bytes = (*format)->write(model);
    if (!bytes)
        return bytes.error();
    return std::make_shared<const Bytes>(*std::move(bytes));
}

} // namespace

Result<void> measureModel(Row &row, const Model &model, SharedBytes file)
{
    if (!file) {
        Result<SharedBytes> written = writtenFile(model);
        if (!written)
            return written.error();
        file = *std::move(written);
    }
    fillModelMetrics(row, model, *file);
    return {};
}

Result<Evaluation> measureAccuracy(Row &row, const ProgramPtr &program, const Dataset &data,
                                   const InputScaling &scaling, std::size_t limit, ThreadPool &pool,
                                   const Progress &progress)
{
    const LabelKind labels = labelKindFor(program->graph(), data);
    if (data.test.count == 0 || data.test.labels.empty() || labels == LabelKind::unrelated)
        return Evaluation{};
    const Samples samples = limit == 0 ? data.test : data.test.spread(limit);
    if (const Result<void> fits = checkFit(program->graph(), samples); !fits)
        return fits.error();
    Result<Evaluation> evaluation = evaluate(program, samples, labels, scaling, pool, progress);
    if (!evaluation)
        return evaluation.error();
    row.set(Column::samples, std::int64_t(evaluation->samples));
    row.set(Column::accuracy, evaluation->accuracy);
    return evaluation;
}

Result<HostTime> measureHostTime(Row &row, const ProgramPtr &program, const Progress &progress)
{
    const HostTime time = hostTime(program, progress);
    if (progress.cancelled())
        return cancelled();
    row.set(Column::hostMs, time.medianMs);
    row.set(Column::measuredOn, "host: " + hostProcessor());
    return time;
}

std::string hostProcessor()
{
    std::ifstream file("/proc/cpuinfo");
    for (std::string line; std::getline(file, line);) {
        if (!line.starts_with("model name"))
            continue;
        const std::size_t colon = line.find(':');
        if (colon != std::string::npos && colon + 2 <= line.size())
            return line.substr(colon + 2);
    }
    return "unknown processor";
}

} // namespace espalier
