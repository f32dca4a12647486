// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: MIT
#pragma once

#include <espalier/dsp/clustered.h>
#include <espalier/grouped.h>

/// CONV_2D and FULLY_CONNECTED over int8 weights in groups, unpacked as clustered ones are: about seven instructions
/// for a packed halfword.
namespace espalier {
namespace rt {
namespace dsp {

namespace detail {

/// The weights of a dense layer, pair of outputs after pair of outputs.
class GroupedRows
{
public:
    GroupedRows(const int32_t *words, int inputs) : m_words(words), m_inputs(inputs) {}
    void unpack(int output, int pairs, int input, int count, int16_t *to)
    {
        for (int pair = 0; pair < pairs; ++pair) {
            GroupedPairs reader(m_words, (output / 2 + pair) * m_inputs + input);
            reader.unpackTwos(count, to + 2 * pair, 2 * pairs);
        }
    }

private:
    const int32_t *m_words;
    int m_inputs;
};

} // namespace detail

/// `filter` a GroupedTable of the weights behind convolution()'s halfwords, first and second channel of each; rows of
/// the window are a multiple of four. `scratch` as of clusteredConvolution().
inline void groupedConvolution(const ConvolutionLayer &layer, const int8_t *input, const int32_t *filter,
                               const int32_t *channels, int32_t *scratch, int8_t *output)
{
    detail::convolveUnpacked<GroupedPairs>(layer, input, filter, channels, scratch, output);
}

/// `weights` a GroupedTable of the pairs of outputs, first and second of each, inputs in the order of
/// fullyConnected()'s halfwords. Takes stack as clusteredFullyConnected().
inline void groupedFullyConnected(const FullyConnectedLayer &layer, const int8_t *input, const int32_t *weights,
                                  const int32_t *channels, int8_t *output)
{
    detail::multiplyUnpacked<detail::GroupedRows>(layer, input, weights, channels, output);
}

} // namespace dsp
} // namespace rt
} // namespace espalier
