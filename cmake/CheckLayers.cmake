# SPDX-FileCopyrightText: 2026 Linchpin contributors
# SPDX-License-Identifier: GPL-3.0-or-later

# The rules of docs/architecture.md that a program can check, run as a ctest:
#   cmake -DROOT=<checkout> -P cmake/CheckLayers.cmake
# Prints every broken rule with file and line, and fails if there is any.
cmake_minimum_required(VERSION 3.25)

set(problems 0)
function(complain text)
    message("${text}")
    math(EXPR problems "${problems} + 1")
    set(problems ${problems} PARENT_SCOPE)
endfunction()

file(GLOB_RECURSE sources RELATIVE "${ROOT}"
    "${ROOT}/core/*.h" "${ROOT}/core/*.cpp"
    "${ROOT}/protocols/*.h" "${ROOT}/protocols/*.cpp"
    "${ROOT}/ui/*.h" "${ROOT}/ui/*.cpp"
    "${ROOT}/app/*.h" "${ROOT}/app/*.cpp"
    "${ROOT}/tests/*.h" "${ROOT}/tests/*.cpp")
list(LENGTH sources count)
if(count LESS 50)
    message(FATAL_ERROR "Only ${count} sources under ${ROOT}: that cannot be all.")
endif()

# Where a file lies -> what it may include of ours. First match decides.
set(layers
    "^tests/|^protocols/[^/]+/(simulator/)?tests/" "^(app|ui|core|protocols|tests)/"
    "^core/sdk/"                                   "^core/sdk/"
    "^core/"                                       "^core/"
    "^protocols/[^/]+/"                            "SAME_PROTOCOL"
    "^ui/presenters/"                              "^(core|ui/presenters)/"
    "^ui/"                                         "^(core|ui)/"
    "^app/demo/"                                   "^(core|ui|app|protocols/[^/]+/simulator)/"
    "^app/"                                        "^(core|ui|app)/")

# Parsers and state machines: no objects, no sockets, no clocks.
set(pure "^protocols/[^/]+/wire/|machine\\.(h|cpp)$")
set(impure "#include <(QObject|QTimer|QTcp[A-Za-z]*|QUdp[A-Za-z]*|QSsl[A-Za-z]*|QAbstractSocket|QNetwork[A-Za-z]*|QIODevice|QFile|QProcess|QThread|QRandomGenerator|QElapsedTimer)>|Q_OBJECT|currentDateTime")

foreach(source IN LISTS sources)
    file(STRINGS "${ROOT}/${source}" includes REGEX "^#include \"")
    set(allowed "")
    set(rest ${layers})
    while(rest)
        list(POP_FRONT rest from to)
        if(source MATCHES "${from}")
            set(allowed "${to}")
            break()
        endif()
    endwhile()
    if(allowed STREQUAL "SAME_PROTOCOL")
        string(REGEX MATCH "^protocols/[^/]+/" own "${source}")
        set(allowed "^(core/sdk/|${own})")
    endif()
    foreach(line IN LISTS includes)
        string(REGEX REPLACE "^#include \"([^\"]*)\".*" "\\1" included "${line}")
        if(included MATCHES "\\.moc$|^moc_|^ui_")
            continue()
        endif()
        if(NOT included MATCHES "${allowed}")
            complain("${source}: may not include \"${included}\"")
        endif()
    endforeach()

    if(source MATCHES "${pure}" AND NOT source MATCHES "/tests/|^tests/")
        file(STRINGS "${ROOT}/${source}" found REGEX "${impure}")
        foreach(line IN LISTS found)
            complain("${source}: a parser or state machine is pure, not: ${line}")
        endforeach()
    endif()

    if(NOT source MATCHES "/tests/|^tests/")
        file(STRINGS "${ROOT}/${source}" found REGEX "static[^=(]*[ &*]instance\\(")
        foreach(line IN LISTS found)
            complain("${source}: no singletons: ${line}")
        endforeach()
    endif()
    if(NOT source MATCHES "/tests/|/simulator/|^tests/")
        file(STRINGS "${ROOT}/${source}" found REGEX "(^|[^A-Za-z_])q(Debug|Info|Warning|Critical)\\(")
        foreach(line IN LISTS found)
            complain("${source}: log to a category (qCDebug …), not: ${line}")
        endforeach()
        if(NOT source MATCHES "^core/history/")
            file(STRINGS "${ROOT}/${source}" found REGEX "#include <QSql")
            foreach(line IN LISTS found)
                complain("${source}: SQL stays in core/history: ${line}")
            endforeach()
        endif()
    endif()
    if(source MATCHES "^(core|protocols)/" AND NOT source MATCHES "/tests/")
        file(STRINGS "${ROOT}/${source}" found
            REGEX "#include <(QtGui|QtWidgets|QWidget|QGuiApplication|QApplication|QImage|QPixmap|QPainter|QColor|QFont|QIcon)[/>]")
        foreach(line IN LISTS found)
            complain("${source}: no windows below ui: ${line}")
        endforeach()
    endif()

    file(STRINGS "${ROOT}/${source}" lines)
    list(LENGTH lines length)
    # file(STRINGS) joins lines with open brackets and drops empty ones: count by hand where it matters.
    if(length GREATER 300)
        file(READ "${ROOT}/${source}" text)
        string(REGEX REPLACE "[^\n]" "" text "${text}")
        string(LENGTH "${text}" length)
        set(limit 800)
        if(source MATCHES "/tests/|^tests/")
            set(limit 1000) # a table of cases reads well at any length
        endif()
        if(length GREATER limit)
            complain("${source}: ${length} lines; split it (at most ${limit})")
        elseif(length GREATER 400 AND limit EQUAL 800)
            message("note: ${source}: ${length} lines")
        endif()
    endif()
endforeach()

# Every file says whose it is.
file(GLOB top RELATIVE "${ROOT}" "${ROOT}/CMakeLists.txt" "${ROOT}/dev" "${ROOT}/.ci/run")
file(GLOB_RECURSE licensed RELATIVE "${ROOT}"
    "${ROOT}/cmake/*" "${ROOT}/scripts/*" "${ROOT}/core/*" "${ROOT}/protocols/*" "${ROOT}/ui/*" "${ROOT}/app/*" "${ROOT}/tests/*")
foreach(file IN LISTS top licensed)
    if(NOT file MATCHES "(\\.(h|cpp|cmake|py|sh|md|lua)|CMakeLists\\.txt|^dev|^\\.ci/run|^scripts/[^.]*)$"
            OR file MATCHES "/(__pycache__|vectors|data|corpus|fixtures)/|/build[^/]*/")
        continue()
    endif()
    file(READ "${ROOT}/${file}" head LIMIT 1000)
    if(NOT head MATCHES "SPDX-License-Identifier: GPL-3.0-or-later")
        complain("${file}: no SPDX-License-Identifier: GPL-3.0-or-later at its beginning")
    endif()
endforeach()

if(problems)
    message(FATAL_ERROR "${problems} rule(s) broken")
endif()
message("${count} sources keep the rules")
