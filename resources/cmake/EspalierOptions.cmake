# SPDX-FileCopyrightText: 2026 The Espalier authors
# SPDX-License-Identifier: GPL-3.0-or-later
#
# One interface target, espalier_options, carries the language standard, the warnings and the sanitizers.

option(BUILD_TESTING "Build the tests" ON)
option(ESPALIER_WERROR "Treat warnings as errors" OFF)
option(ESPALIER_FUZZ "Build the libFuzzer targets (clang only)" OFF)
set(ESPALIER_COLD_FLAGS "" CACHE STRING "More compiler options for the window and the command line, which compute little")
set(ESPALIER_SANITIZE "" CACHE STRING "Sanitizers, as -fsanitize= takes them: address,undefined or thread")

set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY "${CMAKE_BINARY_DIR}")
set(CMAKE_POSITION_INDEPENDENT_CODE ON)

add_library(espalier_options INTERFACE)
target_compile_features(espalier_options INTERFACE cxx_std_20)
# A product and a sum stay two roundings unless the code says fma: results must not depend on the compiler's taste.
target_compile_options(espalier_options INTERFACE -Wall -Wextra -Wpedantic -Wshadow -Wnon-virtual-dtor -ffp-contract=off
                       $<$<BOOL:${ESPALIER_WERROR}>:-Werror>)
target_compile_definitions(espalier_options INTERFACE QT_NO_CAST_FROM_ASCII QT_NO_CAST_TO_ASCII QT_NO_FOREACH
                           ESPALIER_VERSION="${PROJECT_VERSION}")
target_include_directories(espalier_options INTERFACE "${PROJECT_SOURCE_DIR}")
if(ESPALIER_SANITIZE)
    # The address sanitizer finds null pointers, objects too small or gone and addresses that wrapped without the other's
    # checks at each access, which take a quarter of the time to compile.
    target_compile_options(espalier_options INTERFACE -fsanitize=${ESPALIER_SANITIZE}
                           -fno-sanitize=null,object-size,vptr,pointer-overflow
                           -fno-omit-frame-pointer -fno-sanitize-recover=all)
    target_link_options(espalier_options INTERFACE -fsanitize=${ESPALIER_SANITIZE})
endif()

# A cache spares repeated builds; precompiled headers, which it handles badly, spare a third of the first one.
find_program(CCACHE_PROGRAM ccache)
if(CCACHE_PROGRAM AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
    set(CMAKE_C_COMPILER_LAUNCHER "${CCACHE_PROGRAM}")
    set(CMAKE_CXX_COMPILER_LAUNCHER "${CCACHE_PROGRAM}")
endif()
if(CMAKE_CXX_COMPILER_LAUNCHER)
    set(precompile_default OFF)
else()
    set(precompile_default ON)
endif()
option(ESPALIER_PRECOMPILE "Precompile the headers that nearly every source includes" ${precompile_default})
