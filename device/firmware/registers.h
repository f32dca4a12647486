// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <stdint.h>

/// A chip's registers, by their addresses. Where drivers are built for a computer, a model of the chip takes their
/// place.
namespace registers {

#if defined(__arm__)

inline volatile uint32_t &at(uint32_t address)
{
    return *reinterpret_cast<volatile uint32_t *>(address);
}

/// Where a device that reads and writes memory by itself finds this.
inline uint32_t addressOf(const void *memory)
{
    return uint32_t(reinterpret_cast<uintptr_t>(memory));
}

/// What was written has arrived before the next instruction.
inline void settle()
{
    __asm volatile("dsb\n isb" ::: "memory");
}

/// While one lives, no interrupt comes.
class InterruptLock
{
public:
    InterruptLock()
    {
        __asm volatile("mrs %0, primask" : "=r"(m_mask));
        __asm volatile("cpsid i" ::: "memory");
    }
    ~InterruptLock() { __asm volatile("msr primask, %0" ::"r"(m_mask) : "memory"); }
    InterruptLock(const InterruptLock &) = delete;
    InterruptLock &operator=(const InterruptLock &) = delete;

private:
    uint32_t m_mask;
};

#else

uint32_t read(uint32_t address);
void write(uint32_t address, uint32_t value);
uint32_t addressOf(const void *memory);

struct Register
{
    uint32_t address;

    operator uint32_t() const { return read(address); }
    void operator=(uint32_t value) const { write(address, value); }
    void operator=(const Register &other) const { write(address, read(other.address)); }
    void operator|=(uint32_t bits) const { write(address, read(address) | bits); }
};

inline Register at(uint32_t address)
{
    return {address};
}

inline void settle() {}

struct InterruptLock
{
    InterruptLock() {}
    ~InterruptLock() {}
};

#endif

} // namespace registers
