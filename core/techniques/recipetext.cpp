// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/techniques/recipetext.h"

#include <algorithm>

namespace espalier {

namespace {

constexpr std::size_t maxSteps = 64;
constexpr std::size_t maxLength = 16384;

bool isBlank(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

bool isControl(char c)
{
    return static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
}

/// A word of the text with its quotes resolved, or the '|' between two steps.
struct Word
{
    std::string text;
    bool separator = false;
};

Result<std::vector<Word>> words(std::string_view text)
{
    std::vector<Word> found;
    std::size_t i = 0;
    while (i < text.size()) {
        if (isBlank(text[i])) {
            ++i;
            continue;
        }
        if (text[i] == '|') {
            found.push_back({"|", true});
            ++i;
            continue;
        }
        Word word;
        bool quoted = false;
        for (; i < text.size() && (quoted || (!isBlank(text[i]) && text[i] != '|')); ++i) {
            if (isControl(text[i]))
                return invalidArgument("the recipe holds a control character after '" + word.text + "'; remove it");
            if (text[i] == '"') {
                quoted = !quoted;
            } else if (quoted && text[i] == '\\' && i + 1 < text.size()) {
                word.text += text[++i];
            } else {
                word.text += text[i];
            }
        }
        if (quoted)
            return invalidArgument("the recipe opens a quote at '" + word.text + "' and does not close it");
        found.push_back(std::move(word));
    }
    return found;
}

} // namespace

Result<std::vector<RecipeStepText>> splitRecipe(std::string_view text)
{
    if (text.size() > maxLength)
        return invalidArgument("the recipe has " + std::to_string(text.size()) + " characters, at most " +
                               std::to_string(maxLength) + " are read");
    Result<std::vector<Word>> found = words(text);
    if (!found)
        return found.error();
    std::vector<RecipeStepText> steps;
    if (found->empty())
        return steps;
    found->push_back({"|", true});

    const auto place = [&] { return "recipe step " + std::to_string(steps.size() + 1); };
    RecipeStepText step;
    bool begun = false;
    for (Word &word : *found) {
        if (word.separator) {
            if (!begun)
                return invalidArgument(place() + " is empty; a technique is needed on both sides of '|'");
            if (steps.size() == maxSteps)
                return invalidArgument("the recipe has more than " + std::to_string(maxSteps) + " steps");
            steps.push_back(std::move(step));
            step = {};
            begun = false;
        } else if (!begun) {
            step.id = std::move(word.text);
            begun = true;
        } else {
            const std::size_t equals = word.text.find('=');
            if (equals == std::string::npos || equals == 0)
                return invalidArgument(place() + ", '" + step.id + "': '" + word.text +
                                       "' is not a setting; write key=value, and '|' before the next technique");
            const std::string key = word.text.substr(0, equals);
            if (key == "layer")
                step.layers.push_back(word.text.substr(equals + 1));
            else if (!step.settings.emplace(key, word.text.substr(equals + 1)).second)
                return invalidArgument(place() + ", '" + step.id + "': '" + key + "' is given twice");
        }
    }
    return steps;
}

std::string quotedSetting(const std::string &value)
{
    const auto special = [](char c) { return isBlank(c) || c == '|' || c == '"' || c == '\\'; };
    if (!value.empty() && std::ranges::none_of(value, special))
        return value;
    std::string text = "\"";
    for (const char c : value) {
        if (c == '"' || c == '\\')
            text += '\\';
        text += c;
    }
    return text + '"';
}

} // namespace espalier
