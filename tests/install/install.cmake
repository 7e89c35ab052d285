# SPDX-FileCopyrightText: 2026 Linchpin contributors
# SPDX-License-Identifier: GPL-3.0-or-later

# Installs BUILD below SCRATCH, moves it, and uses it from there.
cmake_minimum_required(VERSION 3.25)

# run(VARIABLE COMMAND…): the command's output; a failure ends the test.
function(run variable)
    execute_process(COMMAND ${ARGN} OUTPUT_VARIABLE output ERROR_VARIABLE trouble RESULT_VARIABLE status
        OUTPUT_STRIP_TRAILING_WHITESPACE)
    if(NOT status EQUAL 0)
        message(FATAL_ERROR "${ARGN}: ${status}\n${output}\n${trouble}")
    endif()
    set(${variable} "${output}" PARENT_SCOPE)
endfunction()

file(REMOVE_RECURSE "${SCRATCH}")
file(MAKE_DIRECTORY "${SCRATCH}/home" "${SCRATCH}/run")
run(ignored "${CMAKE_COMMAND}" --install "${BUILD}" --prefix "${SCRATCH}/first")
# Whoever unpacks it elsewhere has the same program.
file(RENAME "${SCRATCH}/first" "${SCRATCH}/moved")
set(prefix "${SCRATCH}/moved")

set(id org.linchpin.Linchpin)
set(expected "${LIBRARIES}/liblinchpin-sdk.so" "${BINDIR}/linchpin" "${BINDIR}/linchpinctl" "${BINDIR}/linchpin-indicator"
    "${DATADIR}/applications/${id}.desktop" "${DATADIR}/applications/${id}.Indicator.desktop"
    "${DATADIR}/metainfo/${id}.metainfo.xml" "${DATADIR}/icons/hicolor/scalable/apps/${id}.svg")
foreach(side 16 22 24 32 48 64 128 256)
    list(APPEND expected "${DATADIR}/icons/hicolor/${side}x${side}/apps/${id}.png")
endforeach()
string(REPLACE "," ";" PROTOCOLS "${PROTOCOLS}")
foreach(protocol IN LISTS PROTOCOLS)
    list(APPEND expected "${PLUGINS}/lib${protocol}.so")
endforeach()
foreach(file IN LISTS expected)
    if(NOT EXISTS "${prefix}/${file}")
        message(SEND_ERROR "${file} was not installed")
    endif()
endforeach()
# And nothing else: no test, no simulator, no header.
file(GLOB_RECURSE found RELATIVE "${prefix}" LIST_DIRECTORIES false "${prefix}/*")
list(REMOVE_ITEM found ${expected})
if(found)
    message(SEND_ERROR "installed for no reason: ${found}")
endif()

# The PNGs are of the size that their folder says: bytes 16 to 23 of a PNG.
foreach(side 16 256)
    file(READ "${prefix}/${DATADIR}/icons/hicolor/${side}x${side}/apps/${id}.png" hex OFFSET 16 LIMIT 8 HEX)
    math(EXPR wanted "${side}" OUTPUT_FORMAT HEXADECIMAL)
    string(SUBSTRING "${wanted}" 2 -1 wanted)
    string(LENGTH "${wanted}" length)
    math(EXPR pad "8 - ${length}")
    string(REPEAT 0 ${pad} zeros)
    if(NOT hex STREQUAL "${zeros}${wanted}${zeros}${wanted}")
        message(SEND_ERROR "the icon of ${side} pixels is ${hex}")
    endif()
endforeach()

# The programs start, and find the protocols that lie beside them and no others.
set(clean "${CMAKE_COMMAND}" -E env --unset=LINCHPIN_PLUGIN_PATH "HOME=${SCRATCH}/home"
    "XDG_CONFIG_HOME=${SCRATCH}/home" "XDG_DATA_HOME=${SCRATCH}/home" "XDG_CACHE_HOME=${SCRATCH}/home"
    "XDG_RUNTIME_DIR=${SCRATCH}/run")
run(version ${clean} "${prefix}/${BINDIR}/linchpinctl" --version)
if(NOT version STREQUAL "linchpinctl ${VERSION}")
    message(SEND_ERROR "linchpinctl --version says: ${version}")
endif()
run(version ${clean} "${prefix}/${BINDIR}/linchpin" --version)
run(version ${clean} "${prefix}/${BINDIR}/linchpin-indicator" --version)
foreach(protocol IN LISTS PROTOCOLS)
    run(settings ${clean} "${prefix}/${BINDIR}/linchpinctl" --profile "${SCRATCH}/profile" --json settings ${protocol})
    if(NOT settings MATCHES "\"key\"")
        message(SEND_ERROR "the installed linchpinctl has no settings of ${protocol}: ${settings}")
    endif()
endforeach()
file(REMOVE "${prefix}/${PLUGINS}/libirc.so")
execute_process(COMMAND ${clean} "${prefix}/${BINDIR}/linchpinctl" --profile "${SCRATCH}/profile" settings irc
    RESULT_VARIABLE status OUTPUT_QUIET ERROR_QUIET)
if(status EQUAL 0)
    message(SEND_ERROR "the protocols come from somewhere else than the installation")
endif()

# What the desktop reads.
foreach(entry "${id}" "${id}.Indicator")
    file(STRINGS "${prefix}/${DATADIR}/applications/${entry}.desktop" lines REGEX "^(Exec|Icon)=")
    foreach(line IN LISTS lines)
        if(line MATCHES "^Icon=(.*)" AND NOT CMAKE_MATCH_1 STREQUAL id)
            message(SEND_ERROR "${entry}.desktop has the icon ${CMAKE_MATCH_1}")
        elseif(line MATCHES "^Exec=([^ ]*)" AND NOT EXISTS "${prefix}/${BINDIR}/${CMAKE_MATCH_1}")
            message(SEND_ERROR "${entry}.desktop starts ${CMAKE_MATCH_1}, which is not installed")
        endif()
    endforeach()
endforeach()
find_program(DESKTOP_FILE_VALIDATE desktop-file-validate)
if(DESKTOP_FILE_VALIDATE)
    foreach(entry "${id}" "${id}.Indicator")
        run(said "${DESKTOP_FILE_VALIDATE}" "${prefix}/${DATADIR}/applications/${entry}.desktop")
        if(said)
            message(SEND_ERROR "${said}")
        endif()
    endforeach()
else()
    message("desktop-file-validate is not here: the starters were not validated")
endif()
find_program(APPSTREAMCLI appstreamcli)
if(APPSTREAMCLI)
    # The project has no home page yet.
    run(said "${APPSTREAMCLI}" validate --no-net --no-color --override=url-homepage-missing=info
        "${prefix}/${DATADIR}/metainfo/${id}.metainfo.xml")
else()
    message("appstreamcli is not here: the metainfo was not validated")
endif()
file(REMOVE_RECURSE "${SCRATCH}")
