// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"

#include <cstdint>
#include <limits>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace espalier {

using ParameterValue = std::variant<bool, std::int64_t, double, std::string>;

/// What a parameter can be given a value for.
enum class ParameterScope {
    whole,  ///< the step
    either, ///< the step, and single layers another one
    layer,  ///< single layers alone; the default holds for the others
};

/// One setting of a technique, board or exporter: enough to parse it, check it, print it and build a form for it.
/// The alternative that `defaultValue` holds is the parameter's type.
struct ParameterSpec
{
    std::string key;         ///< as in a recipe: "sparsity"
    std::string title;       ///< as in a form: "Sparsity"
    std::string description; ///< one sentence: what it does
    ParameterValue defaultValue;
    double minimum = -std::numeric_limits<double>::infinity(); ///< inclusive, for numbers
    double maximum = std::numeric_limits<double>::infinity();  ///< inclusive, for numbers
    std::vector<std::string> choices = {};                     ///< for text: the allowed words; empty means any text
    std::string unit = {};                                     ///< "", "%", "epochs", …
    ParameterScope scope = ParameterScope::whole;
};

/// The value of a parameter for single layers: `layer=NAME:key=value`.
struct LayerSetting
{
    std::string layer; ///< their name; * stands for any characters and ? for one
    std::string key;
    ParameterValue value;

    bool isFor(std::string_view name) const;
    std::string text() const; ///< "NAME:key=value"
    bool operator==(const LayerSetting &) const = default;
};

/// A value for every parameter of a list: what was given, checked, and the defaults of the rest.
class ParameterValues
{
public:
    /// Takes `given` texts (key -> value), and texts of LayerSetting. An unknown key or a value out of range is an
    /// invalidArgument error that names the key, what was given and what is allowed, and suggests the nearest known
    /// key.
    static Result<ParameterValues> parse(const std::vector<ParameterSpec> &specs,
                                         const std::map<std::string, std::string> &given,
                                         const std::vector<std::string> &layers = {});

    double real(const std::string &key) const;
    std::int64_t integer(const std::string &key) const;
    bool flag(const std::string &key) const;
    const std::string &text(const std::string &key) const;

    const std::map<std::string, ParameterValue> &all() const { return m_values; }
    /// The same with another value of a parameter that is there, of its type and in its range.
    ParameterValues with(const std::string &key, ParameterValue value) const;

    const std::vector<LayerSetting> &layerSettings() const { return m_layers; }
    /// `settings` must be of the same parameters.
    void setLayerSettings(std::vector<LayerSetting> settings) { m_layers = std::move(settings); }
    /// The values as they hold for a layer; of several settings for it the last one counts.
    ParameterValues forLayer(std::string_view name) const;

    bool operator==(const ParameterValues &) const = default;

private:
    std::map<std::string, ParameterValue> m_values;
    std::vector<LayerSetting> m_layers;
};

/// The text that a recipe shows for a value: "0.5", "true", "polynomial".
std::string parameterText(const ParameterValue &value);

/// What a parameter takes, for help and errors: "a number from 0 to 1", "one of: minmax, percentile".
std::string allowedText(const ParameterSpec &spec);

} // namespace espalier
