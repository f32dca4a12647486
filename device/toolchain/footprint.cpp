// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "device/toolchain/footprint.h"

#include "core/base/file.h"
#include "device/toolchain/elf.h"

namespace espalier::device {

std::string footprintScript(const std::string &weightsObject)
{
    return "SECTIONS\n{\n"
           "    .weights 0 : { *" +
           weightsObject +
           "(.rodata .rodata.*) }\n"
           "    .code : { *(.text .text.*) *(.rodata .rodata.*) *(.init_array .init_array.*) }\n"
           "    .unwind : { *(.ARM.extab .ARM.extab.* .ARM.exidx .ARM.exidx.*) }\n"
           "    .data : { *(.data .data.*) }\n"
           "    .bss (NOLOAD) : { *(.bss .bss.* COMMON) }\n}\n";
}

Result<Footprint> readFootprint(const std::filesystem::path &elf)
{
    const Result<Bytes> file = readFile(elf);
    if (!file)
        return file.error();
    const auto sections = readElfSections(*file);
    if (!sections)
        return sections.error();
    Footprint footprint;
    for (const ElfSection &section : *sections) {
        if (!section.allocated)
            continue;
        const auto bytes = std::int64_t(section.bytes);
        if (section.name == ".weights")
            footprint.weightsFlashBytes += bytes;
        else if (section.loaded)
            footprint.codeFlashBytes += bytes; // initial values of variables lie in flash, too
        if (section.writable)
            footprint.ramBytes += bytes;
    }
    return footprint;
}

} // namespace espalier::device
