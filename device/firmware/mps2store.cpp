// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The MPS2 boards' code memory is static RAM: the plan lies in its upper three quarters.
#include "planstore.h"

#include <string.h>

namespace planstore {

const uint8_t *start()
{
    return reinterpret_cast<const uint8_t *>(1u << 20);
}

uint32_t bytes()
{
    return 3u << 20;
}

void write(uint32_t offset, const uint8_t *block)
{
    memcpy(const_cast<uint8_t *>(start()) + offset, block, blockBytes);
}

} // namespace planstore
