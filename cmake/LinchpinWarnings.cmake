# SPDX-FileCopyrightText: 2026 Linchpin contributors
# SPDX-License-Identifier: GPL-3.0-or-later

# Flags of every target of ours; nothing global beyond this file.

add_library(linchpin_flags INTERFACE)
target_compile_features(linchpin_flags INTERFACE cxx_std_23)
target_compile_options(linchpin_flags INTERFACE
    -Wall -Wextra -Werror -Wpedantic -Wnon-virtual-dtor -Woverloaded-virtual
    -Wimplicit-fallthrough -Wextra-semi -Wno-missing-field-initializers # designated initializers leave out on purpose
    "-ffile-prefix-map=${CMAKE_SOURCE_DIR}/=")
target_compile_definitions(linchpin_flags INTERFACE
    QT_NO_KEYWORDS
    QT_NO_CAST_FROM_ASCII
    QT_NO_CAST_TO_ASCII
    QT_NO_URL_CAST_FROM_STRING
    QT_DEPRECATED_WARNINGS
    LINCHPIN_VERSION="${PROJECT_VERSION}")
target_include_directories(linchpin_flags INTERFACE "${CMAKE_SOURCE_DIR}")

# One line table is enough for a backtrace and halves the size of the objects.
set(CMAKE_CXX_FLAGS_RELWITHDEBINFO "-O2 -g1")

if(LINCHPIN_SANITIZE)
    # Compiles in half the time of -O2, and still runs fast enough.
    set(CMAKE_CXX_FLAGS_RELWITHDEBINFO "-O1 -g1")
    # Between the checks of the sanitizers GCC 14 loses sight of which member of a std::expected or
    # std::optional is in use, and takes the other for read uninitialised: there that is no error.
    target_compile_options(linchpin_flags INTERFACE
        "-fsanitize=${LINCHPIN_SANITIZE}" -fno-omit-frame-pointer -fno-sanitize-recover=all
        -Wno-error=maybe-uninitialized)
    target_link_options(linchpin_flags INTERFACE "-fsanitize=${LINCHPIN_SANITIZE}")
endif()
