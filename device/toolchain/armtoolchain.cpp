// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "device/toolchain/armtoolchain.h"

#include "device/embedded/embedded.h"

#include <QStandardPaths>
#include <algorithm>
#include <fstream>

namespace espalier::device {

namespace {

namespace fs = std::filesystem;

constexpr Milliseconds compileDeadline(120000), linkDeadline(30000), versionDeadline(20000);

// Of the runtime, beside the firmware's own.
const std::vector<std::string> firmwareHeaders = {"espalier/planimage.h"};
const std::vector<std::string> commonFlags = {"-std=c++17",
                                              "-mthumb",
                                              "-ffreestanding",
                                              "-fno-exceptions",
                                              "-fno-rtti",
                                              "-fno-threadsafe-statics",
                                              "-fno-unwind-tables",
                                              "-fno-asynchronous-unwind-tables",
                                              "-ffunction-sections",
                                              "-fdata-sections",
                                              "-ffp-contract=off",
                                              "-fomit-frame-pointer",
                                              "-DNDEBUG",
                                              "-I."};

std::string firstLines(const std::string &text, int lines)
{
    std::size_t end = 0;
    for (; lines > 0 && end != std::string::npos; --lines)
        end = text.find('\n', end + 1);
    return text.substr(0, end);
}

// What a compiler or linker said, as one sentence with the remedy where it is known.
Error toolError(const std::string &what, const Finished &finished)
{
    const std::string &said = finished.errors;
    if (said.find("string.h: No such file") != std::string::npos || said.find("cannot find -lc") != std::string::npos ||
        said.find("nano.specs") != std::string::npos)
        return missingTool("the C library for Arm microcontrollers is missing: install the Debian package "
                           "libnewlib-arm-none-eabi");
    if (said.find("overflowed by") != std::string::npos || said.find("will not fit in region") != std::string::npos)
        return failed("the model does not fit into the board's memory: choose a smaller variant or a larger board");
    return failed(what + " failed with status " + std::to_string(finished.exitCode) + ": " + firstLines(said, 3));
}

// Work files need not survive a power cut: no syncing as for a person's files.
Result<void> writeScratch(const fs::path &path, std::string_view text)
{
    std::error_code error;
    fs::create_directories(path.parent_path(), error);
    std::ofstream file(path, std::ios::binary);
    file.write(text.data(), std::streamsize(text.size()));
    file.close();
    if (!file)
        return failed("'" + path.string() + "' cannot be written: make room in the folder for temporary files");
    return {};
}

Result<void> writeAll(const fs::path &folder, std::initializer_list<const SourceFile *> files)
{
    for (const SourceFile *file : files) {
        if (const Result<void> written = writeScratch(folder / file->path, file->text); !written)
            return written;
    }
    return {};
}

Result<void> writeEmbedded(const fs::path &folder, const EmbeddedFile &file)
{
    return writeScratch(folder / file.path, file.text);
}

// FNV-1a: names a cache entry, protects nothing.
std::string fingerprint(std::initializer_list<std::string_view> texts)
{
    std::uint64_t hash = 14695981039346656037ull;
    for (const std::string_view text : texts) {
        for (const char c : text)
            hash = (hash ^ std::uint8_t(c)) * 1099511628211ull;
        hash = (hash ^ 0xff) * 1099511628211ull;
    }
    char digits[17] = {};
    for (int i = 0; i < 16; ++i)
        digits[i] = "0123456789abcdef"[(hash >> (60 - 4 * i)) & 15];
    return digits;
}

std::string joinedFlags(const std::vector<std::string> &flags)
{
    std::string text;
    for (const std::string &flag : flags)
        text += flag + ' ';
    return text;
}

} // namespace

Result<ArmToolchain> ArmToolchain::find()
{
    ArmToolchain toolchain;
    toolchain.m_compiler = findProgram("arm-none-eabi-g++");
    if (toolchain.m_compiler.empty())
        return missingTool("the cross compiler arm-none-eabi-g++ is not on PATH: install the Debian packages "
                           "gcc-arm-none-eabi and libnewlib-arm-none-eabi");
    const auto asked = runCommand({toolchain.m_compiler, {"-dumpfullversion"}, {}}, versionDeadline, {});
    if (!asked)
        return asked.error();
    if (asked->exitCode != 0 || asked->output.empty())
        return missingTool("'" + toolchain.m_compiler.string() +
                           "' does not tell its version: reinstall the Debian "
                           "package gcc-arm-none-eabi");
    toolchain.m_version = "arm-none-eabi-g++ " + asked->output.substr(0, asked->output.find_first_of("\r\n"));
    return toolchain;
}

// The firmware's own objects, compiled once for each compiler, target and version of the sources.
Result<std::vector<fs::path>> ArmToolchain::firmwareObjects(const ArmTarget &target, const fs::path &folder,
                                                            const Progress &progress) const
{
    std::vector<std::string> names = {"firmware/console.cpp", "firmware/fault.cpp",  "firmware/inputs.cpp",
                                      "firmware/main.cpp",    "firmware/runner.cpp", "firmware/standalone.cpp",
                                      "firmware/startup.cpp", "firmware/values.cpp"};
    names.insert(names.end(), target.firmware.begin(), target.firmware.end());
    const std::vector<const EmbeddedFile *> headers = headersWithIncludes(firmwareHeaders);
    std::string content;
    for (const EmbeddedFile &file : embeddedFiles()) {
        if (file.path.starts_with("firmware/"))
            content += file.text;
    }
    for (const EmbeddedFile *header : headers)
        content += header->text;
    const fs::path cache =
        fs::path(QStandardPaths::writableLocation(QStandardPaths::GenericCacheLocation).toStdString()) / "espalier" /
        "firmware";
    const std::string key =
        target.id + '-' +
        fingerprint({content, joinedFlags(commonFlags), joinedFlags(target.flags), m_version, m_compiler.string()});
    const auto objectsIn = [&](const fs::path &place) {
        std::vector<fs::path> objects;
        for (const std::string &name : names)
            objects.push_back(place / fs::path(name).stem().replace_extension(".o"));
        return objects;
    };
    const auto complete = [](const std::vector<fs::path> &objects) {
        std::error_code error;
        return std::ranges::all_of(objects, [&](const fs::path &object) { return fs::exists(object, error); });
    };
    if (auto cached = objectsIn(cache / key); complete(cached))
        return cached;

    std::error_code error;
    const fs::path work = folder / "firmware-objects";
    fs::create_directories(work, error);
    Command compile{m_compiler, commonFlags, work};
    compile.arguments.insert(compile.arguments.end(), target.flags.begin(), target.flags.end());
    compile.arguments.insert(compile.arguments.end(), {"-Os", "-c"});
    for (const EmbeddedFile &file : embeddedFiles()) {
        if (!file.path.starts_with("firmware/"))
            continue;
        const fs::path name = fs::path(file.path).filename();
        if (const Result<void> written = writeScratch(work / name, file.text); !written)
            return written.error();
    }
    for (const EmbeddedFile *header : headers) {
        if (const Result<void> written = writeEmbedded(work, *header); !written)
            return written.error();
    }
    for (const std::string &name : names)
        compile.arguments.push_back(fs::path(name).filename().string());
    const auto compiled = runCommand(compile, compileDeadline, progress);
    if (!compiled)
        return compiled.error();
    if (compiled->exitCode != 0)
        return toolError("compiling the firmware", *compiled);

    // Another program may do the same at this moment: whoever renames first wins, and the objects are equal.
    fs::create_directories(cache, error);
    const fs::path candidate = cache / (key + "." + folder.filename().string());
    fs::create_directories(candidate, error);
    for (const fs::path &object : objectsIn(work))
        fs::copy_file(object, candidate / object.filename(), error);
    fs::rename(candidate, cache / key, error);
    if (error) {
        std::error_code ignored;
        fs::remove_all(candidate, ignored);
    }
    return objectsIn(work);
}

Result<FirmwareImage> ArmToolchain::build(const ModelSources &sources, const SourceFile &binding,
                                          const ArmTarget &target, bool profile, const fs::path &folder,
                                          const Progress &progress) const
{
    if (const auto written =
            writeAll(folder, {&sources.api, &sources.code, &sources.weightsHeader, &sources.weights, &binding});
        !written)
        return written.error();
    for (const EmbeddedFile *header : headersWithIncludes(sources.headers)) {
        if (const auto written = writeEmbedded(folder, *header); !written)
            return written.error();
    }
    for (const char *name : {"firmware/binding.h", "firmware/layerhook.h"}) {
        if (const auto written = writeEmbedded(folder, *findEmbeddedFile(name)); !written)
            return written.error();
    }

    const auto firmware = firmwareObjects(target, folder, progress);
    if (!firmware)
        return firmware.error();

    Command code{m_compiler, commonFlags, folder};
    code.arguments.insert(code.arguments.end(), target.flags.begin(), target.flags.end());
    Command rest = code;
    if (profile)
        code.arguments.insert(code.arguments.end(), {"-include", "firmware/layerhook.h"});
    code.arguments.insert(code.arguments.end(), {"-O2", "-c", sources.code.path});
    rest.arguments.insert(rest.arguments.end(), {"-Os", "-c", sources.weights.path, binding.path});
    const std::vector<Command> compiles = {code, rest};
    const auto compiled = runCommands(compiles, compileDeadline, progress);
    if (!compiled)
        return compiled.error();
    for (const Finished &finished : *compiled) {
        if (finished.exitCode != 0)
            return toolError("compiling the model", finished);
    }

    const auto object = [](const SourceFile &file) { return fs::path(file.path).replace_extension(".o").string(); };
    const EmbeddedFile *script = findEmbeddedFile(target.linkerScript);
    const SourceFile boardScript{"board.ld", std::string(script->text)};
    const SourceFile measure{"footprint.ld", footprintScript(object(sources.weights), object(sources.code))};
    if (const auto written = writeAll(folder, {&boardScript, &measure}); !written)
        return written.error();

    // The script knows by the object's name where it is to lie.
    std::string weights = object(sources.weights);
    if (target.weightsInRam) {
        std::error_code error;
        fs::copy_file(folder / weights, folder / "ramweights.o", error);
        if (error)
            return failed("cannot copy an object file: " + error.message());
        weights = "ramweights.o";
    }
    Command link{m_compiler, target.flags, folder};
    link.arguments.insert(link.arguments.end(),
                          {"-mthumb", "-nostartfiles", "--specs=nano.specs", "-Wl,--gc-sections"});
    Command alone = link;
    link.arguments.insert(link.arguments.end(),
                          {"-T", boardScript.path, object(sources.code), weights, object(binding)});
    for (const fs::path &each : *firmware)
        link.arguments.push_back(each.string());
    link.arguments.insert(link.arguments.end(), {"-o", "firmware.elf"});
    alone.arguments.insert(alone.arguments.end(), {"-T", measure.path, object(sources.code), object(sources.weights)});
    for (const std::string &function : sources.functions)
        alone.arguments.push_back("-Wl,-u," + function);
    alone.arguments.insert(alone.arguments.end(), {"-Wl,-e," + sources.functions.front(), "-o", "footprint.elf"});
    if (profile)
        alone.arguments.push_back("-Wl,--defsym=espalierLayerDone=0");
    const std::vector<Command> links = {link, alone};
    const auto linked = runCommands(links, linkDeadline, progress);
    if (!linked)
        return linked.error();
    for (const Finished &finished : *linked) {
        if (finished.exitCode != 0)
            return toolError("linking the firmware", finished);
    }
    const auto footprint = readFootprint(folder / "footprint.elf");
    if (!footprint)
        return footprint.error();
    const auto all = flashBytesOf(folder / "firmware.elf");
    if (!all)
        return all.error();
    return FirmwareImage{folder / "firmware.elf", *footprint, *all};
}

} // namespace espalier::device
