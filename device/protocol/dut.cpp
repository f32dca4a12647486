// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "device/protocol/dut.h"

#include "device/transport/deadline.h"

#include <espalier/planimage.h>

#include <QByteArray>

#include <algorithm>
#include <charconv>
#include <cmath>

namespace espalier::device {

namespace {

using std::chrono::milliseconds;

constexpr milliseconds shortDeadline(10000), greetingDeadline(2000), lateAnswer(500), silence(50);
constexpr std::size_t longestLine = std::size_t(1) << 20, mostLines = 200000;

// What may be shown of a reply: short and printable.
std::string quoted(std::string_view text)
{
    std::string shown;
    for (const char c : text.substr(0, 60))
        shown += c >= ' ' && c <= '~' ? c : '?';
    return "'" + shown + "'";
}

bool parseSigned(std::string_view text, std::int64_t &value)
{
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    return error == std::errc() && end == text.data() + text.size() && !text.empty();
}

bool parse(std::string_view text, std::int64_t &value)
{
    return parseSigned(text, value) && value >= 0;
}

int nibble(char c)
{
    return c >= '0' && c <= '9'   ? c - '0'
           : c >= 'a' && c <= 'f' ? c - 'a' + 10
           : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                  : -1;
}

// The rest of the first line that starts with `key`.
const std::string *findLine(const std::vector<std::string> &lines, std::string_view key)
{
    const auto found = std::ranges::find_if(lines, [&](const std::string &line) { return line.starts_with(key); });
    return found == lines.end() ? nullptr : &*found;
}

std::string bracketed(const std::string *line)
{
    if (!line)
        return {};
    const std::size_t open = line->find('['), close = line->rfind(']');
    return open == std::string::npos || close == std::string::npos || close < open
               ? std::string()
               : line->substr(open + 1, close - open - 1);
}

bool parseList(std::string_view text, std::vector<std::int64_t> &list)
{
    while (true) {
        const std::size_t comma = text.find(',');
        std::int64_t value = 0;
        if (!parse(text.substr(0, comma), value) || list.size() > 1000)
            return false;
        list.push_back(value);
        if (comma == std::string_view::npos)
            return true;
        text.remove_prefix(comma + 1);
    }
}

} // namespace

Dut::Dut(std::unique_ptr<Link> link, Progress progress, Clock &clock)
    : m_link(std::move(link)), m_progress(std::move(progress)), m_clock(clock)
{
}

Error Dut::wrong(const std::string &fact) const
{
    return failed(fact + "; " + m_link->remedy());
}

Error Dut::missing(const std::string &command, std::string_view key, const std::vector<std::string> &lines) const
{
    return wrong("the board's answer to '" + command + "' has no valid '" + std::string(key) + "' line but says " +
                 (lines.empty() ? "nothing" : quoted(lines.front())));
}

// The lines of bytes in an answer.
Result<std::vector<std::uint8_t>> Dut::bytesOf(const std::string &command, const std::vector<std::string> &lines,
                                               std::size_t expected) const
{
    static constexpr std::string_view key = "m-x-bytes-";
    std::vector<std::uint8_t> values;
    for (const std::string &line : lines) {
        if (!line.starts_with(key))
            continue;
        for (std::size_t i = key.size(); i + 1 < line.size(); i += 2) {
            const int high = nibble(line[i]), low = nibble(line[i + 1]);
            if (high < 0 || low < 0)
                return missing(command, key, lines);
            values.push_back(std::uint8_t(high << 4 | low));
        }
    }
    if (values.size() != expected)
        return wrong("the board sent " + std::to_string(values.size()) + " bytes for '" + command + "' where " +
                     std::to_string(expected) + " were expected");
    return values;
}

Result<std::vector<std::string>> Dut::readAnswer(const std::string &command, milliseconds deadline)
{
    Deadline patience(deadline, m_clock);
    std::vector<std::string> lines;
    std::size_t scanned = 0, seen = 0;
    while (true) {
        std::size_t lineEnd;
        while ((lineEnd = m_received.find('\n', scanned)) != std::string::npos) {
            std::string line = m_received.substr(0, lineEnd);
            m_received.erase(0, lineEnd + 1);
            scanned = 0;
            while (!line.empty() && (line.back() == '\r' || line.back() == '\n'))
                line.pop_back();
            if (line.find("m-ready") != std::string::npos) {
                if (const std::string *error = findLine(lines, "e-["))
                    return wrong("the board refused '" + command + "' and said " + quoted(*error));
                return lines;
            }
            if (!line.empty())
                lines.push_back(std::move(line));
            if (++seen > mostLines)
                return wrong("the board's answer to '" + command + "' does not end");
        }
        scanned = m_received.size();
        if (scanned > longestLine)
            return wrong("the board's answer to '" + command + "' is no text but " + quoted(m_received));
        if (m_progress.cancelled())
            return cancelled();
        const milliseconds wait = patience.slice(linkSlice);
        if (wait.count() == 0) {
            return wrong("the board did not answer '" + command + "' within " +
                         std::to_string((deadline.count() + 999) / 1000) + " s");
        }
        if (!m_link->read(m_received, wait))
            return failed("no answer to '" + command + "': " + m_link->whyEnded());
    }
}

Result<void> Dut::send(const std::string &text)
{
    return writeAll(*m_link, text, m_clock, m_progress);
}

Result<std::vector<std::string>> Dut::ask(const std::string &command, milliseconds deadline)
{
    if (const Result<void> sent = send(command + '%'); !sent)
        return sent.error();
    return readAnswer(command, deadline);
}

Result<std::int64_t> Dut::askNumber(const std::string &command, std::string_view key, milliseconds deadline)
{
    const auto lines = ask(command, deadline);
    if (!lines)
        return lines.error();
    const std::string *line = findLine(*lines, key);
    std::int64_t value = 0;
    if (!line || !parse(std::string_view(*line).substr(key.size()), value))
        return missing(command, key, *lines);
    return value;
}

Result<void> Dut::waitUntilReady(milliseconds deadline)
{
    const auto lines = readAnswer("power-up", deadline);
    return lines ? Result<void>() : lines.error();
}

Result<void> Dut::greet()
{
    Error last = wrong("the board did not answer");
    for (int attempt = 0; attempt < 3; ++attempt) {
        Deadline patience(greetingDeadline, m_clock);
        for (std::string stale = "?"; !stale.empty() && patience.slice(silence).count() > 0;) {
            stale.clear();
            if (!m_link->read(stale, silence))
                return failed("no answer to 'name': " + m_link->whyEnded());
        }
        m_received.clear();
        const auto lines = ask("name", greetingDeadline);
        if (lines && findLine(*lines, "m-name-dut-")) {
            // A board that has only now started may have read the questions before this one, too.
            while (attempt-- > 0 && readAnswer("name", lateAnswer)) {
            }
            m_received.clear();
            return {};
        }
        last = lines ? missing("name", "m-name-dut-", *lines) : lines.error();
        if (m_progress.cancelled())
            return cancelled();
    }
    return last;
}

Result<Dut::Profile> Dut::profile()
{
    const auto name = ask("name", shortDeadline);
    if (!name)
        return name.error();
    const auto model = ask("profile", shortDeadline);
    if (!model)
        return model.error();
    return Profile{bracketed(findLine(*name, "m-name-dut-")), bracketed(findLine(*model, "m-model-"))};
}

Result<Dut::Description> Dut::describe()
{
    const std::string command = "x-describe";
    const auto lines = ask(command, shortDeadline);
    if (!lines)
        return lines.error();
    Description description;
    const auto list = [&](std::string_view key, std::vector<std::int64_t> &values) {
        const std::string *line = findLine(*lines, key);
        return line && parseList(std::string_view(*line).substr(key.size()), values);
    };
    const auto number = [&](std::string_view key, std::int64_t &value) {
        const std::string *line = findLine(*lines, key);
        return line && parse(std::string_view(*line).substr(key.size()), value);
    };
    if (!list("m-x-inputs-", description.inputBytes))
        return missing(command, "m-x-inputs-", *lines);
    if (!list("m-x-outputs-", description.outputBytes))
        return missing(command, "m-x-outputs-", *lines);
    if (!number("m-x-layers-", description.layers))
        return missing(command, "m-x-layers-", *lines);
    if (!number("m-x-arena-", description.arenaBytes))
        return missing(command, "m-x-arena-", *lines);
    return description;
}

Result<Dut::Batch> Dut::infer(std::int64_t runs, std::int64_t warmups, milliseconds deadline)
{
    const std::string command = "infer " + std::to_string(runs) + ' ' + std::to_string(warmups);
    const auto lines = ask(command, deadline);
    if (!lines)
        return lines.error();
    // Two time stamps around the runs, then the last run's outputs. An answer about other runs is an earlier one.
    const std::string *started = findLine(*lines, "m-infer-start-");
    if (started && *started != "m-infer-start-" + std::to_string(runs))
        return missing(command, "m-infer-start-", *lines);
    static constexpr std::string_view lap = "m-lap-us-", results = "m-results-[";
    std::vector<std::int64_t> stamps;
    Batch batch;
    for (const std::string &line : *lines) {
        std::int64_t stamp = 0;
        if (line.starts_with(lap) && parse(std::string_view(line).substr(lap.size()), stamp))
            stamps.push_back(stamp);
        if (!line.starts_with(results))
            continue;
        const std::string list = bracketed(&line);
        for (std::size_t at = 0; at <= list.size() && !list.empty();) {
            const std::size_t comma = std::min(list.find(',', at), list.size());
            double value = 0;
            const auto [end, error] = std::from_chars(list.data() + at, list.data() + comma, value);
            if (error != std::errc() || end != list.data() + comma || !std::isfinite(value))
                return missing(command, results, *lines);
            batch.results.push_back(value);
            at = comma + 1;
        }
    }
    if (stamps.size() != 2 || stamps[1] < stamps[0])
        return missing(command, lap, *lines);
    if (batch.results.empty())
        return missing(command, results, *lines);
    batch.microseconds = stamps[1] - stamps[0];
    return batch;
}

Result<void> Dut::loadPlan(std::span<const std::uint8_t> image, bool inRam)
{
    static constexpr std::size_t block = 4096; // planstore::blockBytes of the firmware
    for (std::size_t at = 0; at < image.size(); at += block) {
        const auto part = image.subspan(at, std::min(block, image.size() - at));
        const std::string where = "x-plan-block " + std::to_string(at);
        const QByteArray data(reinterpret_cast<const char *>(part.data()), qsizetype(part.size()));
        const std::string text = where + ' ' + std::to_string(rt::crc32(part.data(), std::uint32_t(part.size()))) +
                                 ' ' + data.toBase64(QByteArray::OmitTrailingEquals).toStdString() + '%';
        if (const Result<void> sent = send(text); !sent)
            return sent.error();
        if (const auto answer = readAnswer(where, shortDeadline); !answer)
            return answer.error();
        m_progress.report("sending the plan", std::int64_t(at), std::int64_t(image.size()));
    }
    const auto started = ask("x-plan-start " + std::to_string(image.size()) + (inRam ? " 1" : ""), shortDeadline);
    return started ? Result<void>() : started.error();
}

Result<void> Dut::setClock(int megahertz)
{
    const auto set = askNumber("x-clock " + std::to_string(megahertz), "m-x-clock-", shortDeadline);
    if (!set)
        return set.error();
    return *set == megahertz ? Result<void>()
                             : failed("the board runs at " + std::to_string(*set) + " MHz instead of " +
                                      std::to_string(megahertz) + ": flash its firmware again");
}

Result<void> Dut::setProfile(bool on)
{
    const auto answer = ask(on ? "x-profile 1" : "x-profile 0", shortDeadline);
    return answer ? Result<void>() : answer.error();
}

Result<void> Dut::send(std::span<const std::uint8_t> input)
{
    return store("db load", input);
}

Result<void> Dut::load(std::span<const std::uint8_t> inputs)
{
    return store("x-load", inputs);
}

Result<void> Dut::store(const std::string &command, std::span<const std::uint8_t> bytes)
{
    static constexpr char digits[] = "0123456789abcdef";
    static constexpr std::size_t chunk = 31; // bytes in one command, as the MLPerf Tiny runner sends them
    const auto opened = ask(command + ' ' + std::to_string(bytes.size()), shortDeadline);
    if (!opened)
        return opened.error();
    for (std::size_t at = 0; at < bytes.size(); at += chunk) {
        std::string part = "db ";
        for (const std::uint8_t byte : bytes.subspan(at, std::min(chunk, bytes.size() - at))) {
            part += digits[byte >> 4];
            part += digits[byte & 15];
        }
        const auto answer = ask(part, shortDeadline);
        if (!answer)
            return answer.error();
        const bool last = at + chunk >= bytes.size();
        if (last && !findLine(*answer, "m-load-done"))
            return missing("db", "m-load-done", *answer);
    }
    return {};
}

Result<void> Dut::fill(std::uint32_t k)
{
    const auto answer = ask("x-fill " + std::to_string(k), shortDeadline);
    return answer ? Result<void>() : answer.error();
}

Result<std::int64_t> Dut::run(milliseconds deadline)
{
    return askNumber("x-run", "m-x-ticks-", deadline);
}

Result<std::vector<std::uint8_t>> Dut::output(std::size_t index, std::size_t bytes)
{
    const std::string command = "x-output " + std::to_string(index);
    const auto lines = ask(command, shortDeadline);
    if (!lines)
        return lines.error();
    return bytesOf(command, *lines, bytes);
}

Result<void> Dut::watch(const Place &place, bool prints)
{
    std::string command = "x-watch";
    for (const std::size_t number : {place.layer, place.offset, place.bytes, std::size_t(prints)})
        command += ' ' + std::to_string(number);
    const auto answer = ask(command, shortDeadline);
    return answer ? Result<void>() : answer.error();
}

Result<std::uint32_t> Dut::checksumAt(const Place &place, std::chrono::milliseconds deadline)
{
    if (const auto watching = watch(place, false); !watching)
        return watching.error();
    if (const auto ran = run(deadline); !ran)
        return ran.error();
    const auto checksum = askNumber("x-watched", "m-x-crc-", shortDeadline);
    if (!checksum)
        return checksum.error();
    return std::uint32_t(*checksum);
}

Result<std::vector<std::uint8_t>> Dut::bytesAt(const Place &place, std::chrono::milliseconds deadline)
{
    if (const auto watching = watch(place, true); !watching)
        return watching.error();
    const auto lines = ask("x-run", deadline);
    if (!lines)
        return lines.error();
    return bytesOf("x-run", *lines, place.bytes);
}

Result<std::vector<std::int64_t>> Dut::layerTicks(std::size_t layers)
{
    static constexpr std::string_view key = "m-x-layer-";
    const auto lines = ask("x-layers", shortDeadline);
    if (!lines)
        return lines.error();
    std::vector<std::int64_t> ticks;
    for (const std::string &line : *lines) {
        std::int64_t value = 0;
        if (line.starts_with(key) && parse(std::string_view(line).substr(key.size()), value))
            ticks.push_back(value);
    }
    if (ticks.size() != layers)
        return missing("x-layers", key, *lines);
    return ticks;
}

Result<std::int64_t> Dut::stackBytes()
{
    return askNumber("x-stack", "m-x-stack-", shortDeadline);
}

std::string Dut::lastFault()
{
    static constexpr std::string_view key = "m-x-fault-";
    const auto lines = ask("x-fault", shortDeadline);
    const std::string *line = lines ? findLine(*lines, key) : nullptr;
    const std::string what = line ? line->substr(key.size()) : std::string();
    return what == "none" ? std::string() : what;
}

Result<void> Dut::stopWithFault()
{
    return send("x-fault-test%");
}

std::optional<double> Dut::temperature()
{
    static constexpr std::string_view key = "m-x-temperature-";
    const auto lines = ask("x-temperature", shortDeadline);
    const std::string *line = lines ? findLine(*lines, key) : nullptr;
    std::int64_t hundredths = 0;
    if (!line || !parseSigned(std::string_view(*line).substr(key.size()), hundredths))
        return {};
    return double(hundredths) / 100;
}

} // namespace espalier::device
