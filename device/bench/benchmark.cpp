// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "device/bench/benchmark.h"

#include "core/base/text.h"
#include "core/study/figureformat.h"
#include "device/bench/bestknown.h"
#include "device/bench/binding.h"
#include "device/bench/fidelity.h"
#include "device/bench/layerfidelity.h"
#include "device/bench/modelfirmware.h"
#include "device/bench/pseudorandom.h"
#include "device/bench/residentrunner.h"
#include "device/bench/validate.h"
#include "device/plan/arena.h"
#include "device/plan/planimage.h"
#include "device/protocol/dut.h"

#include <QTemporaryDir>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <numeric>

namespace espalier::device {

namespace {

// A minute beyond what the slowest kernels take is a board that hangs.
std::chrono::milliseconds inferenceDeadline(const ExecutionPlan &plan, const CountingBoard &board)
{
    std::int64_t macs = 0;
    for (const PlanStep &step : plan.steps)
        macs += step.macs;
    return std::chrono::seconds(60 + macs / board.leastMacsPerSecond);
}

Result<void> checkMemory(const ExecutionPlan &plan, const CountingBoard &board)
{
    const auto complain = [&](const std::string &what, std::size_t needed, std::uint64_t there, const char *memory) {
        return failed(what + " take " + std::to_string(needed) + " bytes and " + board.id + " has " +
                      std::to_string(there) + " of " + memory + ": choose a smaller variant");
    };
    if (plan.constantBytes() > board.target.flashBytes)
        return complain("the model's constants", plan.constantBytes(), board.target.flashBytes, "flash");
    if (board.target.weightsInRam && plan.constantBytes() > board.target.ramBytes)
        return complain("the model's constants", plan.constantBytes(), board.target.ramBytes, "RAM");
    if (plan.arenaBytes > board.target.ramBytes)
        return complain("the model's activations", plan.arenaBytes, board.target.ramBytes, "RAM");
    if (plan.arenaBytes + storedInputBytes(plan) > board.target.ramBytes)
        return complain("the model, which alone would fit, and the copy of its inputs that measuring needs",
                        plan.arenaBytes + storedInputBytes(plan), board.target.ramBytes, "RAM");
    return {};
}

Result<void> prepare(Dut &dut, const CountingBoard &board)
{
    return board.prepare ? board.prepare(dut) : Result<void>();
}

// "pico: Raspberry Pi Pico on USB port 1-2; clock 200 MHz, weights in flash; "
std::string boardText(const CountingBoard &board)
{
    return board.id + ": " + board.emulator + "; " + (board.settings.empty() ? "" : board.settings + "; ");
}

Result<std::unique_ptr<Dut>> startBoard(const CountingBoard &board, const std::filesystem::path &image,
                                        const Progress &progress)
{
    auto link = board.start(image);
    if (!link)
        return link.error();
    auto dut = std::make_unique<Dut>(std::move(*link), progress, *board.clock);
    const auto ready = board.isPhysical ? dut->greet() : dut->waitUntilReady(std::chrono::seconds(20));
    if (!ready)
        return ready.error();
    if (const auto done = prepare(*dut, board); !done)
        return done.error();
    return dut;
}

std::int64_t median(std::vector<std::int64_t> values)
{
    std::ranges::sort(values);
    return values[values.size() / 2];
}

class Run
{
public:
    Run(const ModelPtr &model, const BenchOptions &options, const CountingBoard &board, const Progress &progress)
        : m_model(model), m_options(options), m_board(board), m_progress(progress)
    {
    }

    Result<BenchRecord> all()
    {
        auto program = Program::compile(m_model);
        if (!program)
            return program.error();
        auto plan = makePlan(*m_model, m_board.target.family, m_board.target.forms);
        if (!plan)
            return plan.error();
        m_plan = std::move(*plan);
        if (const auto fits = checkMemory(m_plan, m_board); !fits)
            return fits.error();
        m_record.board = m_board.id;
        m_record.timeSource = m_board.isPhysical    ? Source::measured
                              : m_board.clockHz > 0 ? Source::simulated
                              : m_board.estimate    ? Source::estimated
                                                    : Source::counted;
        if (m_board.estimate && m_options.useRunner)
            return invalidArgument("cycles are estimated on a build of the model's own: leave out the clock of '" +
                                   m_board.id + "', or the runner");
        const auto done = m_options.useRunner ? byRunner(*program) : byCompiler(*program);
        if (!done)
            return done.error();
        return std::move(m_record);
    }

private:
    Result<void> byRunner(const ProgramPtr &program)
    {
        const auto runner = ResidentRunner::find(m_board.runner.empty() ? m_board.id : m_board.runner);
        if (!runner)
            return runner.error();
        m_record.measuredOn = boardText(m_board) + "resident runner, " + runner->compiler() +
                              " -O2; RAM with the runner's stack, code flash not known without a build of its own";
        m_record.arena = arenaBlocks(m_plan);
        m_record.arenaBytes = std::int64_t(m_plan.arenaBytes);
        // Constants are the same in an own build, but for a few bytes of the linker's between them, and kernels have no
        // variables. What code it would link is known only when it is linked: kernels are inlined as layers want it.
        m_record.weightsFlashBytes = std::int64_t(m_plan.constantBytes());
        m_record.staticRamBytes = m_board.target.weightsInRam ? *m_record.weightsFlashBytes : 0;
        auto dut = startRunner(*runner);
        if (!dut)
            return dut.error();
        if (const auto loaded = (*dut)->loadPlan(writePlanImage(m_plan), m_board.target.weightsInRam); !loaded)
            return loaded.error();
        if (const auto done = measure(**dut, program); !done)
            return done.error();
        if (m_options.validateSamples > 0) {
            if (const auto done = validate(**dut); !done)
                return done.error();
        }
        if (m_options.perLayer || mustLocate()) {
            if (const auto noted = (*dut)->setProfile(true); !noted)
                return noted.error();
            if (const auto done = lookIntoLayers(**dut); !done)
                return done.error();
        }
        waitingboards::put(m_board.id + m_board.place, (*dut)->takeLink()); // what has failed is not used again
        return {};
    }

    // The one that waits, if it still answers, or a new one.
    Result<std::unique_ptr<Dut>> startRunner(const ResidentRunner &runner)
    {
        if (auto link = waitingboards::take(m_board.id + m_board.place)) {
            auto dut = std::make_unique<Dut>(std::move(link), m_progress, *m_board.clock);
            if (dut->profile() && prepare(*dut, m_board))
                return dut;
        }
        m_progress.report("starting the board", 0, 1);
        return startBoard(m_board, runner.image(), m_progress);
    }

    Result<void> byCompiler(const ProgramPtr &program)
    {
        auto toolchain = ArmToolchain::find();
        if (!toolchain)
            return toolchain.error();
        m_record.measuredOn = boardText(m_board) + toolchain->version() + " -O2";

        auto dut = buildAndStart(*toolchain, false);
        if (!dut)
            return dut.error();
        if (const auto done = measure(**dut, program); !done)
            return done.error();
        if (m_board.estimate) {
            if (const auto done = estimate(); !done)
                return done.error();
        }
        if (m_options.validateSamples > 0) {
            if (const auto done = validate(**dut); !done)
                return done.error();
        }
        if (m_options.perLayer || mustLocate()) {
            dut->reset();
            auto profiled = buildAndStart(*toolchain, true);
            if (!profiled)
                return profiled.error();
            if (const auto done = lookIntoLayers(**profiled); !done)
                return done.error();
        }
        return {};
    }

    Result<std::unique_ptr<Dut>> buildAndStart(const ArmToolchain &toolchain, bool profiled)
    {
        m_progress.report("building the firmware", 0, 1);
        m_folder = std::make_unique<QTemporaryDir>();
        if (!m_folder->isValid())
            return failed("no folder for temporary files can be made: " + m_folder->errorString().toStdString());
        const auto image =
            buildFirmware(toolchain, m_plan, m_board.target, profiled, m_folder->path().toStdString(), m_progress);
        if (!image)
            return image.error();
        if (!profiled) {
            const Footprint &footprint = image->footprint;
            m_record.weightsFlashBytes = footprint.weightsFlashBytes;
            m_record.codeFlashBytes = footprint.codeFlashBytes();
            m_record.flashBytes = footprint.weightsFlashBytes + footprint.codeFlashBytes();
            const auto weights = std::min(std::int64_t(m_plan.weightBytes()), footprint.weightsFlashBytes);
            m_record.flash = FlashParts{weights, footprint.weightsFlashBytes - weights + footprint.layersFlashBytes,
                                        footprint.kernelsFlashBytes, footprint.librariesFlashBytes,
                                        image->flashBytes - *m_record.flashBytes};
            m_record.arena = arenaBlocks(m_plan);
            m_record.arenaBytes = std::int64_t(m_plan.arenaBytes);
            m_record.staticRamBytes = footprint.ramBytes - std::int64_t(m_plan.arenaBytes) +
                                      (m_board.target.weightsInRam ? footprint.weightsFlashBytes : 0);
        }
        m_elf = image->elf;
        return startBoard(m_board, image->elf, m_progress);
    }

    // Cycles and milliseconds of the whole inference.
    Result<void> estimate()
    {
        const auto parts = followInference(*m_board.estimate, m_elf, *m_record.instructions,
                                           inferenceDeadline(m_plan, m_board), m_progress);
        if (!parts)
            return parts.error();
        Spent all;
        for (const Spent &part : *parts)
            all += part;
        const auto milliseconds = [&](std::int64_t cycles) { return double(cycles) * 1e3 / m_board.estimate->clockHz; };
        const EstimatedCycles cycles = estimatedCycles(all);
        m_record.cycles = cycles.middle;
        m_record.latencyMs = milliseconds(cycles.middle);
        m_record.latencyMsMin = milliseconds(cycles.least);
        m_record.latencyMsMax = milliseconds(cycles.most);
        m_record.measuredOn += "; instructions counted, cycles and time estimated from the core's documented "
                               "instruction times: memory without wait states, no bus contention";
        if (cycles.most > cycles.least)
            m_record.measuredOn += ", 2 cycles to refill the pipeline (least and most: 1 and 3)";
        return {};
    }

    Result<void> estimateLayers()
    {
        std::int64_t expected = 0;
        for (const LayerProfile &layer : m_record.layers)
            expected += layer.instructions.value_or(0);
        const auto parts =
            followInference(*m_board.estimate, m_elf, expected, inferenceDeadline(m_plan, m_board), m_progress);
        if (!parts)
            return parts.error();
        if (parts->size() < m_record.layers.size())
            return failed("the emulator's log tells of " + std::to_string(parts->size()) +
                          " layers and the model has " + std::to_string(m_record.layers.size()) +
                          ": leave out the clock, or the profile of layers");
        for (std::size_t i = 0; i < m_record.layers.size(); ++i)
            m_record.layers[i].cycles = estimatedCycles((*parts)[i]).middle;
        return {};
    }

    std::int64_t instructions(std::int64_t ticks) const
    {
        return std::int64_t(std::llround(double(ticks) / m_board.ticksPerInstruction));
    }

    Result<void> measure(Dut &dut, const ProgramPtr &program)
    {
        std::vector<std::int64_t> ticks;
        Fidelity fidelity(program);
        for (std::size_t k = 0; !measuredEnough(ticks); ++k) {
            m_progress.report("running on the board", std::int64_t(std::min(k, leastRuns() - 1)),
                              std::int64_t(leastRuns()));
            if (k < std::max<std::size_t>(m_options.fidelityInputs, 1)) { // further runs take the last input again
                if (const auto filled = dut.fill(std::uint32_t(k)); !filled)
                    return filled.error();
            }
            const auto spent = dut.run(inferenceDeadline(m_plan, m_board));
            if (!spent)
                return spent.error();
            ticks.push_back(*spent);
            if (k >= m_options.fidelityInputs)
                continue;
            fidelity.runHost(pseudoRandomInput(program->graph(), std::uint32_t(k)));
            if (fidelity.exact())
                m_suspect = std::uint32_t(k);
            for (std::size_t i = 0; i < m_plan.outputs.size(); ++i) {
                const auto bytes = dut.output(i, fidelity.hostOutput(i).size());
                if (!bytes)
                    return bytes.error();
                fidelity.compare(i, *bytes);
            }
        }
        const std::size_t runs = ticks.size();
        const auto stack = dut.stackBytes();
        if (!stack)
            return stack.error();
        if (m_board.clockHz > 0) {
            const auto milliseconds = [&](std::int64_t cycles) { return double(cycles) * 1e3 / m_board.clockHz; };
            const auto [least, most] = std::ranges::minmax(ticks);
            m_record.cycles = median(ticks);
            m_record.latencyMs = milliseconds(*m_record.cycles);
            m_record.latencyMsMin = milliseconds(least);
            m_record.latencyMsMax = milliseconds(most);
            noteBoard(dut);
        } else {
            m_record.instructions = instructions(median(std::move(ticks)));
        }
        m_record.runs = std::int64_t(runs);
        m_record.stackBytes = *stack;
        m_record.ramBytes = *m_record.arenaBytes + *m_record.staticRamBytes + *stack;
        if (m_options.fidelityInputs > 0) {
            m_record.exact = fidelity.exact();
            m_record.difference = fidelity.difference();
        }
        m_progress.report("running on the board", std::int64_t(runs), std::int64_t(runs));
        return {};
    }

    std::size_t leastRuns() const
    {
        return std::max<std::size_t>(m_options.fidelityInputs, m_board.isPhysical ? 10 : 1);
    }

    // A real board's clock, interrupts and caches scatter; an emulator's figures do not.
    bool measuredEnough(const std::vector<std::int64_t> &ticks) const
    {
        const double sum = std::accumulate(ticks.begin(), ticks.end(), 0.0);
        return ticks.size() >= leastRuns() && (!m_board.isPhysical || sum >= m_board.clockHz);
    }

    // What a person who reads the figure wants to know of the board that gave it.
    void noteBoard(Dut &dut)
    {
        if (!m_board.isPhysical)
            return;
        m_record.temperatureC = dut.temperature();
        if (const auto &supply = m_board.supply) {
            m_record.energyMj = supply->volts * supply->milliamperes * *m_record.latencyMs * 1e-3;
            m_record.energySource = Source::estimated;
            m_record.measuredOn += "; energy is " + numberText(supply->volts) + " V x " +
                                   numberText(supply->milliamperes) + " mA x latency (" + supply->source + ")";
        }
    }

    bool mustLocate() const { return m_record.exact && !*m_record.exact; }

    /// Says in which layer the board left the host. `dut` has a profile.
    Result<void> locate(Dut &dut)
    {
        const auto layer =
            firstDifferingLayer(dut, m_plan, *m_model, m_suspect, inferenceDeadline(m_plan, m_board), m_progress);
        if (!layer)
            return layer.error();
        if (!layer->empty())
            m_record.difference += "; " + *layer;
        return {};
    }

    Result<void> validate(Dut &dut)
    {
        const auto accuracy = validateOnBoard(dut, *m_model, m_options, inferenceDeadline(m_plan, m_board), m_progress);
        if (!accuracy)
            return accuracy.error();
        m_record.accuracy = accuracy->accuracy;
        m_record.validated = accuracy->samples;
        return {};
    }

    Result<void> lookIntoLayers(Dut &dut)
    {
        if (m_options.perLayer) {
            if (const auto done = profile(dut); !done)
                return done.error();
            if (m_board.estimate) {
                if (const auto done = estimateLayers(); !done)
                    return done.error();
            }
            findBestKnown();
        }
        return mustLocate() ? locate(dut) : Result<void>();
    }

    Result<void> profile(Dut &dut)
    {
        if (const auto filled = dut.fill(0); !filled)
            return filled.error();
        if (const auto spent = dut.run(inferenceDeadline(m_plan, m_board)); !spent)
            return spent.error();
        const auto ticks = dut.layerTicks(m_plan.steps.size());
        if (!ticks)
            return ticks.error();
        for (std::size_t i = 0; i < m_plan.steps.size(); ++i) {
            const PlanStep &step = m_plan.steps[i];
            LayerProfile layer{step.name, step.typeName, step.macs};
            if (m_board.clockHz > 0)
                layer.cycles = (*ticks)[i];
            else
                layer.instructions = instructions((*ticks)[i]);
            m_record.layers.push_back(std::move(layer));
        }
        return {};
    }

    void findBestKnown()
    {
        const Graph &graph = m_model->main();
        for (std::size_t i = 0; i < m_record.layers.size(); ++i) {
            LayerProfile &layer = m_record.layers[i];
            const SpentUnit unit = layer.cycles ? SpentUnit::cycles : SpentUnit::instructions;
            const auto best = bestKnown(graph, graph.operators[m_plan.steps[i].op], m_board.processor, unit);
            if (best) {
                layer.bestPerMac = best->perMac;
                layer.bestKnown = best->by;
            }
        }
    }

    const ModelPtr &m_model;
    const BenchOptions &m_options;
    const CountingBoard &m_board;
    const Progress &m_progress;
    ExecutionPlan m_plan;
    std::unique_ptr<QTemporaryDir> m_folder; ///< of the image that runs
    std::filesystem::path m_elf;
    std::uint32_t m_suspect = 0; ///< the first input whose outputs differ
    BenchRecord m_record;
};

} // namespace

Result<BenchRecord> runBenchmark(const ModelPtr &model, const BenchOptions &options, const CountingBoard &board,
                                 const Progress &progress)
{
    return Run(model, options, board, progress).all();
}

} // namespace espalier::device
