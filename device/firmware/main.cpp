// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The device side of the MLPerf Tiny serial protocol (name, profile, timestamp, db, infer, results), and our additions
// (x-…). A command ends with '%'; every answer ends with a line that says m-ready.
#include "binding.h"
#include "board.h"
#include "console.h"
#include "fault.h"
#include "runner.h"
#include "session.h"

#include <string.h>

namespace {

uint32_t storeFilled; // bytes
uint32_t storeWanted;

// Takes the next word off `rest`.
const char *word(char *&rest)
{
    while (*rest == ' ')
        ++rest;
    char *start = rest;
    while (*rest && *rest != ' ')
        ++rest;
    if (*rest)
        *rest++ = 0;
    return start;
}

uint32_t number(const char *text, uint32_t otherwise)
{
    if (*text < '0' || *text > '9')
        return otherwise;
    uint32_t value = 0;
    for (; *text >= '0' && *text <= '9'; ++text)
        value = value * 10 + uint32_t(*text - '0');
    return value;
}

int nibble(char c)
{
    return c >= '0' && c <= '9'   ? c - '0'
           : c >= 'a' && c <= 'f' ? c - 'a' + 10
           : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                  : -1;
}

void say(const char *key, uint64_t value)
{
    console::print(key);
    console::print(value);
    console::endLine();
}

void say(const char *text)
{
    console::print(text);
    console::endLine();
}

void timestamp(uint64_t ticks)
{
    say("m-lap-us-", ticks * 1000000u / board::ticksPerSecond);
}

void data(char *rest)
{
    const char *what = word(rest);
    if (!strcmp(what, "load")) {
        const uint32_t wanted = number(word(rest), 0);
        if (wanted == 0 || wanted > espalierModel.storeBytes)
            return say("e-[the model's inputs take other bytes: ", espalierModel.storeBytes);
        storeWanted = wanted;
        storeFilled = 0;
        console::print("m-[Expecting ");
        console::print(uint64_t(wanted));
        return say(" bytes]");
    }
    if (!strcmp(what, "print")) {
        for (uint32_t i = 0; i < storeFilled && i < espalierModel.storeBytes; ++i) {
            console::print(i % 8 ? "-" : i ? "\r\nm-buffer-" : "m-buffer-");
            console::printHex(espalierModel.store[i]);
        }
        return say("");
    }
    if (storeWanted > espalierModel.storeBytes) // another plan has come meanwhile
        storeWanted = storeFilled = 0;
    for (; nibble(what[0]) >= 0 && nibble(what[1]) >= 0 && storeFilled < storeWanted; what += 2) {
        espalierModel.store[storeFilled++] = uint8_t(nibble(what[0]) << 4 | nibble(what[1]));
        if (storeFilled == storeWanted)
            say("m-load-done");
    }
}

void results()
{
    console::print("m-results-[");
    for (uint32_t i = 0; i < espalierModel.outputCount; ++i) {
        const ModelPort &port = espalierModel.outputs[i];
        const uint8_t *bytes = static_cast<const uint8_t *>(port.data());
        const uint32_t width = port.kind == ModelPort::floats ? 4 : port.kind == ModelPort::halfWords ? 2 : 1;
        for (uint32_t at = 0; at < port.bytes; at += width) {
            if (i || at)
                board::write(',');
            float value;
            if (port.kind == ModelPort::floats)
                memcpy(&value, bytes + at, 4);
            else if (port.kind == ModelPort::halfWords)
                value = float(int16_t(bytes[at] | bytes[at + 1] << 8));
            else
                value = port.kind == ModelPort::signedBytes ? float(int8_t(bytes[at])) : float(bytes[at]);
            console::printFixed(value);
        }
    }
    say("]");
}

void infer(char *rest)
{
    const uint32_t runs = number(word(rest), 1), warmups = number(word(rest), 10);
    say("m-warmup-start-", warmups);
    for (uint32_t i = 0; i < warmups; ++i)
        runner::run();
    say("m-warmup-done");
    say("m-infer-start-", runs);
    const uint64_t start = board::ticks();
    for (uint32_t i = 0; i < runs; ++i)
        runner::run();
    const uint64_t end = board::ticks();
    timestamp(start);
    timestamp(end);
    say("m-infer-done");
    results();
}

void ports(const char *key, const ModelPort *list, uint32_t count)
{
    console::print(key);
    for (uint32_t i = 0; i < count; ++i) {
        if (i)
            board::write(',');
        console::print(uint64_t(list[i].bytes));
    }
    console::endLine();
}

void describe()
{
    ports("m-x-inputs-", espalierModel.inputs, espalierModel.inputCount);
    ports("m-x-outputs-", espalierModel.outputs, espalierModel.outputCount);
    say("m-x-layers-", espalierModel.layerTicks ? espalierModel.layerCount : 0);
    say("m-x-arena-", espalierModel.arenaBytes);
}

void printOutput(uint32_t index)
{
    if (index >= espalierModel.outputCount)
        return say("e-[no such output]");
    const ModelPort &port = espalierModel.outputs[index];
    console::printBytes(static_cast<const uint8_t *>(port.data()), port.bytes);
}

void watch(char *rest)
{
    const uint32_t layer = number(word(rest), ~0u), offset = number(word(rest), 0), bytes = number(word(rest), 0);
    if (!espalierModel.layerTicks)
        return say("e-[built without a profile]");
    if (layer >= espalierModel.layerCount || offset > espalierModel.arenaBytes ||
        bytes > espalierModel.arenaBytes - offset)
        return say("e-[no such layer, or not in the arena]");
    runner::watch({layer, offset, bytes, number(word(rest), 0) != 0});
}

void printLayers()
{
    if (!espalierModel.layerTicks)
        return say("e-[built without a profile]");
    for (uint32_t i = 0; i < espalierModel.layerCount; ++i)
        say("m-x-layer-", espalierModel.layerTicks[i + 1] - espalierModel.layerTicks[i]);
}

void printAddress(const char *key, uint32_t address)
{
    console::print(key);
    for (int byte = 3; byte >= 0; --byte)
        console::printHex(uint8_t(address >> (8 * byte)));
}

// "pc 100012ac lr 10001077", or that the stack overflowed.
void printFault(const char *before, const char *after)
{
    console::print(before);
    if (fault::record()->pc) {
        printAddress("pc ", fault::record()->pc);
        printAddress(" lr ", fault::record()->lr);
    } else {
        console::print("the stack overflowed");
    }
    say(after);
}

void printTemperature()
{
    const int32_t degrees = board::temperature();
    if (degrees == board::noTemperature)
        return say("e-[the chip does not tell its temperature]");
    console::print("m-x-temperature-");
    if (degrees < 0)
        board::write('-');
    say("", uint64_t(degrees < 0 ? -degrees : degrees));
}

void setClock(char *rest)
{
    if (!board::setClock(number(word(rest), 0)))
        return say("e-[the board has no such clock]");
    say("m-x-clock-", board::ticksPerSecond / 1000000);
}

void obey()
{
    char *rest = session::line;
    const char *command = word(rest);
    if (!strcmp(command, "name")) {
        say("m-name-dut-[espalier]");
    } else if (!strcmp(command, "profile")) {
        say("m-profile-[ULPMark for tinyML Firmware V0.0.1]");
        console::print("m-model-[");
        console::print(espalierModel.name);
        say("]");
    } else if (!strcmp(command, "timestamp")) {
        timestamp(board::ticks());
    } else if (!strcmp(command, "db")) {
        data(rest);
    } else if (!strcmp(command, "infer")) {
        infer(rest);
    } else if (!strcmp(command, "results")) {
        results();
    } else if (!strcmp(command, "help")) {
        say("m-[name profile timestamp db infer results x-describe x-fill x-run x-output x-layers x-watch x-watched "
            "x-stack x-clock x-temperature x-fault]");
    } else if (!strcmp(command, "x-describe")) {
        describe();
    } else if (!strcmp(command, "x-fill")) {
        runner::fillStore(number(word(rest), 0));
    } else if (!strcmp(command, "x-run")) {
        say("m-x-ticks-", runner::run());
    } else if (!strcmp(command, "x-output")) {
        printOutput(number(word(rest), 0));
    } else if (!strcmp(command, "x-layers")) {
        printLayers();
    } else if (!strcmp(command, "x-watch")) {
        watch(rest);
    } else if (!strcmp(command, "x-watched")) {
        say("m-x-crc-", runner::watchedChecksum());
    } else if (!strcmp(command, "x-stack")) {
        say("m-x-stack-", runner::stackBytes());
    } else if (!strcmp(command, "x-clock")) {
        setClock(rest);
    } else if (!strcmp(command, "x-temperature")) {
        printTemperature();
    } else if (!strcmp(command, "x-fault")) { // what stopped it last, told once
        if (fault::happened())
            printFault("m-x-fault-", "");
        else
            say("m-x-fault-none");
        fault::forget();
    } else if (!strcmp(command, "x-fault-test")) {
        __builtin_trap();
    } else if (!session::obey(command, rest)) {
        console::print("e-[Unknown command: ");
        console::print(command);
        say("]");
    }
}

} // namespace

int main()
{
    board::init();
    if (fault::happened())
        printFault("\r\ne-[the processor stopped with a fault: ", "]");
    say("m-init-done");
    say("m-ready");
    for (uint32_t length = 0;;) {
        const char c = board::read();
        if (c == '%') {
            session::line[length] = 0;
            length = 0;
            obey();
            say("m-ready");
        } else if (c >= ' ' && length < session::lineBytes - 1) {
            session::line[length++] = c;
        }
    }
}
