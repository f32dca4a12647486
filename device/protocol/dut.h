// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/progress.h"
#include "core/base/result.h"
#include "device/protocol/link.h"
#include "device/transport/clock.h"

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace espalier::device {

/// A device under test that speaks the MLPerf Tiny serial protocol, with our additions (x-…). Whatever the other side
/// sends, a call ends in time with a checked value or with one clear error.
class Dut
{
public:
    Dut(std::unique_ptr<Link> link, Progress progress, Clock &clock = steadyClock());

    /// The line, for another device object to go on with; this one is of no use any more.
    std::unique_ptr<Link> takeLink() { return std::move(m_link); }

    /// Waits for the first m-ready after power-up.
    Result<void> waitUntilReady(std::chrono::milliseconds deadline);

    /// For a board that may have said m-ready before anyone listened: drops what came and asks until it answers.
    Result<void> greet();

    struct Profile
    {
        std::string name;  ///< of the device
        std::string model; ///< it says that it runs
    };
    Result<Profile> profile();

    struct Description
    {
        std::vector<std::int64_t> inputBytes, outputBytes;
        std::int64_t layers = 0; ///< 0: built without a profile
        std::int64_t arenaBytes = 0;
    };
    Result<Description> describe();

    /// For a resident runner: sends a plan image and makes it the model, run from flash or from a copy in RAM.
    Result<void> loadPlan(std::span<const std::uint8_t> image, bool inRam = false);
    /// The processor runs at this clock from now on.
    Result<void> setClock(int megahertz);
    /// For a resident runner: whether layerTicks() are noted.
    Result<void> setProfile(bool on);

    /// A batch of inferences as the MLPerf Tiny runner asks for it: any firmware of that protocol knows it.
    struct Batch
    {
        std::int64_t microseconds = 0; ///< of all runs together, by the device's clock
        std::vector<double> results;   ///< as it prints them: rounded real values, or an autoencoder's error
    };
    Result<Batch> infer(std::int64_t runs, std::int64_t warmups, std::chrono::milliseconds deadline);

    /// Sends the input as the MLPerf Tiny runner sends it: see asSent(). Any firmware of that protocol knows it.
    Result<void> send(std::span<const std::uint8_t> input);
    /// Sends all inputs as the model takes them, one after another.
    Result<void> load(std::span<const std::uint8_t> inputs);
    /// The device makes its k-th pseudo-random input itself; see pseudoRandomInput().
    Result<void> fill(std::uint32_t k);
    /// One inference; its ticks of the board's counter.
    Result<std::int64_t> run(std::chrono::milliseconds deadline);
    Result<std::vector<std::uint8_t>> output(std::size_t index, std::size_t bytes);
    Result<std::vector<std::int64_t>> layerTicks(std::size_t layers);
    Result<std::int64_t> stackBytes();
    /// What stopped the processor before it last started; empty where nothing did, or where it has been told already.
    std::string lastFault();
    /// The processor is to stop with a fault, which it tells of after its restart.
    Result<void> stopWithFault();
    /// Degrees Celsius, where the firmware tells its chip's.
    std::optional<double> temperature();

    /// Bytes of the arena as they are right after a layer, of a build with a profile.
    struct Place
    {
        std::size_t layer = 0, offset = 0, bytes = 0;
    };
    /// One inference on the inputs that are there: CRC-32 of the place, or its bytes.
    Result<std::uint32_t> checksumAt(const Place &place, std::chrono::milliseconds deadline);
    Result<std::vector<std::uint8_t>> bytesAt(const Place &place, std::chrono::milliseconds deadline);

private:
    /// The fact, with what helps against it on this line.
    Error wrong(const std::string &fact) const;
    Error missing(const std::string &command, std::string_view key, const std::vector<std::string> &lines) const;
    Result<std::vector<std::uint8_t>> bytesOf(const std::string &command, const std::vector<std::string> &lines,
                                              std::size_t expected) const;
    Result<void> send(const std::string &text);
    Result<std::vector<std::string>> ask(const std::string &command, std::chrono::milliseconds deadline);
    Result<void> watch(const Place &place, bool prints);
    Result<void> store(const std::string &command, std::span<const std::uint8_t> bytes);
    Result<std::vector<std::string>> readAnswer(const std::string &command, std::chrono::milliseconds deadline);
    Result<std::int64_t> askNumber(const std::string &command, std::string_view key,
                                   std::chrono::milliseconds deadline);

    std::unique_ptr<Link> m_link;
    Progress m_progress;
    Clock &m_clock;
    std::string m_received; // not yet a whole line
};

} // namespace espalier::device
