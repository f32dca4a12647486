// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The MPS2 boards' code memory is static RAM.
#include "planstore.h"

#include <string.h>

namespace planstore {

void write(uint32_t offset, const uint8_t *block)
{
    memcpy(const_cast<uint8_t *>(start()) + offset, block, blockBytes);
}

} // namespace planstore
