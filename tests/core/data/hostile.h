// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/data/dataset.h"

#include <QtTest>

#include <string>

namespace espalier {

/// Opens a data set that must be refused; the error's message, for the test to look into.
inline std::string refusal(const std::filesystem::path &path)
{
    const Result<DatasetPtr> opened = openDataset(path);
    if (opened)
        return "(it opened)";
    return opened.error().code == ErrorCode::unusableInput ? opened.error().message : "(another kind of error)";
}

/// Fails the test function where `message` does not contain `part`.
#define VERIFY_SAYS(message, part)                                                                                     \
    QVERIFY2(std::string(message).find(part) != std::string::npos, std::string(message).c_str())

/// Every prefix of a file, at steps, must be refused or opened: never crash. What opens must be whole.
template <class Write>
void openEveryPrefix(const Bytes &whole, std::size_t step, const std::filesystem::path &path, Write write)
{
    for (std::size_t n = 0; n < whole.size(); n += step) {
        write(Bytes(whole.begin(), whole.begin() + std::ptrdiff_t(n)));
        const Result<DatasetPtr> opened = openDataset(path);
        QVERIFY2(!opened, ("a prefix of " + std::to_string(n) + " bytes opened").c_str());
        QCOMPARE(opened.error().code, ErrorCode::unusableInput);
        QVERIFY(!opened.error().message.empty());
        QVERIFY(opened.error().message.find('\n') == std::string::npos);
    }
}

/// Flips bits all over a file; whatever comes of it, nothing may crash.
template <class Write>
void openEveryFlip(const Bytes &whole, std::size_t step, const std::filesystem::path &path, Write write)
{
    for (std::size_t n = 0; n < whole.size(); n += step) {
        Bytes flipped = whole;
        flipped[n] ^= std::uint8_t(1 << (n % 8));
        flipped[(n * 7) % whole.size()] ^= 0x80;
        write(flipped);
        const Result<DatasetPtr> opened = openDataset(path);
        if (opened)
            QVERIFY((*opened)->test.values->size() == (*opened)->test.count * (*opened)->test.sampleBytes());
        else
            QCOMPARE(opened.error().code, ErrorCode::unusableInput);
    }
}

} // namespace espalier
