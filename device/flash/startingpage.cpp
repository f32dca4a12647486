// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "device/flash/startingpage.h"

#include "device/flash/imagedefinition.h"

namespace espalier::device {

std::uint32_t startingPage(const FlashImage &image)
{
    const std::uint32_t at = imageDefinitionAt(image).value_or(image.begin()->first);
    return at - at % flashPageBytes;
}

} // namespace espalier::device
