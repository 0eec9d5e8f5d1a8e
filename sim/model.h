// What is simulated: the device as it is written, or a board's netlist.
#pragma once
#if __has_include("Vgates.h")
#include "gates.h"
#else
#include "board.h"
#endif
