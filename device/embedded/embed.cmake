# SPDX-FileCopyrightText: 2026 The Espalier authors
# SPDX-License-Identifier: GPL-3.0-or-later
#
# cmake -DLIST=files.txt -DROOT=device -DOUT=embeddedfiles.cpp -P embed.cmake: writes the files as one C++ table.
file(STRINGS "${LIST}" files)
set(text "// Made by embed.cmake.\n#include \"device/embedded/embedded.h\"\n\nnamespace espalier::device {\n\n")
string(APPEND text "extern const EmbeddedFile embeddedFileTable[];\nextern const std::size_t embeddedFileCount;\n\nconst EmbeddedFile embeddedFileTable[] = {\n")
foreach(file IN LISTS files)
    file(READ "${file}" content)
    file(RELATIVE_PATH path "${ROOT}" "${file}")
    string(REGEX REPLACE "^runtime/include/" "" path "${path}")
    string(APPEND text "{\"${path}\", R\"espalier(${content})espalier\"},\n")
endforeach()
string(APPEND text "};\nconst std::size_t embeddedFileCount = sizeof embeddedFileTable / sizeof *embeddedFileTable;\n\n} // namespace espalier::device\n")
file(WRITE "${OUT}" "${text}")
