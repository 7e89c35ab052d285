# SPDX-FileCopyrightText: 2026 Linchpin contributors
# SPDX-License-Identifier: GPL-3.0-or-later

# The few kinds of target this project has.

set(CMAKE_RUNTIME_OUTPUT_DIRECTORY "${CMAKE_BINARY_DIR}/bin")
set(CMAKE_LIBRARY_OUTPUT_DIRECTORY "${CMAKE_BINARY_DIR}/lib")
set(LINCHPIN_PLUGIN_DIRECTORY "${CMAKE_BINARY_DIR}/plugins/linchpin")
# Below the prefix, on every system: programs find these beside themselves, wherever the prefix lies.
set(LINCHPIN_INSTALLED_LIBRARIES "lib/linchpin")
set(LINCHPIN_INSTALLED_PLUGINS "lib/linchpin/plugins")
set(LINCHPIN_TEST_DIRECTORY "${CMAKE_BINARY_DIR}/tests")
set(CMAKE_POSITION_INDEPENDENT_CODE ON)

# Precompiled Qt headers, most of the time of a compilation otherwise: made once for all libraries
# (position-independent code) and once for all tests.
add_library(linchpin_headers OBJECT "${CMAKE_SOURCE_DIR}/cmake/headers.cpp")
target_link_libraries(linchpin_headers PRIVATE linchpin_flags Qt6::Core)
target_precompile_headers(linchpin_headers PRIVATE <QtCore/QtCore>)

# What ccache takes for the content of a precompiled header (CCACHE_PCH_EXTSUM). The real file differs from
# checkout to checkout, what is in it does not: Qt's headers as this compiler reads them.
function(linchpin_name_precompiled target)
    file(GENERATE OUTPUT "${CMAKE_CURRENT_BINARY_DIR}/CMakeFiles/${target}.dir/cmake_pch.hxx.gch.sum"
        CONTENT "${ARGN} Qt ${Qt6_VERSION} ${CMAKE_CXX_COMPILER_ID} ${CMAKE_CXX_COMPILER_VERSION} ${CMAKE_BUILD_TYPE} ${LINCHPIN_SANITIZE}")
endfunction()
linchpin_name_precompiled(linchpin_headers QtCore)

function(linchpin_precompile target)
    get_target_property(libraries ${target} LINK_LIBRARIES)
    if(libraries MATCHES "Qt6::Widgets")
        target_precompile_headers(${target} PRIVATE <QtWidgets/QtWidgets>)
        linchpin_name_precompiled(${target} QtWidgets)
    else()
        target_precompile_headers(${target} REUSE_FROM linchpin_headers)
    endif()
endfunction()

# linchpin_add_module(NAME SOURCES file… LINK target…): a static library linchpin_NAME, alias Linchpin::NAME.
function(linchpin_add_module name)
    cmake_parse_arguments(arg "NO_PCH" "ALIAS" "SOURCES;LINK" ${ARGN})
    qt_add_library(linchpin_${name} STATIC ${arg_SOURCES})
    if(arg_ALIAS)
        add_library(Linchpin::${arg_ALIAS} ALIAS linchpin_${name})
    endif()
    target_link_libraries(linchpin_${name} PUBLIC linchpin_flags Qt6::Core ${arg_LINK})
    set_target_properties(linchpin_${name} PROPERTIES AUTOMOC ON)
    if(NOT arg_NO_PCH)
        linchpin_precompile(linchpin_${name})
    endif()
endfunction()

# linchpin_add_protocol(irc SOURCES file… LINK target… TESTS tests/tst_x.cpp…): everything but the plugin
# class goes into a static library linchpin_protocol_irc (so that tests can link it); the plugin class
# IDplugin.cpp becomes the loadable module plugins/linchpin/libirc.so.
function(linchpin_add_protocol id)
    cmake_parse_arguments(arg "" "" "SOURCES;LINK;TESTS;TEST_LINK" ${ARGN})
    linchpin_add_module(protocol_${id} SOURCES ${arg_SOURCES} LINK Linchpin::Sdk ${arg_LINK})
    set(plugin_sources ${id}plugin.cpp ${id}plugin.h ${id}.json)
    if(LINCHPIN_STATIC_PLUGINS)
        qt_add_library(linchpin_plugin_${id} STATIC ${plugin_sources})
        target_compile_definitions(linchpin_plugin_${id} PRIVATE QT_STATICPLUGIN)
    else()
        qt_add_library(linchpin_plugin_${id} MODULE ${plugin_sources})
    endif()
    set_target_properties(linchpin_plugin_${id} PROPERTIES
        AUTOMOC ON PREFIX "lib" OUTPUT_NAME ${id}
        LIBRARY_OUTPUT_DIRECTORY "${LINCHPIN_PLUGIN_DIRECTORY}")
    target_link_libraries(linchpin_plugin_${id} PRIVATE linchpin_protocol_${id})
    if(NOT LINCHPIN_STATIC_PLUGINS)
        # Found from the program: PluginRegistry::defaultSearchPath().
        set_target_properties(linchpin_plugin_${id} PROPERTIES INSTALL_RPATH "$ORIGIN/..")
        install(TARGETS linchpin_plugin_${id} LIBRARY DESTINATION "${LINCHPIN_INSTALLED_PLUGINS}")
    endif()
    set_property(GLOBAL APPEND PROPERTY LINCHPIN_PROTOCOLS ${id})
    if(LINCHPIN_BUILD_TESTS)
        foreach(test IN LISTS arg_TESTS)
            get_filename_component(name ${test} NAME_WE)
            linchpin_add_test(${name} SOURCES ${test} LINK linchpin_protocol_${id} ${arg_TEST_LINK} LABELS unit)
        endforeach()
    endif()
endfunction()

# linchpin_install_program(linchpin): installed, it finds our library from where it lies.
function(linchpin_install_program name)
    file(RELATIVE_PATH up "/${CMAKE_INSTALL_BINDIR}" "/${LINCHPIN_INSTALLED_LIBRARIES}")
    set_target_properties(${name} PROPERTIES INSTALL_RPATH "$ORIGIN/${up}")
    install(TARGETS ${name} RUNTIME)
endfunction()

# linchpin_tell_places(file…): LINCHPIN_SOURCE_DIR and LINCHPIN_BINARY_DIR for those of the files that use
# them (looked at when CMake runs). The others compile to the same in every checkout, and ccache knows it.
function(linchpin_tell_places)
    foreach(source IN LISTS ARGN)
        file(STRINGS "${source}" uses LIMIT_COUNT 1 REGEX "LINCHPIN_(SOURCE|BINARY)_DIR|irc/tests/vectors\\.h")
        if(uses)
            set_property(SOURCE "${source}" APPEND PROPERTY COMPILE_DEFINITIONS
                LINCHPIN_SOURCE_DIR="${CMAKE_SOURCE_DIR}" LINCHPIN_BINARY_DIR="${CMAKE_BINARY_DIR}")
        endif()
    endforeach()
endfunction()

# linchpin_add_test(tst_x SOURCES file… LINK target… LABELS unit|contract|peers|ui|… [TIMEOUT s] [ENVIRONMENT A=b…]
# [DEPENDS_ON target…] [OPENSSL]): one Qt Test executable, one ctest. OPENSSL: the code under test calls
# OpenSSL, so what libcrypto leaks is ours (see scripts/lsan-suppressions.txt).
function(linchpin_add_test name)
    cmake_parse_arguments(arg "SERIAL;OPENSSL" "TIMEOUT" "SOURCES;LINK;LABELS;ENVIRONMENT;DEPENDS_ON;RESOURCE_LOCK" ${ARGN})
    if(NOT arg_TIMEOUT)
        set(arg_TIMEOUT 120)
    endif()
    if(LINCHPIN_SANITIZE)
        math(EXPR arg_TIMEOUT "3 * ${arg_TIMEOUT}") # everything takes two to three times as long
    endif()
    qt_add_executable(${name} MANUAL_FINALIZATION ${arg_SOURCES})
    set_target_properties(${name} PROPERTIES AUTOMOC ON RUNTIME_OUTPUT_DIRECTORY "${LINCHPIN_TEST_DIRECTORY}")
    target_link_libraries(${name} PRIVATE linchpin_flags Qt6::Test ${arg_LINK})
    linchpin_tell_places(${arg_SOURCES})
    # QtTest's headers ask for this definition, so it decides whether the precompiled ones fit.
    target_compile_options(${name} PRIVATE -UQT_NETWORK_LIB)
    if(arg_LINK MATCHES "Linchpin::Widgets")
        target_precompile_headers(${name} REUSE_FROM linchpin_ui_test_headers)
    else()
        target_precompile_headers(${name} REUSE_FROM linchpin_test_headers)
    endif()
    qt_finalize_target(${name})
    if(arg_DEPENDS_ON)
        add_dependencies(${name} ${arg_DEPENDS_ON})
    endif()
    add_test(NAME ${name} COMMAND ${name})
    set_tests_properties(${name} PROPERTIES
        LABELS "${arg_LABELS}" TIMEOUT ${arg_TIMEOUT} SKIP_REGULAR_EXPRESSION "SKIP-ALL:"
        ENVIRONMENT "QT_QPA_PLATFORM=offscreen;LC_ALL=C.UTF-8;${arg_ENVIRONMENT}")
    if(arg_OPENSSL)
        set_property(TEST ${name} APPEND PROPERTY ENVIRONMENT "LSAN_OPTIONS=")
    endif()
    if(arg_SERIAL)
        set_tests_properties(${name} PROPERTIES RUN_SERIAL ON)
    endif()
    if(arg_RESOURCE_LOCK)
        set_tests_properties(${name} PROPERTIES RESOURCE_LOCK "${arg_RESOURCE_LOCK}")
    endif()
endfunction()

# linchpin_add_fuzz_regression(sipparser SOURCES fuzz_sipparser.cpp LINK target…): LLVMFuzzerTestOneInput
# run over the files of corpus/NAME as a ctest; with -DLINCHPIN_FUZZ=ON and clang a libFuzzer program.
function(linchpin_add_fuzz_regression name)
    cmake_parse_arguments(arg "" "" "SOURCES;LINK" ${ARGN})
    add_executable(fuzz_${name} ${arg_SOURCES})
    target_link_libraries(fuzz_${name} PRIVATE linchpin_flags Qt6::Core ${arg_LINK})
    set_target_properties(fuzz_${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY "${LINCHPIN_TEST_DIRECTORY}")
    if(LINCHPIN_FUZZ)
        target_compile_options(fuzz_${name} PRIVATE -fsanitize=fuzzer,address)
        target_link_options(fuzz_${name} PRIVATE -fsanitize=fuzzer,address)
    else()
        target_sources(fuzz_${name} PRIVATE "${CMAKE_SOURCE_DIR}/tests/fuzz/replay.cpp")
        add_test(NAME fuzz_${name} COMMAND fuzz_${name} "${CMAKE_SOURCE_DIR}/tests/fuzz/corpus/${name}")
        set_tests_properties(fuzz_${name} PROPERTIES LABELS fuzz TIMEOUT 120)
    endif()
endfunction()

if(LINCHPIN_BUILD_TESTS)
    # Qt gives every test its folder as a definition, which no shared precompiled header survives;
    # our tests use LINCHPIN_SOURCE_DIR instead of QFINDTESTDATA.
    get_target_property(definitions Qt6::Test INTERFACE_COMPILE_DEFINITIONS)
    list(FILTER definitions EXCLUDE REGEX "QT_TESTCASE_")
    set_target_properties(Qt6::Test PROPERTIES INTERFACE_COMPILE_DEFINITIONS "${definitions}")
    add_executable(linchpin_test_headers EXCLUDE_FROM_ALL "${CMAKE_SOURCE_DIR}/cmake/testheaders.cpp")
    target_link_libraries(linchpin_test_headers PRIVATE linchpin_flags Qt6::Test Qt6::Core)
    target_precompile_headers(linchpin_test_headers PRIVATE <QtTest/QtTest>)
    linchpin_name_precompiled(linchpin_test_headers QtTest)
    add_executable(linchpin_ui_test_headers EXCLUDE_FROM_ALL "${CMAKE_SOURCE_DIR}/cmake/testheaders.cpp")
    target_link_libraries(linchpin_ui_test_headers PRIVATE linchpin_flags Qt6::Test Qt6::Widgets Qt6::Svg Qt6::DBus)
    target_precompile_headers(linchpin_ui_test_headers PRIVATE <QtTest/QtTest> <QtWidgets/QtWidgets>)
    linchpin_name_precompiled(linchpin_ui_test_headers QtTest QtWidgets)
endif()
