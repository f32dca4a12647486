// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The device side of the MLPerf Tiny serial protocol (name, profile, timestamp, db, infer, results), and our additions
// (x-…). A command ends with '%'; every answer ends with a line that says m-ready.
#include "binding.h"
#include "board.h"
#include "console.h"
#include "fault.h"
#include "inputs.h"
#include "runner.h"
#include "session.h"
#include "values.h"

#include <string.h>

namespace {

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
        value = value < UINT32_MAX / 10 ? value * 10 + uint32_t(*text - '0') : UINT32_MAX;
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
    const uint64_t second = board::ticksPerSecond;
    say("m-lap-us-", ticks / second * 1000000u + ticks % second * 1000000u / second);
}

void load(inputs::Form form, char *rest)
{
    const uint32_t wanted = number(word(rest), 0);
    const bool fits = wanted > 0 && wanted <= inputs::mostBytes(form);
    console::print(fits ? "m-[Expecting " : "e-[the model's inputs take at most ");
    console::print(uint64_t(fits ? wanted : inputs::mostBytes(form)));
    say(" bytes]");
    if (fits)
        inputs::expect(form, wanted);
}

void printInputs()
{
    for (uint32_t i = 0; i < inputs::count(); ++i) {
        console::print(i % 8 ? "-" : i ? "\r\nm-buffer-" : "m-buffer-");
        console::printHex(espalierModel.store[i]);
    }
    say("");
}

// All of a command's digits or none of them: a byte that is lost shifts all that follow.
void takeHex(const char *digits, const char *rest)
{
    uint32_t count = 0;
    while (nibble(digits[count]) >= 0)
        ++count;
    if (digits[count] || *rest)
        return say("e-[this is no hexadecimal digit]");
    if (count % 2)
        return say("e-[a byte has two hexadecimal digits]");
    if (!inputs::missing())
        return say("e-[no bytes are expected: say db load first]");
    for (uint32_t i = 0; i < count && inputs::missing(); i += 2)
        inputs::add(uint8_t(nibble(digits[i]) << 4 | nibble(digits[i + 1])));
    if (!inputs::missing())
        say("m-load-done");
}

void data(char *rest)
{
    const char *what = word(rest);
    if (!*what)
        say("e-[db needs load, print or bytes]");
    else if (!strcmp(what, "load"))
        load(inputs::Form::sent, rest);
    else if (!strcmp(what, "print"))
        printInputs();
    else
        takeHex(what, rest);
}

// As the harness's runner expects them: real values, or of an autoencoder how far it is from its input.
void results()
{
    console::print("m-results-[");
    double sum = 0;
    for (uint32_t i = 0; i < espalierModel.outputCount; ++i) {
        const ModelPort &port = espalierModel.outputs[i];
        const uint8_t *const numbers = static_cast<const uint8_t *>(port.data());
        const uint32_t count = values::count(port);
        for (uint32_t at = 0; at < count; ++at) {
            const double value = values::get(port, numbers, at);
            if (espalierModel.tellsError) {
                const double difference = value - inputs::value(at);
                sum += difference * difference / count;
                continue;
            }
            if (i || at)
                board::write(',');
            console::printFixed(value);
        }
    }
    if (espalierModel.tellsError)
        console::printFixed(sum);
    say("]");
}

// The second stamp is the first and the time of the inferences alone: giving the model its input again, which the last
// run has overwritten, is not among it.
void infer(char *rest)
{
    const uint32_t runs = number(word(rest), 1), warmups = number(word(rest), 10);
    if (!runs)
        return say("e-[infer needs at least one run]");
    say("m-warmup-start-", warmups);
    for (uint32_t i = 0; i < warmups; ++i)
        runner::infer();
    say("m-warmup-done");
    say("m-infer-start-", runs);
    const uint64_t start = board::ticks();
    uint64_t spent = 0;
    for (uint32_t i = 0; i < runs; ++i)
        spent += runner::infer();
    timestamp(start);
    timestamp(start + spent);
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
        say("m-[name profile timestamp db infer results x-describe x-load x-fill x-run x-output x-layers x-watch "
            "x-watched "
            "x-stack x-clock x-temperature x-fault]");
    } else if (!strcmp(command, "x-describe")) {
        describe();
    } else if (!strcmp(command, "x-load")) { // as db load, for what the model itself takes
        load(inputs::Form::taken, rest);
    } else if (!strcmp(command, "x-fill")) {
        inputs::fill(number(word(rest), 0));
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
    bool isTooLong = false;
    for (uint32_t length = 0;;) {
        const char c = board::read();
        if (c == '%') {
            session::line[length] = 0;
            if (isTooLong) {
                console::print("e-[a command has at most ");
                console::print(uint64_t(session::lineBytes - 1));
                say(" characters]");
            } else {
                obey();
            }
            length = 0;
            isTooLong = false;
            say("m-ready");
        } else if (c >= ' ') {
            isTooLong = length == session::lineBytes - 1;
            if (!isTooLong)
                session::line[length++] = c;
        }
    }
}
