// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "device/codegen/deployment.h"
#include "device/codegen/deploymentfiles.h"

namespace espalier::device {

namespace {

std::string properties(const ShippedModel &model, const std::string &name)
{
    return "name=" + name +
           "\nversion=1.0.0\nauthor=Espalier\nmaintainer=Espalier\n"
           "sentence=One neural network as plain C++.\n"
           "paragraph=Exported by Espalier: " +
           model.memoryText() +
           "; no other library.\ncategory=Data Processing\nurl=\narchitectures=*\nincludes=" + name + ".h\n";
}

Result<void> writeArduino(const ModelPtr &model, const std::filesystem::path &folder)
{
    const std::string name = nameOf(folder);
    auto shipped = shippedModel(*model, name, "src/");
    if (!shipped)
        return shipped.error();
    const ExecutionPlan &plan = shipped->forms.front().plan;
    std::vector<SourceFile> files = shipped->files;
    files.push_back({"library.properties", properties(*shipped, name)});
    files.push_back({"examples/run_once/run_once.ino",
                     "#include <" + name +
                         ".h>\n\nvoid setup()\n{\n  Serial.begin(115200);\n  while (!Serial) {\n  }\n}\n\n"
                         "void loop()\n{\n  const unsigned long start = micros();\n" +
                         exampleBody(plan, name, "  ", "Serial.println") +
                         "  Serial.print(micros() - start);\n  Serial.println(\" us\");\n  delay(1000);\n}\n"});
    files.push_back(
        {"README.md", "# " + name +
                          "\n\nOne neural network as an Arduino library. Copy this folder into your sketchbook's "
                          "`libraries` folder, then open File > Examples > " +
                          name + " > run_once.\n\n" + "It needs a core with a C++14 compiler and takes " +
                          shipped->memoryText() + ".\n"});
    files.push_back(licenceFile());
    return writeFiles(folder, files);
}

} // namespace

extern const Deployment arduinoDeployment;
const Deployment arduinoDeployment = {"arduino", "an Arduino library with an example sketch", writeArduino};

} // namespace espalier::device
