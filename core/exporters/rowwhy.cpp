// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/exporters/rowwhy.h"

#include "core/exporters/texttable.h"
#include "core/study/pruningremark.h"

namespace espalier {

std::string whyOf(const Row &row, std::span<const Row> rows)
{
    std::string why = row.text(Column::why);
    const Row *original = originalOf(row, rows);
    if (!original || original == &row)
        return why;
    if (const auto remark = pruningRemark(row, *original))
        why += (why.empty() ? "" : "; ") + remark->text();
    return why;
}

} // namespace espalier
