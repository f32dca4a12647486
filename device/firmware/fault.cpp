// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "fault.h"

extern "C" {
extern uint32_t stackBottom, stackTop;
extern fault::Record faultRecord;
void noteFault(const uint32_t *frame);
}

namespace {

constexpr uint32_t mark = 0xfa017ed1;
constexpr uint32_t resetControl = 0xe000ed0c, resetRequest = 0x05fa0004;

uint32_t checkOf(const fault::Record &record)
{
    return ~(record.pc * 31 + record.lr);
}

} // namespace

namespace fault {

const Record *record()
{
    return &faultRecord;
}

bool happened()
{
    return faultRecord.mark == mark && faultRecord.check == checkOf(faultRecord);
}

void forget()
{
    faultRecord.mark = 0;
}

} // namespace fault

// What the processor saved lies on the stack, if that was large enough. The rest runs on a fresh one.
extern "C" __attribute__((naked)) void faultHandler()
{
    __asm volatile("mrs r0, msp\n"
                   "ldr r1, =stackTop\n"
                   "mov sp, r1\n"
                   "ldr r1, =noteFault\n"
                   "bx r1\n"
                   ".ltorg\n");
}

// r0 to r3, r12, lr, pc and the program status: Armv6-M Architecture Reference Manual, B1.5.6.
extern "C" __attribute__((used)) void noteFault(const uint32_t *frame)
{
    const bool isWhole = frame >= &stackBottom && frame + 8 <= &stackTop;
    faultRecord.pc = isWhole ? frame[6] : 0;
    faultRecord.lr = isWhole ? frame[5] : 0;
    faultRecord.check = checkOf(faultRecord);
    faultRecord.mark = mark;
    __asm volatile("dsb" ::: "memory");
    *reinterpret_cast<volatile uint32_t *>(resetControl) = resetRequest;
    for (;;) {
    }
}
