// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "device/toolchain/footprint.h"

#include "core/base/file.h"
#include "device/toolchain/elf.h"

namespace espalier::device {

namespace {

Result<std::vector<ElfSection>> sectionsOf(const std::filesystem::path &elf)
{
    const Result<Bytes> file = readFile(elf);
    if (!file)
        return file.error();
    return readElfSections(*file);
}

} // namespace

std::string footprintScript(const std::string &weightsObject, const std::string &codeObject)
{
    return "SECTIONS\n{\n"
           "    .weights 0 : { *" +
           weightsObject + "(.rodata .rodata.*) }\n    .layers : { *" + codeObject +
           "(.rodata .rodata.*) }\n    .kernels : { *" + codeObject +
           "(.text .text.*) }\n"
           "    .libraries : { *(.text .text.*) *(.rodata .rodata.*) *(.init_array .init_array.*) }\n"
           "    .unwind : { *(.ARM.extab .ARM.extab.* .ARM.exidx .ARM.exidx.*) }\n"
           "    .data : { *(.data .data.*) }\n"
           "    .bss (NOLOAD) : { *(.bss .bss.* COMMON) }\n}\n";
}

Result<Footprint> readFootprint(const std::filesystem::path &elf)
{
    const auto sections = sectionsOf(elf);
    if (!sections)
        return sections.error();
    Footprint footprint;
    for (const ElfSection &section : *sections) {
        if (!section.allocated)
            continue;
        const auto bytes = std::int64_t(section.bytes);
        if (section.name == ".weights")
            footprint.weightsFlashBytes += bytes;
        else if (section.name == ".layers")
            footprint.layersFlashBytes += bytes;
        else if (section.name == ".kernels")
            footprint.kernelsFlashBytes += bytes;
        else if (section.loaded)
            footprint.librariesFlashBytes += bytes; // initial values of variables lie in flash, too
        if (section.writable)
            footprint.ramBytes += bytes;
    }
    return footprint;
}

Result<std::int64_t> flashBytesOf(const std::filesystem::path &elf)
{
    const auto sections = sectionsOf(elf);
    if (!sections)
        return sections.error();
    std::int64_t sum = 0;
    for (const ElfSection &section : *sections) {
        if (section.allocated && section.loaded)
            sum += std::int64_t(section.bytes);
    }
    return sum;
}

} // namespace espalier::device
