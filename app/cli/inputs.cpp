// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/inputs.h"

#include "core/base/file.h"
#include "core/formats/modelformat.h"

namespace espalier::cli {

Result<ModelFile> loadModel(const std::string &path)
{
    Result<ModelPtr> model = readModel(path);
    if (!model)
        return model.error();
    Result<Bytes> bytes = readFile(path);
    if (!bytes)
        return bytes.error();
    return ModelFile{*std::move(model), std::make_shared<const Bytes>(*std::move(bytes)), path};
}

Result<ImpliedScaling> chosenScaling(const std::string &typed, const Model &model, const Dataset &data)
{
    if (!typed.empty()) {
        Result<InputScaling> scaling = InputScaling::parse(typed);
        if (!scaling)
            return scaling.error().in("--scaling");
        return ImpliedScaling{*scaling, "as given: " + scaling->text()};
    }
    if (const Result<void> fits = checkFit(model.main(), data.test); !fits)
        return fits.error().in("'" + data.path.string() + "'");
    return impliedScaling(model.main()[model.main().inputs[0]], data.test);
}

Row originalRow(const ModelFile &model, const DatasetPtr &data)
{
    Row row;
    row.set(Column::variant, std::string("original"));
    row.set(Column::recipe, std::string());
    row.set(Column::model, model.name());
    if (data)
        row.set(Column::data, data->name);
    row.set(Column::toolVersion, std::string(ESPALIER_VERSION));
    row.set(Column::status, std::string(name(Status::ok)));
    return row;
}

} // namespace espalier::cli
