// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "device/emulator/instructiontiming.h"

#include <algorithm>
#include <cctype>
#include <initializer_list>
#include <string_view>

namespace espalier::device {

namespace {

using std::string_view;

bool startsWithAny(string_view text, std::initializer_list<string_view> starts)
{
    return std::any_of(starts.begin(), starts.end(), [&](string_view start) { return text.starts_with(start); });
}

// A register as a word of its own: "r1" is not in "r10".
bool names(string_view text, string_view reg)
{
    const auto isPart = [&](std::size_t at) {
        return at < text.size() && std::isalnum(static_cast<unsigned char>(text[at]));
    };
    for (std::size_t at = text.find(reg); at != text.npos; at = text.find(reg, at + 1)) {
        if ((at == 0 || !isPart(at - 1)) && !isPart(at + reg.size()))
            return true;
    }
    return false;
}

string_view destination(const ListedInstruction &instruction)
{
    const string_view operands = instruction.operands;
    return operands.substr(0, operands.find_first_of(", "));
}

string_view behindDestination(const ListedInstruction &instruction)
{
    const string_view operands = instruction.operands;
    return operands.substr(std::min(operands.size(), operands.find(',')));
}

string_view address(const ListedInstruction &instruction)
{
    const string_view operands = instruction.operands;
    return operands.substr(std::min(operands.size(), operands.find('[')));
}

// Words that a list in braces stands for; a double register is two.
std::int64_t listedWords(const ListedInstruction &instruction)
{
    const string_view operands = instruction.operands;
    const std::size_t open = operands.find('{');
    if (open == operands.npos)
        return 1;
    const string_view list = operands.substr(open, operands.find('}') - open);
    const std::int64_t registers = 1 + std::count(list.begin(), list.end(), ',');
    return list.find('d') != list.npos ? 2 * registers : registers;
}

bool movesList(string_view mnemonic)
{
    return startsWithAny(mnemonic, {"ldm", "stm", "push", "pop", "vldm", "vstm", "vpush", "vpop"});
}
bool movesOne(string_view mnemonic)
{
    return startsWithAny(mnemonic, {"ldr", "str", "vldr", "vstr"}) && !startsWithAny(mnemonic, {"ldrd", "strd"});
}
bool isStore(string_view mnemonic)
{
    return startsWithAny(mnemonic, {"str", "vstr"});
}
bool isMultiplyAdd(string_view mnemonic)
{
    return startsWithAny(mnemonic, {"vmla", "vmls", "vnml", "vfma", "vfms", "vfnm"});
}
bool isFloatArithmetic(string_view mnemonic)
{
    return isMultiplyAdd(mnemonic) ||
           startsWithAny(mnemonic, {"vadd", "vsub", "vmul", "vnmul", "vdiv", "vsqrt", "vcvt"});
}

bool isBranchName(string_view mnemonic)
{
    if (startsWithAny(mnemonic, {"cbz", "cbnz", "tbb", "tbh", "bx", "bl"})) // also blt, bls, ble and blo
        return true;
    if (!mnemonic.starts_with('b') || startsWithAny(mnemonic, {"bic", "bfi", "bfc", "bkpt"}))
        return false;
    const std::size_t length = std::min(mnemonic.find('.'), mnemonic.size());
    return length == 1 || length == 3; // b, beq, …
}

bool writesPc(const ListedInstruction &instruction)
{
    if (movesList(instruction.mnemonic))
        return !startsWithAny(instruction.mnemonic, {"stm", "push"}) && names(instruction.operands, "pc");
    return startsWithAny(instruction.mnemonic, {"ldr", "mov", "add"}) && destination(instruction) == "pc";
}

Spent onM0Plus(const ListedInstruction &instruction, bool taken)
{
    const string_view name = instruction.mnemonic;
    if (movesList(name))
        return {1, (writesPc(instruction) ? 3 : 1) + listedWords(instruction), 0};
    if (movesOne(name))
        return {1, 2, 0};
    if (startsWithAny(name, {"dmb", "dsb", "isb", "mrs", "msr"}))
        return {1, 3, 0};
    const bool isCall = name == "bl" || name == "bl.w";
    return {1, isCall ? 3 : taken ? 2 : 1, 0};
}

Spent onM4(const ListedInstruction &instruction, const ListedInstruction *before, bool taken)
{
    const string_view name = instruction.mnemonic;
    const std::int64_t refills = taken ? 1 : 0;
    if (movesList(name))
        return {1, 1 + listedWords(instruction), refills};
    if (startsWithAny(name, {"ldrd", "strd"}))
        return {1, 3, 0};
    if (startsWithAny(name, {"tbb", "tbh"}))
        return {1, 3, 1}; // a load, an addition
    const bool afterMemory = before && movesOne(before->mnemonic);
    if (movesOne(name)) {
        const string_view where = address(instruction);
        const bool needsBefore = before && !isStore(before->mnemonic) && names(where, destination(*before));
        std::int64_t cycles = afterMemory && !needsBefore ? 1 : 2; // neighbours share a cycle
        if (isStore(name) && where.find(", r") == where.npos)
            cycles = 1; // goes to the write buffer
        if (name.starts_with('v') && destination(instruction).starts_with('d'))
            ++cycles;
        if (needsBefore && !afterMemory && !isBranch(*before) && !startsWithAny(before->mnemonic, {"cmp", "tst"}))
            ++cycles; // an address is not forwarded
        return {1, cycles, refills};
    }
    if (name.starts_with("it"))
        return {1, before && !before->isWide ? 0 : 1, 0}; // folded onto a short one
    std::int64_t cycles = 1;
    if (startsWithAny(name, {"sdiv", "udiv"}))
        cycles = 12; // 2 to 12, fewer for small quotients
    else if (isMultiplyAdd(name))
        cycles = 3;
    else if (startsWithAny(name, {"vdiv", "vsqrt"}))
        cycles = 14;
    if (name.starts_with('v') && before && isFloatArithmetic(before->mnemonic) &&
        names(behindDestination(instruction), destination(*before)))
        ++cycles; // its result is there a cycle later, but for the sum of a multiply-add
    return {1, cycles, refills};
}

} // namespace

Spent &Spent::operator+=(const Spent &other)
{
    instructions += other.instructions;
    cycles += other.cycles;
    refills += other.refills;
    return *this;
}

Spent Spent::operator*(std::int64_t times) const
{
    return {instructions * times, cycles * times, refills * times};
}

bool isBranch(const ListedInstruction &instruction)
{
    return isBranchName(instruction.mnemonic) || writesPc(instruction);
}

Spent timeOf(TimedCore core, const ListedInstruction &instruction, const ListedInstruction *before, bool taken)
{
    return core == TimedCore::cortexM4 ? onM4(instruction, before, taken) : onM0Plus(instruction, taken);
}

} // namespace espalier::device
