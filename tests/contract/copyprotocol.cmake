# SPDX-FileCopyrightText: 2026 Linchpin contributors
# SPDX-License-Identifier: GPL-3.0-or-later

# Copies protocols/notes under the id "zephyr" into a project of its own, builds the plugin against
# the sdk that is there already, and runs the contract suite on it.
cmake_minimum_required(VERSION 3.25)

file(REMOVE_RECURSE "${SCRATCH}")
file(GLOB_RECURSE files RELATIVE "${LINCHPIN_SOURCE}/protocols/notes" "${LINCHPIN_SOURCE}/protocols/notes/*")
foreach(file IN LISTS files)
    file(READ "${LINCHPIN_SOURCE}/protocols/notes/${file}" text)
    string(REPLACE "notes" "zephyr" text "${text}")
    string(REPLACE "Notes" "Zephyr" text "${text}")
    string(REPLACE "notes" "zephyr" name "${file}")
    file(WRITE "${SCRATCH}/protocols/zephyr/${name}" "${text}")
endforeach()

file(COPY "${LINCHPIN_SOURCE}/cmake" DESTINATION "${SCRATCH}")
file(WRITE "${SCRATCH}/CMakeLists.txt" "
cmake_minimum_required(VERSION 3.25)
project(Zephyr LANGUAGES CXX)
set(LINCHPIN_BUILD_TESTS OFF)
list(APPEND CMAKE_MODULE_PATH \"${SCRATCH}/cmake\")
find_package(Qt6 6.8 REQUIRED COMPONENTS Core)
include(LinchpinWarnings)
include(LinchpinTargets)
target_include_directories(linchpin_flags INTERFACE \"${LINCHPIN_SOURCE}\")
qt_standard_project_setup(REQUIRES 6.8)
add_library(linchpin_sdk SHARED IMPORTED)
set_target_properties(linchpin_sdk PROPERTIES IMPORTED_LOCATION \"${SDK}\")
target_link_libraries(linchpin_sdk INTERFACE linchpin_flags Qt6::Core)
add_library(Linchpin::Sdk ALIAS linchpin_sdk)
add_subdirectory(protocols/zephyr)
")

function(run)
    execute_process(COMMAND ${ARGV} RESULT_VARIABLE result OUTPUT_VARIABLE output ERROR_VARIABLE output)
    if(NOT result EQUAL 0)
        message(FATAL_ERROR "${ARGV}\n${output}\nended with ${result}")
    endif()
    set(output "${output}" PARENT_SCOPE)
endfunction()

run("${CMAKE_COMMAND}" -G Ninja -S "${SCRATCH}" -B "${SCRATCH}/build"
    -DCMAKE_BUILD_TYPE=RelWithDebInfo "-DCMAKE_CXX_COMPILER=${COMPILER}"
    "-DCMAKE_CXX_COMPILER_LAUNCHER=${LAUNCHER}" "-DCMAKE_LINKER_TYPE=${LINKER}"
    "-DLINCHPIN_SANITIZE=${LINCHPIN_SANITIZE}")
run("${CMAKE_COMMAND}" --build "${SCRATCH}/build" --parallel 2)

set(ENV{LINCHPIN_PLUGIN_PATH} "${SCRATCH}/build/plugins/linchpin")
set(ENV{LINCHPIN_CONTRACT_IDS} "zephyr")
run("${SUITE}")
if(NOT output MATCHES "zephyr" OR NOT output MATCHES "Totals: [1-9][0-9]* passed, 0 failed")
    message(FATAL_ERROR "The contract suite did not run on the copy:\n${output}")
endif()
message("${output}")
