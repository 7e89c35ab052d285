// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtCore/qglobal.h>

#if defined(LINCHPIN_STATIC_SDK)
#define LINCHPIN_SDK_EXPORT
#elif defined(LINCHPIN_BUILDING_SDK)
#define LINCHPIN_SDK_EXPORT Q_DECL_EXPORT
#else
#define LINCHPIN_SDK_EXPORT Q_DECL_IMPORT
#endif
