// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/exporters/latextable.h"

#include <array>
#include <string_view>
#include <utility>

namespace espalier {

namespace {

// Characters that LaTeX takes for commands, and those of ours that its usual fonts lack.
constexpr std::array<std::pair<std::string_view, std::string_view>, 22> replacements = {{
    {"\\", "\\textbackslash{}"},
    {"{", "\\{"},
    {"}", "\\}"},
    {"$", "\\$"},
    {"&", "\\&"},
    {"#", "\\#"},
    {"_", "\\_"},
    {"%", "\\%"},
    {"~", "\\textasciitilde{}"},
    {"^", "\\textasciicircum{}"},
    {"<", "\\textless{}"},
    {">", "\\textgreater{}"},
    {"\n", " "},
    {"\r", " "},
    {"→", "$\\rightarrow$"},
    {"↑", "$\\uparrow$"},
    {"↓", "$\\downarrow$"},
    {"Δ", "$\\Delta$"},
    {"×", "$\\times$"},
    {"µ", "$\\mu$"},
    {"−", "$-$"},
    {"…", "\\ldots{}"},
}};

std::string escaped(std::string_view text)
{
    std::string result;
    while (!text.empty()) {
        std::size_t taken = 1;
        std::string_view written = text.substr(0, 1);
        for (const auto &[character, replacement] : replacements)
            if (text.starts_with(character)) {
                taken = character.size();
                written = replacement;
            }
        result += written;
        text.remove_prefix(taken);
    }
    return result;
}

void addRow(std::string &text, const std::vector<std::string> &cells)
{
    for (std::size_t i = 0; i < cells.size(); ++i)
        text += (i == 0 ? "" : " & ") + escaped(cells[i]);
    text += " \\\\\n";
}

} // namespace

std::string latexText(const TextTable &table)
{
    std::string text = "% Needs \\usepackage{booktabs}.\n";
    if (!table.caption.empty())
        text += "% " + escaped(table.caption) + "\n";
    text += "\\begin{tabular}{";
    std::vector<std::string> titles;
    for (const TextTable::Head &head : table.heads) {
        text += head.numeric ? 'r' : 'l';
        titles.push_back(head.title + (head.unit.empty() ? "" : " [" + head.unit + "]"));
    }
    text += "}\n\\toprule\n";
    addRow(text, titles);
    text += "\\midrule\n";
    for (const std::vector<std::string> &row : table.rows)
        addRow(text, row);
    text += "\\bottomrule\n\\end{tabular}\n";
    for (const std::string &note : table.notes)
        text += "% " + escaped(note) + "\n";
    return text;
}

} // namespace espalier
