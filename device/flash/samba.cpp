// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "device/flash/samba.h"

#include "device/transport/deadline.h"

#include <algorithm>
#include <charconv>

namespace espalier::device {

namespace {

using std::chrono::milliseconds;

constexpr milliseconds answerDeadline(3000), silence(50);
constexpr std::size_t longestAnswer = 200;

// A person can always start it anew.
Error notWorking(const std::string &what)
{
    return failed(what + "; " + pressResetTwice + " and flash again").byHand();
}

Error notWorking(const std::string &doing, const std::string &what)
{
    return notWorking("the board's bootloader failed while " + doing + ": " + what);
}

// Eight digits, as the commands want them.
std::string hex(std::uint32_t value)
{
    return addressText(value).substr(2);
}

std::string printable(std::string_view text)
{
    std::string shown;
    for (const char c : text.substr(0, 40))
        shown += c >= ' ' && c <= '~' ? c : '?';
    return "'" + shown + "'";
}

} // namespace

std::uint16_t crcXmodem(std::span<const std::uint8_t> bytes)
{
    std::uint16_t crc = 0;
    for (const std::uint8_t byte : bytes) {
        crc = std::uint16_t(crc ^ byte << 8);
        for (int bit = 0; bit < 8; ++bit)
            crc = std::uint16_t(crc & 0x8000 ? crc << 1 ^ 0x1021 : crc << 1);
    }
    return crc;
}

// An answer ends with "\n\r".
Result<std::string> Samba::answer(const std::string &doing)
{
    Deadline patience(answerDeadline, m_clock);
    std::string text;
    while (!text.ends_with("\n\r")) {
        if (m_progress.cancelled())
            return cancelled();
        const milliseconds wait = patience.slice(linkSlice);
        if (wait.count() == 0 || text.size() > longestAnswer)
            return notWorking(doing, text.empty() ? "it did not answer" : "it said only " + printable(text));
        if (!m_link.read(text, wait))
            return notWorking(doing, m_link.whyEnded());
    }
    text.resize(text.size() - 2);
    return text;
}

Result<void> Samba::send(std::string_view text, Leaving leaving)
{
    const auto sent = writeAll(m_link, text, m_clock, m_progress, leaving);
    return sent || sent.error().code == ErrorCode::cancelled ? sent : notWorking(sent.error().message);
}

Result<std::string> Samba::ask(const std::string &command, const std::string &doing)
{
    if (const auto sent = send(command); !sent)
        return sent.error();
    return answer(doing);
}

Result<void> Samba::connect()
{
    // What an earlier program asked may still be on its way.
    Deadline patience(answerDeadline, m_clock);
    for (std::string stale = "?"; !stale.empty() && patience.slice(silence).count() > 0;) {
        stale.clear();
        if (!m_link.read(stale, silence))
            return notWorking("greeting", m_link.whyEnded());
    }
    const std::string doing = "greeting";
    auto binary = ask("N#", doing);
    if (!binary && binary.error().code != ErrorCode::cancelled) {
        // An attempt that was cut off may have announced a page, whose bytes it still waits for.
        if (const auto sent = send(std::string(pageBytes, '#')); !sent)
            return sent.error();
        binary = ask("N#", doing);
    }
    if (!binary)
        return binary.error();
    const auto version = ask("V#", doing);
    if (!version)
        return version.error();
    if (version->find("Arduino Bootloader (SAM-BA extended)") == std::string::npos ||
        version->find("XYZ]") == std::string::npos)
        return notWorking("what answers on the board's serial line is not its bootloader but says " +
                          printable(*version));
    const auto chip = ask("I#", doing);
    if (!chip)
        return chip.error();
    if (!chip->starts_with("nRF52840"))
        return failed("the board's chip is " + printable(*chip) + " and not an nRF52840: choose the right board");
    return {};
}

Result<void> Samba::writePage(std::uint32_t offset, std::span<const std::uint8_t> bytes)
{
    const std::string doing = "writing " + addressText(offset);
    const std::string size = hex(std::uint32_t(bytes.size()));
    // The data must not come in one USB packet with their command.
    if (const auto sent = send("S00000000," + size + '#', Leaving::now); !sent)
        return sent.error();
    if (const auto sent = send({reinterpret_cast<const char *>(bytes.data()), bytes.size()}); !sent)
        return sent.error();
    for (const std::string &command : {std::string("Y00000000,0#"), 'Y' + hex(offset) + ',' + size + '#'}) {
        const auto done = ask(command, doing);
        if (!done)
            return done.error();
        if (*done != "Y")
            return notWorking(doing, "it said " + printable(*done));
    }
    return {};
}

Result<std::uint16_t> Samba::checksum(std::uint32_t offset, std::uint32_t bytes)
{
    const std::string doing = "checking " + addressText(offset);
    const auto text = ask('Z' + hex(offset) + ',' + hex(bytes) + '#', doing);
    if (!text)
        return text.error();
    std::uint32_t value = 0;
    const char *digits = text->data() + 1;
    if (text->size() != 10 || text->front() != 'Z' || text->back() != '#' ||
        std::from_chars(digits, digits + 8, value, 16).ptr != digits + 8 || value > 0xffff)
        return notWorking(doing, "it said " + printable(*text));
    return std::uint16_t(value);
}

Result<void> Samba::reset()
{
    return send("K#");
}

Result<void> flashBySamba(Link &link, const FlashImage &image, FlashRange range, Clock &clock, const Progress &progress)
{
    if (const auto fits = checkRange(image, range); !fits)
        return fits;
    const FlashImage pages = pagesOf(image, Samba::pageBytes);
    Samba loader(link, clock, progress);
    if (const auto done = loader.connect(); !done)
        return done;
    const auto steps = std::int64_t(pages.size()) + 1;
    std::int64_t step = 0;
    const auto writeAndCheck = [&](std::uint32_t address, const Bytes &bytes) -> Result<void> {
        progress.report("writing flash", step++, steps);
        if (progress.cancelled())
            return cancelled();
        const std::uint32_t offset = address - range.start;
        if (const auto done = loader.writePage(offset, bytes); !done)
            return done;
        const auto crc = loader.checksum(offset, std::uint32_t(bytes.size()));
        if (!crc)
            return crc.error();
        if (*crc != crcXmodem(bytes))
            return failed("the board's flash holds something else at " + addressText(address) +
                          " than was written: flash again; if it stays so, the flash is worn out");
        return {};
    };
    const auto &[first, firstBytes] = *pages.begin();
    if (const auto done = writeAndCheck(first, Bytes(Samba::pageBytes, 0xff)); !done)
        return done;
    for (auto page = std::next(pages.begin()); page != pages.end(); ++page) {
        if (const auto done = writeAndCheck(page->first, page->second); !done)
            return done;
    }
    if (const auto done = writeAndCheck(first, firstBytes); !done) {
        if (done.error().code != ErrorCode::cancelled)
            (void)loader.writePage(first - range.start, Bytes(Samba::pageBytes, 0xff)); // rather nothing than a part
        return done;
    }
    progress.report("writing flash", steps, steps);
    // What is in flash is proven. Whether the board comes back is what counts, not how it went.
    (void)loader.reset();
    return {};
}

} // namespace espalier::device
