// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "device/codegen/deploymentfiles.h"

#include "core/base/file.h"
#include "device/embedded/embedded.h"

#include <algorithm>

namespace espalier::device {

namespace fs = std::filesystem;

std::string nameOf(const fs::path &folder)
{
    std::error_code error;
    const fs::path absolute = fs::absolute(folder, error).lexically_normal();
    return identifierFrom((absolute.has_filename() ? absolute : absolute.parent_path()).filename().string());
}

std::vector<SourceFile> modelFiles(const ModelSources &sources, const std::string &prefix)
{
    std::vector<SourceFile> files = {sources.api, sources.code, sources.weightsHeader, sources.weights};
    for (const EmbeddedFile *header : headersWithIncludes(sources.headers))
        files.push_back({std::string(header->path), std::string(header->text)});
    for (SourceFile &file : files)
        file.path = prefix + file.path;
    return files;
}

Result<void> writeFiles(const fs::path &folder, const std::vector<SourceFile> &files)
{
    for (const SourceFile &file : files) {
        const fs::path path = folder / file.path;
        std::error_code error;
        fs::create_directories(path.parent_path(), error);
        if (error)
            return failed("the folder '" + path.parent_path().string() + "' cannot be made: " + error.message());
        if (const Result<void> written = writeFile(path, std::string_view(file.text)); !written)
            return written;
    }
    return {};
}

SourceFile licenceFile()
{
    return {"LICENSE", std::string(findEmbeddedFile("runtime/LICENSE")->text)};
}

std::string exampleBody(const ExecutionPlan &plan, const std::string &name, const std::string &indent,
                        const std::string &printValue)
{
    const auto upper = [](std::string text) {
        std::ranges::transform(text, text.begin(), [](char c) { return c >= 'a' && c <= 'z' ? char(c - 32) : c; });
        return text;
    };
    const auto function = [&](const std::vector<std::size_t> &list, const std::string &role, std::size_t i) {
        return name + '_' + role + (list.size() == 1 ? "" : '_' + std::to_string(i));
    };
    std::string text;
    for (std::size_t i = 0; i < plan.inputs.size(); ++i) {
        const std::string port = function(plan.inputs, "input", i);
        text += indent + "for (int i = 0; i < " + upper(port) + "_SIZE; ++i)\n" + indent + "    " + port +
                "()[i] = 0; // your data here\n";
    }
    text += indent + name + "_run();\n";
    for (std::size_t i = 0; i < plan.outputs.size(); ++i) {
        const std::string port = function(plan.outputs, "output", i);
        text += indent + "for (int i = 0; i < " + upper(port) + "_SIZE; ++i)\n" + indent + "    " + printValue + "(" +
                port + "()[i]);\n";
    }
    return text;
}

} // namespace espalier::device
