// Clocks a bench until it finishes; its words are plusargs.
#include <memory>

#include "Vbench.h"
#include "verilated.h"

int main(int count, char** words) {
  VerilatedContext context;
  context.commandArgs(count, words);
  context.randReset(2);
  context.randSeed(1);
  const auto bench = std::make_unique<Vbench>(&context);
  while (!context.gotFinish()) {
    bench->clk = !bench->clk;
    bench->eval();
  }
  bench->final();
}
