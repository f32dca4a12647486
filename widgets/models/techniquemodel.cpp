// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/models/techniquemodel.h"

#include "widgets/coretexts.h"

namespace espalier::ui {

QString familyTitle(TechniqueFamily family)
{
    switch (family) {
    case TechniqueFamily::pruning:
        return TechniqueModel::tr("Pruning");
    case TechniqueFamily::quantization:
        return TechniqueModel::tr("Quantization");
    case TechniqueFamily::training:
        return TechniqueModel::tr("Training");
    }
    return {};
}

QString techniqueToolTip(const Technique &technique)
{
    QStringList lines{coreText(technique.summary)};
    if (technique.needs == TechniqueNeeds::calibration)
        lines += TechniqueModel::tr("Needs calibration samples.");
    else if (technique.needs == TechniqueNeeds::training)
        lines += TechniqueModel::tr("Needs training samples.");
    if (!technique.source.empty())
        lines += TechniqueModel::tr("As defined by %1.")
                     .arg(QString::fromUtf8(technique.source.data(), qsizetype(technique.source.size())));
    return lines.join(QLatin1Char('\n'));
}

int TechniqueModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : int(techniques().size());
}

QVariant TechniqueModel::data(const QModelIndex &index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid | CheckIndexOption::ParentIsInvalid))
        return {};
    const Technique &technique = *techniques()[std::size_t(index.row())];
    switch (role) {
    case Qt::DisplayRole:
        return coreText(technique.title);
    case Qt::ToolTipRole:
        return techniqueToolTip(technique);
    case IdRole:
        return QString::fromUtf8(technique.id.data(), qsizetype(technique.id.size()));
    case FamilyRole:
        return familyTitle(technique.family);
    default:
        return {};
    }
}

} // namespace espalier::ui
