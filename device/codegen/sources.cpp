// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "device/codegen/sources.h"

#include "device/codegen/literals.h"

#include <algorithm>
#include <set>

namespace espalier::device {

namespace {

std::string upper(std::string text)
{
    std::ranges::transform(text, text.begin(), [](char c) { return c >= 'a' && c <= 'z' ? char(c - 'a' + 'A') : c; });
    return text;
}

std::string head(const std::string &what)
{
    return "// " + what + " Written by Espalier; edits are lost when it is exported again.\n";
}

// "", or "_1" where there are several.
std::string suffix(const std::vector<std::size_t> &all, std::size_t i)
{
    return all.size() == 1 ? std::string() : '_' + std::to_string(i);
}

// Prints the public header.
std::string printApi(const ExecutionPlan &plan, const std::string &name)
{
    std::string text = head("The interface of one neural network.");
    text +=
        "#pragma once\n\n#include <stddef.h>\n#include <stdint.h>\n\n#ifdef __cplusplus\nextern \"C\" {\n#endif\n\n";
    const auto describe = [&](const std::vector<std::size_t> &list, const std::string &role, bool isInput) {
        for (std::size_t i = 0; i < list.size(); ++i) {
            const PlanBuffer &buffer = plan.buffers[list[i]];
            const std::string function = name + '_' + role + suffix(list, i), macro = upper(function);
            text += "/* " + std::string(isInput ? "Input" : "Output") + " '" + commentText(buffer.name) + "', " +
                    std::string(espalier::name(buffer.type)) + ", shape " + shapeText(buffer.shape);
            if (!buffer.quantization.empty()) {
                text += ": real value = " + macro + "_SCALE * (value - " + macro + "_ZERO_POINT)";
            }
            text += isInput ? ".\n   Fill it before every run: running overwrites it. */\n"
                            : ".\n   Valid until the next run. */\n";
            text += "#define " + macro + "_SIZE " + std::to_string(elementCount(buffer.shape)) + "\n";
            if (!buffer.quantization.empty()) {
                text += "#define " + macro + "_SCALE " + floatLiteral(buffer.quantization.scale[0]) + "\n";
                text += "#define " + macro + "_ZERO_POINT (" + std::to_string(buffer.quantization.zeroPoint[0]) + ")\n";
            }
            text += std::string(isInput ? "" : "const ") + std::string(cppType(buffer.type)) + " *" + function +
                    "(void);\n\n";
        }
    };
    describe(plan.inputs, "input", true);
    describe(plan.outputs, "output", false);
    text += "/* One inference, from the inputs to the outputs. Not re-entrant: all memory is one static arena. */\n";
    text += "void " + name + "_run(void);\n\n#ifdef __cplusplus\n}\n#endif\n";
    return text;
}

std::string printSetting(const PlanSetting &setting)
{
    if (const auto *real = std::get_if<float>(&setting.value))
        return floatLiteral(*real);
    const std::int32_t value = std::get<std::int32_t>(setting.value);
    return value == INT32_MIN ? "-2147483647 - 1" : std::to_string(value);
}

class CodePrinter
{
public:
    CodePrinter(const ExecutionPlan &plan, const std::string &name, const std::string &file)
        : m_plan(plan), m_name(name), m_file(file)
    {
    }

    std::string print()
    {
        std::set<std::string> headers;
        for (const PlanStep &step : m_plan.steps)
            headers.insert(step.header);
        std::string text = head("One neural network: its memory and its layers, one call each.");
        text += "#include \"" + m_name + ".h\"\n#include \"" + m_file + "_weights.h\"\n\n";
        for (const std::string &header : headers)
            text += "#include <" + header + ">\n";
        text += "\n// A profiler may define this to learn when each layer is done.\n"
                "#ifndef ESPALIER_LAYER_DONE\n#define ESPALIER_LAYER_DONE(index)\n#endif\n\n"
                "namespace rt = espalier::rt;\nnamespace weights = " +
                m_name + "_weights;\n\nnamespace {\n\n";
        text += "// All tensors live here, each as long as it is needed.\nalignas(8) unsigned char arena[" +
                std::to_string(std::max<std::size_t>(m_plan.arenaBytes, 1)) + "];\n\n";
        text += "template <class T>\nT *at(size_t offset)\n{\n    return reinterpret_cast<T *>(arena + offset);\n}\n\n";
        text += printLayers() + "} // namespace\n\nextern \"C\" {\n\n";
        text += printAccess(m_plan.inputs, "input", "") + printAccess(m_plan.outputs, "output", "const ");
        text += printRun() + "\n} // extern \"C\"\n";
        return text;
    }

private:
    // Equal layers share one constant.
    std::string printLayers()
    {
        std::string text;
        for (std::size_t i = 0; i < m_plan.steps.size(); ++i) {
            const PlanStep &step = m_plan.steps[i];
            const auto same = std::ranges::find_if(m_plan.steps, [&](const PlanStep &other) {
                return other.layer == step.layer && other.settings == step.settings;
            });
            m_layers.push_back(std::size_t(same - m_plan.steps.begin()));
            if (m_layers.back() != i)
                continue;
            text += "// " + step.typeName + ' ' + step.shapeNote + "\nconst rt::" + step.layer + " layer" +
                    std::to_string(i) + " = {\n";
            for (const PlanSetting &setting : step.settings)
                text += "    " + printSetting(setting) + ", // " + setting.name + '\n';
            text += "};\n\n";
        }
        return text;
    }

    std::string printAccess(const std::vector<std::size_t> &list, const std::string &role, const std::string &prefix)
    {
        std::string text;
        for (std::size_t i = 0; i < list.size(); ++i) {
            const PlanBuffer &buffer = m_plan.buffers[list[i]];
            const std::string type = prefix + std::string(cppType(buffer.type));
            text += type + " *" + m_name + '_' + role + suffix(list, i) + "(void)\n{\n    return " +
                    place(buffer, type) + ";\n}\n\n";
        }
        return text;
    }

    std::string place(const PlanBuffer &buffer, const std::string &type) const
    {
        return "at<" + type + ">(" + std::to_string(m_plan.storages[buffer.storage].offset) + ')';
    }

    std::string printArgument(PlanRef ref, bool isOutput) const
    {
        switch (ref.kind) {
        case PlanRef::Kind::absent:
            return "nullptr";
        case PlanRef::Kind::constant:
            return "weights::" + m_plan.constants[ref.index].name;
        case PlanRef::Kind::buffer:
            break;
        }
        const PlanBuffer &buffer = m_plan.buffers[ref.index];
        return place(buffer, (isOutput || buffer.isScratch ? "" : "const ") + std::string(cppType(buffer.type)));
    }

    std::string printRun()
    {
        std::string text = "void " + m_name + "_run(void)\n{\n";
        for (std::size_t i = 0; i < m_plan.steps.size(); ++i) {
            const PlanStep &step = m_plan.steps[i];
            text += "    // " + std::to_string(i) + ": " + step.typeName + " '" + commentText(step.name) + "', " +
                    step.shapeNote;
            if (step.macs > 0)
                text += ", " + std::to_string(step.macs) + " multiply-accumulates";
            text += "\n    rt::" + step.function + "(layer" + std::to_string(m_layers[i]);
            for (std::size_t a = 0; a < step.arguments.size(); ++a)
                text += ", " + printArgument(step.arguments[a], a + 1 == step.arguments.size());
            text += ");\n    ESPALIER_LAYER_DONE(" + std::to_string(i) + ");\n";
        }
        return text + "}\n";
    }

    const ExecutionPlan &m_plan;
    const std::string &m_name, &m_file;
    std::vector<std::size_t> m_layers; // of each step: the step whose constant it uses
};

std::string printWeights(const ExecutionPlan &plan, const std::string &name, const std::string &file, bool definitions)
{
    std::string text = head(definitions ? "All constants of one neural network." : "Where the constants are.");
    if (definitions)
        text += "#include \"" + file + "_weights.h\"\n\n";
    else
        text += "#pragma once\n\n#include <espalier/scalar.h>\n#include <stdint.h>\n\n";
    text += "namespace " + name + "_weights {\n\n";
    for (const PlanConstant &constant : plan.constants) {
        if (definitions && !constant.note.empty())
            text += "// " + commentText(constant.note) + '\n';
        const std::size_t count = constant.data->size() / std::max<std::size_t>(byteCount(constant.type, 1), 1);
        // Pairs of int16 and fours of int8 are read as words.
        text +=
            constant.type == DType::int16 || (constant.type == DType::int8 && constant.isWeight) ? "alignas(4) " : "";
        text += (definitions ? "const " : "extern const ") + std::string(cppType(constant.type)) + ' ' + constant.name +
                '[' + std::to_string(count) + ']';
        text += definitions ? " = {\n" + initialiser(constant) + "};\n\n" : ";\n";
    }
    return text + (definitions ? "" : "\n") + "} // namespace " + name + "_weights\n";
}

} // namespace

std::string_view familyName(KernelFamily family)
{
    switch (family) {
    case KernelFamily::dsp:
        return "dsp";
    case KernelFamily::thumb:
        return "thumb";
    default:
        return "plain";
    }
}

ModelSources printSources(const ExecutionPlan &plan, const std::string &name)
{
    ModelSources sources;
    sources.api = {name + ".h", printApi(plan, name)};
    sources.code = {name + ".cpp", CodePrinter(plan, name, name).print()};
    sources.weightsHeader = {name + "_weights.h", printWeights(plan, name, name, false)};
    sources.weights = {name + "_weights.cpp", printWeights(plan, name, name, true)};
    sources.functions = {name + "_run"};
    for (std::size_t i = 0; i < plan.inputs.size(); ++i)
        sources.functions.push_back(name + "_input" + suffix(plan.inputs, i));
    for (std::size_t i = 0; i < plan.outputs.size(); ++i)
        sources.functions.push_back(name + "_output" + suffix(plan.outputs, i));
    std::set<std::string> headers = {"espalier/scalar.h"};
    for (const PlanStep &step : plan.steps)
        headers.insert(step.header);
    sources.headers.assign(headers.begin(), headers.end());
    return sources;
}

ModelSources printSources(const ExecutionPlan &plan, const std::string &name, KernelFamily family)
{
    ModelSources sources = printSources(plan, name);
    const std::string file = name + '_' + std::string(familyName(family));
    const std::string open = "#include <espalier/family.h>\n#if defined(ESPALIER_KERNELS_" +
                             upper(std::string(familyName(family))) + ")\n\n";
    const auto guarded = [&](const std::string &path, const std::string &text) {
        const std::size_t line = text.find('\n') + 1; // behind the head
        return SourceFile{path, text.substr(0, line) + open + text.substr(line) + "\n#endif\n"};
    };
    sources.code = guarded(file + ".cpp", CodePrinter(plan, name, file).print());
    sources.weightsHeader = {file + "_weights.h", printWeights(plan, name, file, false)};
    sources.weights = guarded(file + "_weights.cpp", printWeights(plan, name, file, true));
    sources.headers.push_back("espalier/family.h");
    return sources;
}

std::string identifierFrom(std::string_view text)
{
    std::string name;
    for (const char c : text) {
        const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
        if (letter || (!name.empty() && c >= '0' && c <= '9'))
            name += char(letter && c <= 'Z' ? c - 'A' + 'a' : c);
        else if (!name.empty() && name.back() != '_')
            name += '_';
    }
    while (!name.empty() && name.back() == '_')
        name.pop_back();
    name = name.substr(0, 40);
    // Names that a header of the C library or a word of the language has already.
    static constexpr std::string_view taken[] = {
        "assert", "auto",  "bool",   "char",   "complex", "const",  "double",  "errno", "fenv",     "float",  "int",
        "limits", "long",  "locale", "math",   "memory",  "return", "setjmp",  "short", "signal",   "signed", "static",
        "stdint", "stdio", "stdlib", "string", "struct",  "tgmath", "threads", "time",  "unsigned", "void",   "wchar"};
    if (name.empty())
        return "model";
    return std::ranges::find(taken, name) == std::end(taken) ? name : name + "_model";
}

std::string_view cppType(DType type)
{
    switch (type) {
    case DType::int8:
        return "int8_t";
    case DType::uint8:
        return "uint8_t";
    case DType::int16:
        return "int16_t";
    case DType::int32:
        return "int32_t";
    case DType::int64:
        return "int64_t";
    case DType::boolean:
        return "bool";
    case DType::int4:
        return "espalier::rt::Int4Pair";
    case DType::float16:
        return "espalier::rt::Half";
    default:
        return "float";
    }
}

} // namespace espalier::device
