// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "support/shareddata.h"

#include <nlohmann/json.hpp>

#include <fstream>
#include <string>
#include <vector>

/// A file of the shared golden cases; an empty document where it is absent (see ESPALIER_NEEDS_SHARED).
inline nlohmann::json golden(const std::string &file)
{
    std::ifstream in(sharedFolder() / "golden" / file);
    return in ? nlohmann::json::parse(in) : nlohmann::json();
}

/// The numbers of a nested array in order; texts such as "inf" are read as numbers.
template <class T>
void flatten(const nlohmann::json &json, std::vector<T> &into)
{
    if (json.is_array()) {
        for (const nlohmann::json &item : json)
            flatten(item, into);
    } else if (json.is_string()) {
        into.push_back(T(std::stod(json.get<std::string>())));
    } else {
        into.push_back(json.get<T>());
    }
}

template <class T>
std::vector<T> flat(const nlohmann::json &json)
{
    std::vector<T> all;
    flatten(json, all);
    return all;
}
