// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: MIT
#pragma once

#include <espalier/grouped.h>
#include <espalier/thumb/clustered.h>

/// CONV_2D and FULLY_CONNECTED over int8 weights in groups for Cortex-M0+, unpacked as clustered ones are.
namespace espalier {
namespace rt {
namespace thumb {

namespace detail {

/// The weights of a dense layer, output after output.
class GroupedRows
{
public:
    GroupedRows(const int32_t *words, int inputs) : m_words(words), m_inputs(inputs) {}
    void unpack(int output, int outputs, int input, int count, int8_t *to)
    {
        for (int i = 0; i < outputs; ++i) {
            GroupedReader reader(m_words, (output + i) * m_inputs + input);
            for (int8_t *each = to + i, *const end = each + count * outputs; each != end; each += outputs)
                *each = reader.next();
        }
    }

private:
    const int32_t *m_words;
    int m_inputs;
};

} // namespace detail

/// `filter` a GroupedTable of each output channel's weights in the order of the window; the rest as of
/// clusteredConvolution().
inline void groupedConvolution(const ConvolutionLayer &layer, const int8_t *input, const int32_t *filter,
                               const int32_t *channels, int32_t *scratch, int8_t *output)
{
    detail::convolveUnpacked<GroupedReader>(layer, input, filter, channels, scratch, output);
}

/// `weights` a GroupedTable of output after output. Takes stack as clusteredFullyConnected().
inline void groupedFullyConnected(const FullyConnectedLayer &layer, const int8_t *input, const int32_t *weights,
                                  const int32_t *channels, int8_t *output)
{
    detail::multiplyUnpacked<detail::GroupedRows>(layer, input, weights, channels, output);
}

} // namespace thumb
} // namespace rt
} // namespace espalier
