// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "device/toolchain/arduinocli.h"

#include "device/bench/binding.h"
#include "device/codegen/deploymentfiles.h"
#include "device/embedded/embedded.h"
#include "device/toolchain/process.h"

#include <set>

namespace espalier::device {

namespace {

const std::string core = "arduino:mbed_nano", board = core + ":nano33ble", library = "net", sketch = "espalier_bench";
constexpr Milliseconds listDeadline(30000), compileDeadline(600000), uploadDeadline(120000);

// The model and the firmware as an Arduino library, and a sketch that starts it: main() is the core's, so that the
// firmware's gets another name.
Result<std::vector<SourceFile>> sketchFiles(const Model &model)
{
    const auto plan = makePlan(model, KernelFamily::dsp);
    if (!plan)
        return plan.error();
    const std::string source = library + "/src/";
    std::vector<SourceFile> files = modelFiles(printSources(*plan, library), source);
    std::set<std::string> paths;
    for (const SourceFile &file : files)
        paths.insert(file.path);
    std::vector<std::string> needed; // runtime headers of the firmware
    for (const char *name : {"arduinoboard.cpp", "binding.h", "board.h", "console.cpp", "console.h", "fault.h",
                             "inputs.cpp", "inputs.h", "main.cpp", "nofault.cpp", "runner.cpp", "runner.h", "session.h",
                             "standalone.cpp", "values.cpp", "values.h"}) {
        std::string text(findEmbeddedFile(std::string("firmware/") + name)->text);
        if (name == std::string("main.cpp"))
            text = "#define main espalierFirmware\n" + text;
        static constexpr std::string_view opening = "#include <";
        for (std::size_t at = text.find(opening); at != text.npos; at = text.find(opening, at)) {
            at += opening.size();
            needed.push_back(text.substr(at, text.find('>', at) - at));
        }
        files.push_back({source + "firmware/" + name, std::move(text)});
    }
    for (const EmbeddedFile *header : headersWithIncludes(needed)) {
        if (const std::string path = source + std::string(header->path); paths.insert(path).second)
            files.push_back({path, std::string(header->text)});
    }
    SourceFile binding = printBinding(*plan, library, false);
    binding.path = source + binding.path;
    files.push_back(std::move(binding));
    files.push_back({library + "/library.properties",
                     "name=" + library +
                         "\nversion=1.0.0\nauthor=Espalier\nmaintainer=Espalier\nsentence=One network "
                         "with a benchmark.\nparagraph=\ncategory=Other\nurl=\narchitectures=*\n"
                         "includes=" +
                         library + ".h\n"});
    files.push_back({sketch + '/' + sketch + ".ino", "#include <" + library +
                                                         ".h>\n\nint espalierFirmware();\n\nvoid setup()\n{\n"
                                                         "  espalierFirmware();\n}\n\nvoid loop() {}\n"});
    return files;
}

// The compiler's first error, or else what was said last.
Error complaint(const std::string &doing, const Finished &finished)
{
    const std::string &all = finished.errors.empty() ? finished.output : finished.errors;
    std::size_t at = all.find("error:");
    if (at == all.npos)
        at = std::min(all.find_last_not_of("\r\n"), all.size());
    const std::size_t start = all.rfind('\n', at) + 1, end = std::min(all.find('\n', at), all.size());
    return failed("arduino-cli could not " + doing + ": " + all.substr(start, std::min<std::size_t>(end - start, 300)));
}

} // namespace

Result<ArduinoCli> ArduinoCli::find()
{
    ArduinoCli cli;
    cli.m_program = findProgram("arduino-cli");
    if (cli.m_program.empty())
        return missingTool(
            "arduino-cli is not on PATH: install it from Arduino, or leave out --arduino-cli, since our own "
            "firmware needs no tool of theirs");
    const auto cores = runCommand({cli.m_program, {"core", "list"}, {}}, listDeadline, {});
    if (!cores)
        return cores.error();
    if (cores->exitCode != 0 || cores->output.find(core) == std::string::npos)
        return missingTool("arduino-cli has no core for the Nano 33 BLE: run 'arduino-cli core install " + core + "'");
    return cli;
}

Result<void> ArduinoCli::upload(const Model &model, const std::string &tty, const std::filesystem::path &folder,
                                const Progress &progress) const
{
    const auto files = sketchFiles(model);
    if (!files)
        return files.error();
    if (const auto written = writeFiles(folder, *files); !written)
        return written;
    const std::string place = (folder / sketch).string(), build = (folder / "build").string();
    progress.report("building the firmware", 0, 0);
    const auto compiled = runCommand(
        {m_program,
         {"compile", "--fqbn", board, "--library", (folder / library).string(), "--build-path", build, place},
         folder},
        compileDeadline, progress);
    if (!compiled)
        return compiled.error();
    if (compiled->exitCode != 0)
        return complaint("build the sketch", *compiled);
    progress.report("writing flash", 0, 0);
    const auto sent =
        runCommand({m_program, {"upload", "--fqbn", board, "--port", tty, "--input-dir", build, place}, folder},
                   uploadDeadline, progress);
    if (!sent)
        return sent.error();
    return sent->exitCode == 0 ? Result<void>() : complaint("upload it to " + tty, *sent);
}

} // namespace espalier::device
