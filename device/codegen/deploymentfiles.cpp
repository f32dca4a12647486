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

Result<ShippedModel> shippedModel(const Model &model, const std::string &name, const std::string &prefix)
{
    ShippedModel shipped;
    std::vector<ModelSources> forms;
    for (const KernelFamily family : {KernelFamily::plain, KernelFamily::dsp, KernelFamily::thumb}) {
        auto plan = makePlan(model, family);
        if (!plan)
            return plan.error();
        ModelSources sources = printSources(*plan, name, family);
        shipped.forms.push_back({family, std::move(*plan)});
        forms.push_back(std::move(sources));
    }
    // Where all families call the same kernels on the same constants, one form is enough.
    const ModelSources plain = printSources(shipped.forms.front().plan, name);
    const bool isOne = std::ranges::all_of(shipped.forms, [&](const ShippedModel::Form &form) {
        const ModelSources sources = printSources(form.plan, name);
        return sources.code.text == plain.code.text && sources.weights.text == plain.weights.text;
    });
    if (isOne) {
        shipped.forms.resize(1);
        forms = {plain};
    }
    for (const ModelSources &sources : forms) {
        for (const SourceFile &file : modelFiles(sources, prefix)) {
            if (std::ranges::find(shipped.files, file.path, &SourceFile::path) == shipped.files.end())
                shipped.files.push_back(file);
        }
        shipped.translationUnits.push_back(prefix + sources.code.path);
        shipped.translationUnits.push_back(prefix + sources.weights.path);
    }
    return shipped;
}

std::string ShippedModel::memoryText() const
{
    std::string text;
    for (const Form &form : forms) {
        const char *const processor = forms.size() == 1                    ? ""
                                      : form.family == KernelFamily::dsp   ? " on Cortex-M4, M7 and M33"
                                      : form.family == KernelFamily::thumb ? " on Cortex-M0 and M0+"
                                                                           : " elsewhere";
        text += (text.empty() ? "" : ", ") + std::to_string(form.plan.arenaBytes) + " bytes of RAM and " +
                std::to_string(form.plan.constantBytes()) + " bytes of constants" + processor;
    }
    return text;
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
