/**
 * A netlist as Verilog for simulation: logic and registers as plain expressions, larger cells as
 * instances of the models in sim/cells/. Flat and without cells for LUTs, it builds in Verilator
 * in a fraction of the time that a netlist of instances takes.
 */
import { BuildFailure } from './failure.ts';
import type { Bit, Cell, Netlist, Port } from './netlist.ts';

/** Cells with a model of their own, below sim/cells/. */
const MODELS: ReadonlySet<string> = new Set([
  'SB_RAM40_4K',
  'SB_SPRAM256KA',
  'SB_MAC16',
  'SB_PLL40_PAD',
  'TRELLIS_DPR16X4',
  'DP16KD',
  'MULT18X18D',
  'EHXPLLL',
]);

/**
 * Verilog-2005 of `top`, with the ports it has in the source; everything else is numbered.
 * Registers have no initial value, whatever they have in the device: what needs one is not reset.
 * @throws BuildFailure `build-failed` for a cell, or a setting of one, that is not modelled
 */
export function simulationVerilog(netlist: Netlist, top: string): string {
  const module = netlist.modules[top];
  if (module === undefined) throw new BuildFailure('build-failed', `The netlist has no ${top}`);
  const text = new Writer();
  for (const [name, cell] of Object.entries(module.cells)) text.addCell(name, cell);
  for (const [name, port] of Object.entries(module.ports ?? {})) text.addPort(name, port);
  return text.module(top);
}

interface Register {
  readonly q: string;
  readonly d: string;
  readonly set: boolean;
}

class Writer {
  readonly #ports: string[] = [];
  readonly #wires: string[] = [];
  readonly #registers: string[] = [];
  readonly #body: string[] = [];
  /** By what controls them: those of one kind share an always block. */
  readonly #groups = new Map<string, { controls: Controls; registers: Register[] }>();
  readonly #driven = new Set<string>();
  readonly #read = new Set<string>();

  addCell(name: string, cell: Cell): void {
    const { type } = cell;
    const add = GATES[type];
    if (type === '$scopeinfo') return;
    if (MODELS.has(type)) {
      this.#addInstance(name, cell);
    } else if (add !== undefined) {
      add(new Pins(name, cell, this));
    } else if (type.startsWith('SB_DFF')) {
      addIce40Register(new Pins(name, cell, this));
    } else {
      throw unmodelled(name, `a ${type}`);
    }
  }

  addPort(name: string, { direction, bits }: Port): void {
    const range = bits.length > 1 ? `[${bits.length - 1}:0] ` : '';
    if (direction === 'input') {
      this.#ports.push(`input wire ${range}${name}`);
      bits.forEach((bit, index) => {
        this.assign(netName(bit), bits.length > 1 ? `${name}[${index}]` : name);
      });
    } else if (direction === 'output') {
      this.#ports.push(`output wire ${range}${name}`);
      this.#body.push(`  assign ${name} = ${concatenation(bits.map((bit) => this.read(bit)))};`);
    } else {
      throw unmodelled(name, `an ${direction} port`);
    }
  }

  /** @returns the bit as an expression */
  read(bit: Bit | undefined): string {
    if (bit === undefined) return "1'b0"; // not connected: place and route ties it low
    if (typeof bit === 'string') return bit === '0' || bit === '1' ? `1'b${bit}` : "1'bx";
    this.#read.add(netName(bit));
    return netName(bit);
  }

  assign(net: string, expression: string): void {
    this.#drive(net);
    this.#wires.push(net);
    this.#body.push(`  assign ${net} = ${expression};`);
  }

  /** @returns a net of its own for the expression, so that it is worked out once */
  share(expression: string): string {
    const net = `w${this.#wires.length}`;
    this.assign(net, expression);
    return net;
  }

  addRegister(controls: Controls, register: Register): void {
    this.#drive(register.q);
    this.#registers.push(register.q);
    const key = Object.values(controls).join();
    const group = this.#groups.get(key) ?? { controls, registers: [] };
    this.#groups.set(key, group);
    group.registers.push(register);
  }

  module(name: string): string {
    const loose = [...this.#read].filter((net) => !this.#driven.has(net));
    if (loose.length > 0) throw unmodelled(name, `nets without a driver: ${loose.join(', ')}`);
    const blocks = [...this.#groups.values()].map(alwaysBlock);
    return [
      `module ${name} (${this.#ports.join(', ')});`,
      ...this.#registers.map((net) => `  reg ${net};`),
      ...this.#wires.map((net) => `  wire ${net};`),
      ...this.#body,
      ...blocks,
      'endmodule\n',
    ].join('\n');
  }

  #addInstance(name: string, { type, parameters, connections, port_directions = {} }: Cell): void {
    const values = Object.entries(parameters).map(([key, value]) => `.${key}(${literal(value)})`);
    const pins = Object.entries(connections).map(([pin, bits]) => {
      if (port_directions[pin] === 'input') {
        return `.${pin}(${concatenation(bits.map((bit) => this.read(bit)))})`;
      }
      for (const bit of bits) {
        this.#drive(netName(bit));
        this.#wires.push(netName(bit));
      }
      return `.${pin}(${concatenation(bits.map(netName))})`;
    });
    const label = name.replace(/\W+/g, '_');
    this.#body.push(`  ${type} #(${values.join(', ')}) u_${label} (${pins.join(', ')});`);
  }

  #drive(net: string): void {
    if (this.#driven.has(net)) throw unmodelled(net, 'a net with two drivers');
    this.#driven.add(net);
  }
}

/** One cell of a few pins, and the text it goes to. */
class Pins {
  readonly name: string;
  readonly type: string;
  readonly #cell: Cell;
  readonly #writer: Writer;

  constructor(name: string, cell: Cell, writer: Writer) {
    this.name = name;
    this.type = cell.type;
    this.#cell = cell;
    this.#writer = writer;
  }

  read(pin: string): string {
    return this.#writer.read(this.#cell.connections[pin]?.[0]);
  }

  /** Nothing where the pin is not connected. */
  assign(pin: string, expression: string): void {
    const bit = this.#cell.connections[pin]?.[0];
    if (typeof bit === 'number') this.#writer.assign(netName(bit), expression);
  }

  share(expression: string): string {
    return this.#writer.share(expression);
  }

  addRegister(controls: Controls, set: boolean, d: string): void {
    const q = this.#cell.connections['Q']?.[0];
    if (typeof q === 'number') this.#writer.addRegister(controls, { q: netName(q), d, set });
  }

  /** Truth table, the first input's weight being 1. */
  table(parameter: string): number {
    const text = String(this.#cell.parameters[parameter]);
    // What is undefined is 0 in the bitstream.
    return Number.parseInt(text.replace(/[^01]/g, '0'), 2);
  }

  /** The parameter, which must be one of `modelled`; the first where the cell has none. */
  choose<T extends string>(parameter: string, ...modelled: readonly [T, ...T[]]): T {
    const value = this.#cell.parameters[parameter];
    const text = value === undefined ? modelled[0] : String(value).trim();
    const found = modelled.find((one) => one === text);
    if (found === undefined) throw unmodelled(this.name, `${this.type} with ${parameter} ${text}`);
    return found;
  }
}

/** Lattice iCE Technology Library; ECP5: FPGA-DS-02012, and FPGA libraries reference guide. */
const GATES: Readonly<Record<string, (pins: Pins) => void>> = {
  SB_LUT4: (pins) => addTable(pins, { inputs: ['I0', 'I1', 'I2', 'I3'], output: 'O' }),
  SB_CARRY(pins) {
    const [a, b, carry] = [pins.read('I0'), pins.read('I1'), pins.read('CI')];
    pins.assign('CO', `(${a} & ${b}) | ((${a} | ${b}) & ${carry})`);
  },
  SB_GB: (pins) => pins.assign('GLOBAL_BUFFER_OUTPUT', pins.read('USER_SIGNAL_TO_GLOBAL_BUFFER')),
  LUT4: (pins) => addTable(pins, { inputs: ['A', 'B', 'C', 'D'], output: 'Z' }),
  PFUMX: (pins) => pins.assign('Z', select(pins, { by: 'C0', high: 'ALUT', low: 'BLUT' })),
  L6MUX21: (pins) => pins.assign('Z', select(pins, { by: 'SD', high: 'D1', low: 'D0' })),
  CCU2C: addCarryPair,
  TRELLIS_FF: addEcp5Register,
};

function addTable(
  pins: Pins,
  { inputs, output }: { inputs: readonly string[]; output: string },
): void {
  const parameter = pins.type === 'SB_LUT4' ? 'LUT_INIT' : 'INIT';
  pins.assign(
    output,
    tableExpression(
      pins.table(parameter),
      inputs.map((pin) => pins.read(pin)),
    ),
  );
}

function select(pins: Pins, { by, high, low }: Record<'by' | 'high' | 'low', string>): string {
  return `${pins.read(by)} ? ${pins.read(high)} : ${pins.read(low)}`;
}

/** Two LUTs on a carry chain; in a half whose carry is not injected the LUT alone decides. */
function addCarryPair(pins: Pins): void {
  let carry = pins.read('CIN');
  for (const half of [0, 1]) {
    const injected = pins.choose(`INJECT1_${half}`, 'YES', 'NO') === 'NO';
    const inputs = ['A', 'B', 'C', 'D'].map((pin) => pins.read(`${pin}${half}`));
    const table = pins.table(`INIT${half}`);
    const propagate = pins.share(tableExpression(table, inputs));
    const generate = injected ? tableExpression(table & 0xf, inputs.slice(0, 2)) : "1'b0";
    pins.assign(`S${half}`, injected ? `${propagate} ^ ${carry}` : propagate);
    carry = pins.share(`${propagate} ? ${carry} : ${generate}`);
  }
  pins.assign('COUT', carry);
}

interface Controls {
  readonly clock: string;
  /** Empty: always. */
  readonly enable: string;
  /** Synchronous; empty: never. */
  readonly reset: string;
  readonly resetBeforeEnable: boolean;
}

function addIce40Register(pins: Pins): void {
  const kind = /^SB_DFF(?<enable>E?)(?<reset>SR|SS)?$/.exec(pins.type)?.groups;
  if (kind === undefined) throw unmodelled(pins.name, `a ${pins.type}`);
  const { enable, reset } = kind;
  const controls = {
    clock: pins.read('C'),
    enable: enable ? pins.read('E') : '',
    reset: reset ? pins.read(reset === 'SS' ? 'S' : 'R') : '',
    resetBeforeEnable: false,
  };
  pins.addRegister(controls, reset === 'SS', pins.read('D'));
}

function addEcp5Register(pins: Pins): void {
  pins.choose('GSR', 'DISABLED');
  pins.choose('CLKMUX', 'CLK');
  pins.choose('LSRMUX', 'LSR');
  pins.choose('SRMODE', 'LSR_OVER_CE');
  const mux = pins.choose('CEMUX', '1', 'CE', 'INV');
  const enable = { '1': '', CE: pins.read('CE'), INV: `!${pins.read('CE')}` }[mux];
  const lsr = pins.read('LSR');
  const controls = {
    clock: pins.read('CLK'),
    enable,
    reset: lsr === "1'b0" ? '' : lsr,
    resetBeforeEnable: true,
  };
  pins.addRegister(controls, pins.choose('REGSET', 'RESET', 'SET') === 'SET', pins.read('DI'));
}

function alwaysBlock({
  controls,
  registers,
}: {
  controls: Controls;
  registers: readonly Register[];
}): string {
  const { clock, enable, reset, resetBeforeEnable } = controls;
  const load = registers.map(({ q, d }) => `${q} <= ${d};`).join(' ');
  const clear = registers.map(({ q, set }) => `${q} <= 1'b${set ? 1 : 0};`).join(' ');
  const loaded = enable && resetBeforeEnable ? `if (${enable}) begin ${load} end` : load;
  const either = reset ? `if (${reset}) begin ${clear} end else begin ${loaded} end` : loaded;
  const work = enable && !resetBeforeEnable ? `if (${enable}) begin ${either} end` : either;
  return `  always @(posedge ${clock}) begin ${work} end`;
}

/**
 * The function of `table` in Verilog, through as few operators as a decision per input takes. It
 * keeps what a LUT does with an unknown input: known where the others decide.
 */
export function tableExpression(table: number, inputs: readonly string[]): string {
  let best: string | undefined;
  for (const order of orders(inputs.length)) {
    const text = decide(
      permute(table, order),
      order.map((at) => inputs[at] ?? ''),
    );
    if (best === undefined || text.length < best.length) best = text;
  }
  return best ?? String(table & 1);
}

/** Decides by the last input first. */
function decide(table: number, inputs: readonly string[]): string {
  const size = 2 ** inputs.length;
  const full = 2 ** size - 1;
  if (table === 0) return "1'b0";
  if (table === full) return "1'b1";
  const input = inputs.at(-1) ?? '';
  const rest = inputs.slice(0, -1);
  const half = size / 2;
  const mask = 2 ** half - 1;
  const low = table & mask;
  const high = (table >>> half) & mask;
  if (low === high || input === "1'b0") return decide(low, rest);
  if (input === "1'b1") return decide(high, rest);
  if (low === 0) return and(input, decide(high, rest));
  if (high === 0) return and(`~${input}`, decide(low, rest));
  if (low === mask) return high === 0 ? `~${input}` : `(~${input} | ${decide(high, rest)})`;
  if (high === mask) return `(${input} | ${decide(low, rest)})`;
  if (low === (~high & mask)) return `(${input} ^ ${decide(low, rest)})`;
  return `(${input} ? ${decide(high, rest)} : ${decide(low, rest)})`;
}

function and(left: string, right: string): string {
  return right === "1'b1" ? left : `(${left} & ${right})`;
}

/** The table whose input i is input `order[i]` of the given one. */
function permute(table: number, order: readonly number[]): number {
  let permuted = 0;
  for (let index = 0; index < 2 ** order.length; index++) {
    const from = order.reduce((sum, at, i) => sum | (((index >> i) & 1) << at), 0);
    permuted |= ((table >>> from) & 1) << index;
  }
  return permuted;
}

function orders(length: number): readonly (readonly number[])[] {
  const found = ORDERS[length];
  if (found !== undefined) return found;
  const made = permutations(Array.from({ length }, (_, index) => index));
  ORDERS[length] = made;
  return made;
}

const ORDERS: Record<number, readonly (readonly number[])[]> = {};

function permutations(items: readonly number[]): number[][] {
  if (items.length === 0) return [[]];
  return items.flatMap((item) =>
    permutations(items.filter((other) => other !== item)).map((rest) => [item, ...rest]),
  );
}

/** Numbers are binary text in the netlist, and text that could be one ends in a space. */
function literal(value: unknown): string {
  const text = String(value);
  return /^[01xz]+$/.test(text) ? `${text.length}'b${text}` : `"${text.replace(/ $/, '')}"`;
}

function netName(bit: Bit): string {
  return `n${bit}`;
}

/** The first is the least significant. */
function concatenation(bits: readonly string[]): string {
  return bits.length === 0
    ? ''
    : bits.length === 1
      ? (bits[0] ?? '')
      : `{${[...bits].reverse().join(', ')}}`;
}

function unmodelled(place: string, what: string): BuildFailure {
  return new BuildFailure('build-failed', `No model for simulation: ${what} (${place})`, {
    hint: 'fpga/simulation.ts and sim/cells/ hold the models',
  });
}
