// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/parameter.h"

#include "core/base/text.h"

#include <algorithm>
#include <cassert>
#include <charconv>
#include <cmath>
#include <optional>

namespace espalier {

namespace {

template <class Number>
std::optional<Number> parsedNumber(const std::string &text)
{
    Number number = {};
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc() || end != text.data() + text.size())
        return std::nullopt;
    return number;
}

std::optional<ParameterValue> parsedValue(const ParameterSpec &spec, const std::string &text)
{
    const auto inRange = [&](double number) { return number >= spec.minimum && number <= spec.maximum; };
    if (std::holds_alternative<bool>(spec.defaultValue)) {
        if (text == "true" || text == "yes" || text == "on" || text == "1")
            return true;
        if (text == "false" || text == "no" || text == "off" || text == "0")
            return false;
    } else if (std::holds_alternative<std::int64_t>(spec.defaultValue)) {
        if (const auto number = parsedNumber<std::int64_t>(text); number && inRange(double(*number)))
            return *number;
    } else if (std::holds_alternative<double>(spec.defaultValue)) {
        if (const auto number = parsedNumber<double>(text); number && std::isfinite(*number) && inRange(*number))
            return *number;
    } else if (spec.choices.empty() || std::ranges::find(spec.choices, text) != spec.choices.end()) {
        return text;
    }
    return std::nullopt;
}

/// Whether a text is what a pattern says: * stands for any characters and ? for one.
bool matches(std::string_view pattern, std::string_view text)
{
    std::size_t p = 0, t = 0, star = std::string_view::npos, from = 0;
    while (t < text.size()) {
        if (p < pattern.size() && pattern[p] == '*') {
            star = p++;
            from = t;
        } else if (p < pattern.size() && (pattern[p] == '?' || pattern[p] == text[t])) {
            ++p;
            ++t;
        } else if (star != std::string_view::npos) {
            p = star + 1; // the last * takes one more
            t = ++from;
        } else {
            return false;
        }
    }
    return pattern.find_first_not_of('*', p) == std::string_view::npos;
}

/// Of "NAME:key=value", where the name may hold colons and equal signs: split where a known key stands.
Result<LayerSetting> parsedLayerSetting(const std::vector<ParameterSpec> &specs, const std::string &text)
{
    std::vector<std::string> keys;
    for (const ParameterSpec &spec : specs)
        if (spec.scope != ParameterScope::whole)
            keys.push_back(spec.key);
    if (keys.empty())
        return invalidArgument("'layer=" + text + "': it has no settings for single layers");
    std::string unknown;
    for (std::size_t colon = text.find(':'); colon != std::string::npos; colon = text.find(':', colon + 1)) {
        const std::size_t equals = text.find('=', colon);
        if (equals == std::string::npos || colon == 0)
            break;
        const std::string key = text.substr(colon + 1, equals - colon - 1), value = text.substr(equals + 1);
        if (std::ranges::find(keys, key) == keys.end()) {
            unknown = key; // or the colon is one of the name
            continue;
        }
        const ParameterSpec &spec = *std::ranges::find(specs, key, &ParameterSpec::key);
        const std::optional<ParameterValue> parsed = parsedValue(spec, value);
        if (!parsed)
            return invalidArgument("'layer=" + text + "': '" + key + "' is '" + value + "', allowed is " +
                                   allowedText(spec) + "." + didYouMean(value, spec.choices));
        return LayerSetting{text.substr(0, colon), key, *parsed};
    }
    if (!unknown.empty())
        return invalidArgument("'layer=" + text + "': '" + unknown + "' is not a setting for single layers (" +
                               joined(keys, ", ") + ")." + didYouMean(unknown, keys));
    return invalidArgument("'layer=" + text + "' is not of the form layer=NAME:key=value");
}

template <class T>
const T &held(const std::map<std::string, ParameterValue> &values, const std::string &key)
{
    const auto found = values.find(key);
    assert(found != values.end() && std::holds_alternative<T>(found->second));
    return std::get<T>(found->second);
}

} // namespace

Result<ParameterValues> ParameterValues::parse(const std::vector<ParameterSpec> &specs,
                                               const std::map<std::string, std::string> &given,
                                               const std::vector<std::string> &layers)
{
    ParameterValues values;
    for (const ParameterSpec &spec : specs)
        values.m_values[spec.key] = spec.defaultValue;
    for (const auto &[key, text] : given) {
        const auto spec = std::ranges::find(specs, key, &ParameterSpec::key);
        if (spec == specs.end()) {
            std::vector<std::string> keys;
            for (const ParameterSpec &known : specs)
                keys.push_back(known.key);
            return invalidArgument("'" + key + "' is not one of its settings (" +
                                   (keys.empty() ? "it has none" : joined(keys, ", ")) + ")." + didYouMean(key, keys));
        }
        const std::optional<ParameterValue> value = parsedValue(*spec, text);
        if (!value)
            return invalidArgument("'" + key + "' is '" + text + "', allowed is " + allowedText(*spec) + "." +
                                   didYouMean(text, spec->choices));
        if (spec->scope == ParameterScope::layer && *value != spec->defaultValue)
            return invalidArgument("'" + key + "' is for single layers: write layer=NAME:" + key + "=" + text);
        values.m_values[key] = *value;
    }
    for (const std::string &text : layers) {
        Result<LayerSetting> setting = parsedLayerSetting(specs, text);
        if (!setting)
            return setting.error();
        values.m_layers.push_back(*std::move(setting));
    }
    return values;
}

ParameterValues ParameterValues::with(const std::string &key, ParameterValue value) const
{
    ParameterValues result = *this;
    result.m_values.at(key) = std::move(value);
    return result;
}

ParameterValues ParameterValues::forLayer(std::string_view name) const
{
    ParameterValues values;
    values.m_values = m_values;
    for (const LayerSetting &setting : m_layers)
        if (setting.isFor(name))
            values.m_values[setting.key] = setting.value;
    return values;
}

double ParameterValues::real(const std::string &key) const
{
    return held<double>(m_values, key);
}
std::int64_t ParameterValues::integer(const std::string &key) const
{
    return held<std::int64_t>(m_values, key);
}
bool ParameterValues::flag(const std::string &key) const
{
    return held<bool>(m_values, key);
}
const std::string &ParameterValues::text(const std::string &key) const
{
    return held<std::string>(m_values, key);
}

bool LayerSetting::isFor(std::string_view name) const
{
    return layer == name || matches(layer, name);
}

std::string LayerSetting::text() const
{
    return layer + ":" + key + "=" + parameterText(value);
}

std::string parameterText(const ParameterValue &value)
{
    if (const bool *flag = std::get_if<bool>(&value))
        return *flag ? "true" : "false";
    if (const std::int64_t *integer = std::get_if<std::int64_t>(&value))
        return std::to_string(*integer);
    if (const double *real = std::get_if<double>(&value))
        return numberText(*real);
    return std::get<std::string>(value);
}

std::string allowedText(const ParameterSpec &spec)
{
    if (std::holds_alternative<bool>(spec.defaultValue))
        return "true or false";
    if (std::holds_alternative<std::string>(spec.defaultValue))
        return spec.choices.empty() ? "any text" : "one of: " + joined(spec.choices, ", ");
    std::string text = std::holds_alternative<double>(spec.defaultValue) ? "a number" : "a whole number";
    const bool low = std::isfinite(spec.minimum), high = std::isfinite(spec.maximum);
    if (low && high)
        text += " from " + numberText(spec.minimum) + " to " + numberText(spec.maximum);
    else if (low)
        text += " of at least " + numberText(spec.minimum);
    else if (high)
        text += " of at most " + numberText(spec.maximum);
    return text;
}

} // namespace espalier
