// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/comparefiles.h"

#include "app/cli/output.h"
#include "core/base/file.h"
#include "core/base/text.h"
#include "core/exporters/exporter.h"
#include "widgets/plots/tradeoffplot.h"

#include <QApplication>

#include <algorithm>
#include <memory>

namespace espalier::cli {

namespace {

Result<void> checkColumn(const std::string &key)
{
    const ColumnInfo *column = findColumn(key);
    if (key.empty() || (column && column->type != ColumnType::text))
        return {};
    std::vector<std::string> known;
    for (const ColumnInfo &c : columns())
        if (c.type != ColumnType::text)
            known.emplace_back(c.key);
    return invalidArgument("'" + key + "' is no column with figures; there are " + joined(known, ", ") + "." +
                           didYouMean(key, known));
}

Result<void> writePlot(const CompareFiles &files, std::span<const Row> rows)
{
    const bool onBoards = std::ranges::any_of(rows, [](const Row &row) { return row.has(Column::flashBytes); });
    const Column x = !files.plotX.empty() ? findColumn(files.plotX)->column
                     : onBoards           ? Column::flashBytes
                                          : Column::sizeBytes;
    const Column y = files.plotY.empty() ? Column::accuracy : findColumn(files.plotY)->column;
    // Drawing text needs an application, which needs no display with this platform.
    std::unique_ptr<QApplication> application;
    if (!QCoreApplication::instance()) {
        qputenv("QT_QPA_PLATFORM", "offscreen");
        // Remarks about a missing desktop would stand where errors are expected.
        qInstallMessageHandler([](QtMsgType, const QMessageLogContext &, const QString &) {});
        static int argc = 1;
        static char name[] = "espalier";
        static char *argv[] = {name, nullptr};
        application = std::make_unique<QApplication>(argc, argv);
    }
    return ui::writeTradeoffSvg(rows, x, y, files.plot);
}

Result<void> writeTable(const std::string &exporter, const std::string &path, std::span<const Row> rows)
{
    return path.empty() ? Result<void>() : writeFile(path, findExporter(exporter)->write(rows));
}

} // namespace

Result<void> check(const CompareFiles &files)
{
    for (const std::string &path : {files.csv, files.markdown, files.latex, files.plot})
        if (!path.empty())
            if (const Result<void> writable = checkTarget(path); !writable)
                return writable;
    for (const std::string &key : {files.plotX, files.plotY})
        if (const Result<void> known = checkColumn(key); !known)
            return known;
    return {};
}

Result<void> write(const CompareFiles &files, std::span<const Row> rows)
{
    const std::string view = files.relative ? "-relative" : "";
    Result<void> first = writeTable("csv", files.csv, rows);
    // One file that cannot be written does not keep the others from being there.
    for (const Result<void> &next :
         {writeTable("markdown" + view, files.markdown, rows), writeTable("latex" + view, files.latex, rows),
          files.plot.empty() ? Result<void>() : writePlot(files, rows)})
        if (first && !next)
            first = next;
    return first;
}

} // namespace espalier::cli
