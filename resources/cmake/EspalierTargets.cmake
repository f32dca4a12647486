# SPDX-FileCopyrightText: 2026 The Espalier authors
# SPDX-License-Identifier: GPL-3.0-or-later

# espalier_def_sources(TARGET FILE.def): adds to TARGET the source file of every line of FILE.def.
#
# A .def file is the one list of a kind (techniques, boards, …). A line is MACRO(symbol, file-without-suffix, …);
# C++ expands the macro into a table, CMake reads the second argument here. So a new entry is one file and one line.
function(espalier_def_sources target def)
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS "${CMAKE_CURRENT_SOURCE_DIR}/${def}")
    file(STRINGS "${CMAKE_CURRENT_SOURCE_DIR}/${def}" lines REGEX "^[A-Z_]+\\(")
    foreach(line IN LISTS lines)
        string(REGEX REPLACE "^[A-Z_]+\\([^,]+, *([A-Za-z0-9_/]+).*" "\\1" file "${line}")
        list(APPEND sources "${CMAKE_CURRENT_SOURCE_DIR}/${file}.cpp")
    endforeach()
    list(REMOVE_DUPLICATES sources)
    target_sources(${target} PRIVATE ${sources})
endfunction()

# espalier_precompile(TARGET [HEADER …]): where precompiled headers are on, the standard library's and these are
# precompiled for the target's sources, which still include all that they use.
set(ESPALIER_COMMON_HEADERS <algorithm> <cmath> <cstdint> <functional> <map> <memory> <optional> <span>
    <string> <string_view> <variant> <vector>)
function(espalier_precompile target)
    if(ESPALIER_PRECOMPILE)
        target_precompile_headers(${target} PRIVATE ${ESPALIER_COMMON_HEADERS} ${ARGN})
    endif()
endfunction()

# Tests are many small programs that include the same large headers: they share one precompiled header, of Qt Core and
# the model. Qt Test itself cannot be in it, since its macros differ by folder. What tests do is seldom hot, so their own
# code is not optimised, which spares a fifth of the time to build them.
function(espalier_precompile_for_tests)
    add_library(espalier_testheaders OBJECT "${PROJECT_SOURCE_DIR}/tests/support/headers.cpp")
    target_link_libraries(espalier_testheaders PRIVATE espalier_options Espalier::Runtime Qt6::Core)
    target_compile_options(espalier_testheaders PRIVATE -O0)
    if(ESPALIER_PRECOMPILE)
        target_precompile_headers(espalier_testheaders PRIVATE ${ESPALIER_COMMON_HEADERS} <QtCore>
            "${PROJECT_SOURCE_DIR}/core/engine/engine.h" "${PROJECT_SOURCE_DIR}/core/formats/modelformat.h")
    endif()
endfunction()

# espalier_test(NAME [OPTIMIZED] [LABELS …] [LIBRARIES …] [SOURCES …]): builds tst_NAME from tst_NAME.cpp (and SOURCES) and
# registers it. Labels: unit, accuracy (long runs over real data, which the sanitizers do without), gui, board.
# OPTIMIZED: as the library is, where the test itself computes much.
function(espalier_test name)
    cmake_parse_arguments(ARG "OPTIMIZED" "TIMEOUT" "LABELS;LIBRARIES;SOURCES" ${ARGN})
    # The one file that needs Qt's moc, called directly: AUTOMOC would scan and compile more for each of many programs.
    qt_generate_moc(tst_${name}.cpp "${CMAKE_CURRENT_BINARY_DIR}/tst_${name}.moc")
    add_executable(tst_${name} tst_${name}.cpp "${CMAKE_CURRENT_BINARY_DIR}/tst_${name}.moc" ${ARG_SOURCES})
    target_include_directories(tst_${name} PRIVATE "${CMAKE_CURRENT_BINARY_DIR}")
    set_target_properties(tst_${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY "${CMAKE_BINARY_DIR}/tests")
    target_link_libraries(tst_${name} PRIVATE espalier_options espalier_testsupport Qt6::Test ${ARG_LIBRARIES})
    if(NOT ARG_OPTIMIZED)
        target_compile_options(tst_${name} PRIVATE -O0)
        if(ESPALIER_PRECOMPILE)
            target_precompile_headers(tst_${name} REUSE_FROM espalier_testheaders)
        endif()
    endif()
    add_test(NAME ${name} COMMAND tst_${name})
    if(NOT ARG_LABELS)
        set(ARG_LABELS unit)
    endif()
    if("unit" IN_LIST ARG_LABELS)
        add_dependencies(unit-tests tst_${name})
    else()
        add_dependencies(other-tests tst_${name})
    endif()
    if(NOT ARG_TIMEOUT)
        set(ARG_TIMEOUT 300)
    endif()
    set_tests_properties(${name} PROPERTIES LABELS "${ARG_LABELS}" TIMEOUT ${ARG_TIMEOUT}
                         ENVIRONMENT "QT_QPA_PLATFORM=offscreen")
endfunction()
