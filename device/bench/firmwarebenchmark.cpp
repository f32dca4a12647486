// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "device/bench/firmwarebenchmark.h"

#include "core/data/labelkind.h"
#include "device/bench/pseudorandom.h"
#include "device/plan/harness.h"

#include <algorithm>

namespace espalier::device {

namespace {

using std::chrono::milliseconds;

constexpr std::int64_t leastBatches = 10, leastMicroseconds = 1000000;
constexpr milliseconds firstDeadline(120000); // nobody knows yet how fast it is

milliseconds deadlineOf(std::int64_t runs, std::int64_t microseconds)
{
    return milliseconds(20000 + runs * microseconds / 100); // ten times what it takes
}

class FirmwareRun
{
public:
    FirmwareRun(Dut &dut, const Model &model, const BenchOptions &options, const Progress &progress)
        : m_dut(dut), m_graph(model.main()), m_options(options), m_progress(progress)
    {
    }

    Result<BenchRecord> all()
    {
        m_record.timeSource = Source::measured;
        const auto profile = m_dut.profile();
        if (!profile)
            return profile.error();
        m_record.measuredOn = "firmware '" + profile->name + "', which says that it runs '" + profile->model + "'";
        if (const auto done = measure(); !done)
            return done.error();
        if (m_options.validateSamples > 0) {
            if (const auto done = validate(); !done)
                return done.error();
        }
        return std::move(m_record);
    }

private:
    Result<void> measure()
    {
        if (const auto sent = send(pseudoRandomInput(m_graph, 0)); !sent)
            return sent;
        // Batches long enough that the resolution of the board's clock does not matter.
        const auto first = m_dut.infer(1, 1, firstDeadline);
        if (!first)
            return first.error();
        m_microseconds = std::max<std::int64_t>(first->microseconds, 1);
        const std::int64_t runs =
            std::clamp<std::int64_t>(leastMicroseconds / leastBatches / m_microseconds, 1, 100000);
        std::vector<double> each; // milliseconds of one inference, by batch
        for (std::int64_t spent = 0; spent < leastMicroseconds || std::int64_t(each.size()) < leastBatches;) {
            m_progress.report("running on the board", std::min(spent, leastMicroseconds), leastMicroseconds);
            const auto batch = m_dut.infer(runs, 0, deadlineOf(runs, m_microseconds));
            if (!batch)
                return batch.error();
            if (batch->microseconds == 0)
                return failed("the board's clock stands still: " + std::to_string(runs) +
                              " inferences took no time; flash firmware that stamps time in microseconds");
            spent += batch->microseconds;
            each.push_back(double(batch->microseconds) * 1e-3 / double(runs));
        }
        std::sort(each.begin(), each.end());
        m_record.latencyMs = each[each.size() / 2];
        m_record.latencyMsMin = each.front();
        m_record.latencyMsMax = each.back();
        m_record.runs = std::int64_t(each.size()) * runs;
        return {};
    }

    Result<void> send(std::vector<std::uint8_t> input)
    {
        return m_dut.send(asSent(m_harness, m_graph, std::move(input)));
    }

    Result<void> validate()
    {
        if (!m_options.data)
            return invalidArgument("accuracy on the board needs a data set: name one with --data");
        const Samples samples = m_options.data->test.spread(m_options.validateSamples);
        if (samples.count == 0 || samples.labels.size() < samples.count)
            return unusableInput("the data set '" + m_options.data->name + "' has no labelled test samples");
        if (const auto fits = checkFit(m_graph, samples); !fits)
            return fits;
        const Tensor &input = m_graph[m_graph.inputs[0]], &output = m_graph[m_graph.outputs[0]];
        if (m_graph.inputs.size() != 1 || labelKindFor(m_graph, *m_options.data) != LabelKind::classes)
            return failed(
                "accuracy of a board's own firmware needs a classifier with one input: choose such a model, or "
                "leave out the validation");
        std::vector<std::uint8_t> bytes(input.bytes());
        std::size_t right = 0;
        for (std::size_t i = 0; i < samples.count; ++i) {
            m_progress.report("validating on the board", std::int64_t(i), std::int64_t(samples.count));
            fillInput(input, samples, m_options.scaling, i, 1, std::as_writable_bytes(std::span(bytes)));
            if (const auto sent = send(bytes); !sent)
                return sent;
            const auto batch = m_dut.infer(1, 0, deadlineOf(1, m_microseconds));
            if (!batch)
                return batch.error();
            if (batch->results.size() != output.elements() || batch->results.size() < 2)
                return failed("the board's firmware gives " + std::to_string(batch->results.size()) +
                              " results where the model has " + std::to_string(output.elements()) +
                              ": choose the model that its firmware runs");
            const auto best = std::max_element(batch->results.begin(), batch->results.end()) - batch->results.begin();
            right += best == samples.labels[i] ? 1 : 0;
        }
        m_record.accuracy = double(right) / double(samples.count);
        m_record.validated = samples.count;
        return {};
    }

    Dut &m_dut;
    const Graph &m_graph;
    const Harness m_harness = harnessOf(m_graph);
    const BenchOptions &m_options;
    const Progress &m_progress;
    std::int64_t m_microseconds = 1; // of one inference, about
    BenchRecord m_record;
};

} // namespace

Result<BenchRecord> benchmarkFirmware(Dut &dut, const Model &model, const BenchOptions &options,
                                      const Progress &progress)
{
    return FirmwareRun(dut, model, options, progress).all();
}

} // namespace espalier::device
