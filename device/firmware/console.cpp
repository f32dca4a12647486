// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "console.h"

#include "board.h"

namespace console {

void print(const char *text)
{
    while (*text)
        board::write(*text++);
}

void print(uint64_t number)
{
    char digits[24];
    int count = 0;
    do {
        digits[count++] = char('0' + number % 10);
        number /= 10;
    } while (number);
    while (count)
        board::write(digits[--count]);
}

void printFixed(double value)
{
    if (!(value > -9e15 && value < 9e15)) {
        print(value > 0 ? "inf" : value < 0 ? "-inf" : "nan");
        return;
    }
    if (value < 0)
        board::write('-');
    const double scaled = (value < 0 ? -value : value) * 1000;
    uint64_t magnitude = uint64_t(scaled);
    const double beyond = scaled - double(magnitude);
    if (beyond > 0.5 || (beyond == 0.5 && magnitude % 2)) // half way, to even
        ++magnitude;
    print(magnitude / 1000);
    board::write('.');
    const unsigned fraction = unsigned(magnitude % 1000);
    board::write(char('0' + fraction / 100));
    board::write(char('0' + fraction / 10 % 10));
    board::write(char('0' + fraction % 10));
}

void printHex(uint8_t byte)
{
    static const char digits[] = "0123456789abcdef";
    board::write(digits[byte >> 4]);
    board::write(digits[byte & 15]);
}

void endLine()
{
    print("\r\n");
}

void printBytes(const uint8_t *bytes, uint32_t count)
{
    for (uint32_t at = 0; at < count; at += 32) {
        print("m-x-bytes-");
        for (uint32_t i = at; i < at + 32 && i < count; ++i)
            printHex(bytes[i]);
        endLine();
    }
}

} // namespace console
