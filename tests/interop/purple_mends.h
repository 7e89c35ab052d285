// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include <purple.h>

/* What a window would tell libpurple about files: only that all of one has come. */
extern PurpleXferUiOps mended_xfers;
