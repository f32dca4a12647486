// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "device/codegen/deployment.h"
#include "device/codegen/deploymentfiles.h"

namespace espalier::device {

namespace {

std::string readme(const ExecutionPlan &plan, const std::string &name)
{
    return "# " + name +
           "\n\nOne neural network as C++17 sources: no heap, no exceptions, no file system, no operating system.\n\n"
           "| file | holds |\n| --- | --- |\n"
           "| `" +
           name +
           ".h` | the C interface: fill the input, run, read the output |\n"
           "| `" +
           name + ".cpp` | the arena (" + std::to_string(plan.arenaBytes) +
           " bytes of RAM) and one call per layer |\n"
           "| `" +
           name + "_weights.cpp` | constants (" + std::to_string(plan.constantBytes()) +
           " bytes of flash) |\n"
           "| `espalier/` | the kernels, as headers |\n"
           "| `main.cpp` | an example |\n\n"
           "Build it with any C++17 compiler, this folder on the include path:\n\n"
           "    g++ -std=c++17 -O2 -ffp-contract=off -I. *.cpp -o " +
           name +
           "\n\n"
           "`-ffp-contract=off` keeps float results equal, bit for bit, to those that Espalier shows.\n\n"
           "The sources are under the MIT licence (see `LICENSE`); what the weights may be used for, their owner "
           "says.\n";
}

Result<void> writeC(const ModelPtr &model, const std::filesystem::path &folder)
{
    const auto plan = makePlan(*model);
    if (!plan)
        return plan.error();
    const std::string name = nameOf(folder);
    const ModelSources sources = printSources(*plan, name);
    std::vector<SourceFile> files = modelFiles(sources, "");
    files.push_back({"main.cpp", "#include \"" + name +
                                     ".h\"\n\n#include <stdio.h>\n\nstatic void print(double value)\n{\n"
                                     "    printf(\"%g\\n\", value);\n}\n\nint main()\n{\n" +
                                     exampleBody(*plan, name, "    ", "print") + "    return 0;\n}\n"});
    files.push_back({"README.md", readme(*plan, name)});
    files.push_back(licenceFile());
    return writeFiles(folder, files);
}

} // namespace

extern const Deployment cDeployment;
const Deployment cDeployment = {"c", "C++17 sources with a C interface, for any processor", writeC};

} // namespace espalier::device
