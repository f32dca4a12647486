// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "device/codegen/deployment.h"
#include "device/codegen/deploymentfiles.h"

namespace espalier::device {

namespace {

std::string cmakeLists(const std::string &name, const std::vector<std::string> &translationUnits)
{
    std::string sources;
    for (const std::string &file : translationUnits)
        sources += "\n    " + file;
    return "# The network is the library `" + name +
           "`: add this folder to a project with add_subdirectory(), or build it\n"
           "# alone for the example (PICO_SDK_PATH must name the pico-sdk).\n"
           "cmake_minimum_required(VERSION 3.13)\n"
           "if(CMAKE_SOURCE_DIR STREQUAL CMAKE_CURRENT_SOURCE_DIR)\n"
           "    if(NOT DEFINED PICO_SDK_PATH)\n"
           "        set(PICO_SDK_PATH \"$ENV{PICO_SDK_PATH}\")\n"
           "    endif()\n"
           "    include(\"${PICO_SDK_PATH}/external/pico_sdk_import.cmake\")\n"
           "    project(" +
           name +
           "_example C CXX ASM)\n"
           "    pico_sdk_init()\n"
           "    add_executable(" +
           name +
           "_example example/main.cpp)\n"
           "    target_link_libraries(" +
           name + "_example " + name +
           " pico_stdlib)\n"
           "    pico_enable_stdio_usb(" +
           name +
           "_example 1)\n"
           "    pico_add_extra_outputs(" +
           name +
           "_example)\n"
           "endif()\n"
           "add_library(" +
           name + " STATIC" + sources +
           ")\n"
           "target_include_directories(" +
           name +
           " PUBLIC src)\n"
           "target_compile_features(" +
           name +
           " PUBLIC cxx_std_14)\n"
           "target_compile_options(" +
           name + " PRIVATE -O2 -ffp-contract=off -fno-exceptions -fno-rtti)\n";
}

Result<void> writePico(const ModelPtr &model, const std::filesystem::path &folder)
{
    const std::string name = nameOf(folder);
    auto shipped = shippedModel(*model, name, "src/");
    if (!shipped)
        return shipped.error();
    const ExecutionPlan &plan = shipped->forms.front().plan;
    std::vector<SourceFile> files = shipped->files;
    files.push_back({"CMakeLists.txt", cmakeLists(name, shipped->translationUnits)});
    files.push_back(
        {"example/main.cpp",
         "#include \"" + name +
             ".h\"\n\n#include \"pico/stdlib.h\"\n#include <stdio.h>\n\nstatic void print(double value)\n{\n"
             "    printf(\"%g\\n\", value);\n}\n\nint main()\n{\n    stdio_init_all();\n    for (;;) {\n"
             "        const absolute_time_t start = get_absolute_time();\n" +
             exampleBody(plan, name, "        ", "print") +
             "        printf(\"%lld us\\n\", (long long)absolute_time_diff_us(start, get_absolute_time()));\n"
             "        sleep_ms(1000);\n    }\n}\n"});
    files.push_back({"README.md", "# " + name +
                                      "\n\nOne neural network as a CMake library for the Raspberry Pi Pico: it takes " +
                                      shipped->memoryText() +
                                      ".\n\n"
                                      "    export PICO_SDK_PATH=/path/to/pico-sdk\n"
                                      "    cmake -B build && cmake --build build\n\n"
                                      "makes `build/" +
                                      name +
                                      "_example.uf2`; in a project of your own, `add_subdirectory()` this folder and "
                                      "link `" +
                                      name + "`.\n"});
    files.push_back(licenceFile());
    return writeFiles(folder, files);
}

} // namespace

extern const Deployment picoDeployment;
const Deployment picoDeployment = {"pico", "a CMake library for the Raspberry Pi Pico with an example", writePico};

} // namespace espalier::device
