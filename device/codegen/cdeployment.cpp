// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "device/codegen/deployment.h"
#include "device/codegen/deploymentfiles.h"

namespace espalier::device {

namespace {

std::string readme(const ShippedModel &model, const std::string &name)
{
    const std::string forms =
        model.forms.size() == 1
            ? "| `" + name + ".cpp`, `" + name + "_weights.cpp` | one call per layer; constants |\n"
            : "| `" + name +
                  "_*.cpp` | one call per layer and the constants, in three forms: the compiler takes that "
                  "for its processor (see `espalier/family.h`) |\n";
    return "# " + name +
           "\n\nOne neural network as C++14 sources: no heap, no exceptions, no file system, no operating system. It "
           "takes " +
           model.memoryText() + ".\n\n| file | holds |\n| --- | --- |\n| `" + name +
           ".h` | the C interface: fill the input, run, read the output |\n" + forms +
           "| `espalier/` | the kernels, as headers |\n"
           "| `main.cpp` | an example |\n\n"
           "Build it with any C++14 compiler, this folder on the include path:\n\n"
           "    g++ -std=c++14 -O2 -ffp-contract=off -I. *.cpp -o " +
           name +
           "\n\n"
           "`-ffp-contract=off` keeps float results equal, bit for bit, to those that Espalier shows.\n\n"
           "The sources are under the MIT licence (see `LICENSE`); what the weights may be used for, their owner "
           "says.\n";
}

Result<void> writeC(const ModelPtr &model, const std::filesystem::path &folder)
{
    const std::string name = nameOf(folder);
    auto shipped = shippedModel(*model, name, "");
    if (!shipped)
        return shipped.error();
    const ExecutionPlan &plan = shipped->forms.front().plan;
    std::vector<SourceFile> files = shipped->files;
    files.push_back({"main.cpp", "#include \"" + name +
                                     ".h\"\n\n#include <stdio.h>\n\nstatic void print(double value)\n{\n"
                                     "    printf(\"%g\\n\", value);\n}\n\nint main()\n{\n" +
                                     exampleBody(plan, name, "    ", "print") + "    return 0;\n}\n"});
    files.push_back({"README.md", readme(*shipped, name)});
    files.push_back(licenceFile());
    return writeFiles(folder, files);
}

} // namespace

extern const Deployment cDeployment;
const Deployment cDeployment = {"c", "C++14 sources with a C interface, for any processor", writeC};

} // namespace espalier::device
